"""One parameter written into a preset's file; every other line, comments too, stays as it is.

Text is edited and then read again: it must be the preset that was, with that one value, or nothing is written.
"""

import re
from collections.abc import Callable, Sequence
from dataclasses import replace
from pathlib import Path
from typing import Final

from installation.parameters import parameter
from installation.presets.preset import PresetError
from installation.presets.reading import read_preset

_BLOCK: Final = re.compile(r"^parameters:[ \t]*(#.*)?$", re.MULTILINE)
_FLOW: Final = re.compile(r"^parameters:\s*\{", re.MULTILINE)
_FIRST_CHILD: Final = re.compile(r"\n(?:[ \t]*(?:#.*)?\n)*([ \t]+)\S")


def write_parameter(path: Path, address: str, value: float) -> None:
    """Set `address` to `value` in the preset of `path`. Raises PresetError in one line where that cannot be done."""
    before = read_preset(path)
    wanted = replace(before, parameters={**before.parameters, address: parameter(address).check(value)})
    text = path.read_text(encoding="utf-8")
    draft = path.with_name(f".{path.stem}.draft{path.suffix}")
    try:
        for edit in _EDITS:
            draft.write_text(edit(text, address, f"{value:g}"), encoding="utf-8")
            if _is(draft, replace(wanted, path=draft.resolve())):
                draft.replace(path)
                return
    except OSError as error:
        raise PresetError(f"{path.name}: cannot be written: {error.strerror}") from None
    finally:
        draft.unlink(missing_ok=True)
    raise PresetError(f"{path.name}: laid out unusually; write {address}: {value:g} under its parameters by hand")


def _is(draft: Path, wanted: object) -> bool:
    try:
        return read_preset(draft) == wanted
    except PresetError:  # this way of editing does not fit the file's layout
        return False


def _replaced(text: str, address: str, value: str) -> str:
    return re.sub(rf"({re.escape(address)}['\"]?\s*:\s*)[-+.\w]+", rf"\g<1>{value}", text, count=1)


def _into_block(text: str, address: str, value: str) -> str:
    found = _BLOCK.search(text)
    if found is None:
        return text
    child = _FIRST_CHILD.match(text, found.end())
    indent = child[1] if child else "  "
    return f"{text[: found.end()]}\n{indent}{address}: {value}{text[found.end() :]}"


def _into_flow(text: str, address: str, value: str) -> str:
    return _FLOW.sub(lambda found: f"{found[0]}{address}: {value}, ", text, count=1)


def _appended(text: str, address: str, value: str) -> str:
    return f"{text.rstrip()}\nparameters:\n  {address}: {value}\n"


_EDITS: Final[Sequence[Callable[[str, str, str], str]]] = (_replaced, _into_block, _into_flow, _appended)
