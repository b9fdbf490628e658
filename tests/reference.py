"""The tables of the manuals that follow from code. `python -m tests.reference` writes them anew.

A table stands in its file between `<!-- NAME -->` and `<!-- /NAME -->`; `tests/test_readme.py` holds each to its code.
"""

import argparse
import re
import sys
from collections.abc import Callable, Iterable, Mapping
from pathlib import Path
from typing import Final

import run_show
from installation.control.keyboard import LINES
from installation.parameter import Parameter
from installation.parameters import PARAMETERS
from installation.render.shader import SHADERS
from installation.render.shader_sources import read_sources
from s2s.__main__ import build_parser

ROOT: Final = Path(__file__).resolve().parent.parent
COMMAND: Final = "python -m tests.reference"

SECTIONS: Final = {
    "generate": "3.2",
    "volume": "5.1, fig. 6",
    "mix": "5.1, fig. 7, 8",
    "blend": "5.2, fig. 9",
    "edit": "5.2, fig. 11",
    "invert": "5.2",
    "retrieve": "4.3, fig. S8",
    "prepare": "4.1",
    "select": "3.3, fig. 3",
    "train": "3",
    "miniature": "3",
    "bundle": "4",
    "ablate": "table 2",
    "evaluate": "4, tables 1, 2, B",
    "study": "4.3, app. E, table 1 (b)",
}
"""Where the paper describes what a verb does."""


def parameter_table() -> str:
    """Return every live control: address, values, default, what it does."""
    rows = PARAMETERS.values()
    return _table(
        ("address", "values", "default", "what it does"),
        ((f"`{row.address}`", row.range_text, _default(row), row.description) for row in rows),
    )


def option_table() -> str:
    """Return every option of `run_show.py`."""
    options = [action for action in run_show.build_parser()._actions if "--help" not in action.option_strings]
    return _table(
        ("option", "what it does"),
        ((f"`{' '.join([action.option_strings[0], *_values(action)])}`", action.help or "") for action in options),
    )


def key_table() -> str:
    """Return every key of the show's window."""
    return _table(("key", "what it does"), ((f"`{line.label}`", line.does) for line in LINES))


def pass_table() -> str:
    """Return every pass that a preset may name, with the first sentence of its file."""
    names = sorted(name for name, path in read_sources().passes.items() if path.suffix == ".frag")
    return _table(("pass", "what it does"), ((f"`{name}`", _first_sentence(name)) for name in names))


def verb_table() -> str:
    """Return every verb of `python -m s2s`, with what it requires."""
    verbs = verbs_of(build_parser())
    return _table(
        ("`python -m s2s` …", "what it does", "paper"),
        ((f"`{_usage(name, verb)}`", text, SECTIONS.get(name, "")) for name, (verb, text) in verbs.items()),
    )


def verbs_of(parser: argparse.ArgumentParser) -> dict[str, tuple[argparse.ArgumentParser, str]]:
    """Return the parsers below `parser` by name, each with its line of help (empty where it has none)."""
    for action in parser._actions:
        if isinstance(action, argparse._SubParsersAction):
            texts = {choice.dest: choice.help or "" for choice in action._choices_actions}
            return {name: (verb, texts.get(name, "")) for name, verb in action.choices.items()}
    return {}


TABLES: Final[Mapping[str, Mapping[str, Callable[[], str]]]] = {
    "installation/README.md": {"options": option_table},
    "installation/manual/controls.md": {"parameters": parameter_table},
    "presets/README.md": {"keys": key_table},
    "shaders/README.md": {"passes": pass_table},
    "s2s/README.md": {"verbs": verb_table},
}


def with_tables(file: str) -> str:
    """Return the text of a manual with its tables as the code has them. Raises ValueError where a mark is missing."""
    text = (ROOT / file).read_text(encoding="utf-8")
    for name, table in TABLES[file].items():
        begin, end = f"<!-- {name} -->\n", f"<!-- /{name} -->"
        before, mark, rest = text.partition(begin)
        _, closing, after = rest.partition(end)
        if not mark or not closing:
            raise ValueError(f"{file}: expected {begin.strip()} … {end} around the table of {name}")
        text = f"{before}{begin}{table()}{end}{after}"
    return text


def _table(head: tuple[str, ...], rows: Iterable[tuple[str, ...]]) -> str:
    cells = [head, tuple("---" for _ in head), *(tuple(cell.replace("|", "\\|") for cell in row) for row in rows)]
    return "".join(f"| {' | '.join(row)} |\n" for row in cells).replace("| --- ", "|---").replace("---|\n", "---|\n")


def _default(row: Parameter) -> str:
    if isinstance(row.default, bool):
        return "on" if row.default else "off"
    return f"{row.default:g}" if isinstance(row.default, int | float) else row.default or "–"


def _values(action: argparse.Action) -> list[str]:
    """Return how the value of an argument is written, nothing for a switch."""
    if action.nargs == 0:
        return []
    name = action.metavar if isinstance(action.metavar, str) else action.dest.upper()
    return [{"+": f"{name}…", "?": f"[{name}]"}.get(str(action.nargs), name)]


def _usage(name: str, verb: argparse.ArgumentParser) -> str:
    """Return the verb with all that it does not go without."""
    if stages := verbs_of(verb):
        usages = {_usage("", stage).split(" --")[0].strip() for stage, _ in stages.values()}
        return f"{name} STAGE {usages.pop()}" if len(usages) == 1 else f"{name} {'|'.join(stages)}"
    needed = [action for action in verb._actions if action.required and action.option_strings]
    places = [action for action in verb._actions if not action.option_strings]
    options = [f"{action.option_strings[0]} {' '.join(_values(action))}" for action in needed]
    return " ".join([name, *(value for action in places for value in _values(action)), *options])


def _first_sentence(name: str) -> str:
    comment = re.search(r"^// (.*(?:\n// .*)*)", (SHADERS / f"{name}.frag").read_text(encoding="utf-8"), re.MULTILINE)
    assert comment is not None
    return re.split(r"(?<=\.)\s", " ".join(comment[1].replace("// ", "").split()), maxsplit=1)[0]


if __name__ == "__main__":
    for file in TABLES:
        (ROOT / file).write_text(with_tables(file), encoding="utf-8")
    sys.exit(0)
