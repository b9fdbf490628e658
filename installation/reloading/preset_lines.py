"""Where in a preset's file is what is wrong with it: what was checked has no lines, the text still has. Pure."""

import re
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Final

import yaml

from installation.presets.reading import PRESET_BOUNDS

_PLACE: Final = re.compile(r"^([^\s:]+):")


@dataclass(frozen=True, slots=True)
class _Word:
    """A key or a value of the document: the keys and places that lead to it, and its line, from 1."""

    text: str
    path: tuple[str, ...]
    line: int
    is_key: bool


def with_line(problem: str, text: str) -> str:
    """Return `problem`, "FILE: what is wrong", as "FILE:LINE: …" where a word of the file is what it speaks of."""
    name, _, reason = problem.partition(": ")
    line = _line_of(reason, text) if len(text) <= PRESET_BOUNDS.bytes else None
    return problem if line is None else f"{name}:{line}: {reason}"


def _line_of(reason: str, text: str) -> int | None:
    try:
        root = yaml.compose(text, Loader=yaml.SafeLoader)
        words = list(_words(root, ())) if root is not None else []
    except (yaml.YAMLError, RecursionError):  # such a reason names its line itself
        return None
    reason = reason.partition(", did you mean")[0].partition("; did you mean")[0]  # what was meant is not there
    place = _PLACE.match(reason)
    exact = [word for word in words if place is not None and ".".join(word.path) == place[1] and word.is_key]
    if exact and "." in ".".join(exact[0].path):
        return exact[0].line
    named = [word for word in words if len(word.text) > 1 and _speaks_of(reason, word.text)]
    # The longest word says most; a key says it before a value does.
    best = max(named, key=lambda word: (len(word.text), word.is_key), default=None)
    return None if best is None else best.line


def _speaks_of(reason: str, word: str) -> bool:
    return re.search(rf"(?<![\w/]){re.escape(word)}(?![\w/])", reason) is not None


def _words(node: yaml.Node, path: tuple[str, ...]) -> Iterator[_Word]:
    if isinstance(node, yaml.ScalarNode):
        yield _Word(node.value, path, node.start_mark.line + 1, is_key=False)
    elif isinstance(node, yaml.SequenceNode):
        for index, item in enumerate(node.value):
            yield from _words(item, (*path, str(index)))
    elif isinstance(node, yaml.MappingNode):
        for key, value in node.value:
            if isinstance(key, yaml.ScalarNode):
                yield _Word(key.value, (*path, key.value), key.start_mark.line + 1, is_key=True)
                yield from _words(value, (*path, key.value))
