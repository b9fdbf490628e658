"""Reads the YAML and JSON that somebody else wrote: plain values alone, bounded in size, depth, number and digits.

Presets, models' cards and what the operator page is sent are read here. A document is counted, with every alias
written out, before anything is built of it; dates stay text; tags that ask for objects are unknown. No torch.
"""

import json
import math
from collections.abc import Callable
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, Final

import yaml

from s2s.files.ordinary import read_ordinary
from s2s.files.quote import one_line, quoted

_MOST_DIGITS: Final = 40
"""Letters of a number; a float's own digits are seventeen."""
_TAG: Final = "tag:yaml.org,2002:"
_IMPLICIT: Final = frozenset(_TAG + name for name in ("bool", "int", "float", "null", "merge"))
_Loader: Final[Any] = getattr(yaml, "CSafeLoader", yaml.SafeLoader)


class DocumentError(ValueError):
    """A document that cannot be read, or holds more or other than plain values; one short line.

    `key` leads to the value that is wrong, as in "generator.channels"; it is empty where none alone is.
    """

    def __init__(self, message: str, key: str = "") -> None:
        super().__init__(f"{key}: {message}" if key else message)
        self.message = message
        self.key = key


@dataclass(frozen=True, slots=True)
class Bounds:
    """What a document may have: bytes, levels of lists and maps, and values, an alias counted as what it stands for."""

    bytes: int = 262_144
    levels: int = 32
    values: int = 10_000


CARD_BOUNDS: Final = Bounds()


def read_yaml(path: Path, bounds: Bounds = CARD_BOUNDS) -> object:
    """Return what a YAML file says. Raises DocumentError that says what is wrong, without the file's name."""
    try:
        body = read_ordinary(path, bounds.bytes + 1)
    except OSError as error:
        raise DocumentError(f"cannot be read: {error.strerror}") from error
    return parse_yaml(body, bounds)


def parse_yaml(body: bytes, bounds: Bounds = CARD_BOUNDS) -> object:
    """Return what one YAML document says: text, finite numbers, true, false, null, lists and maps by text.

    Raises DocumentError.
    """
    _check_length(body, bounds)
    try:
        _Census(bounds).count(body.decode("utf-8"))
        value: object = yaml.load(body.decode("utf-8"), Loader=_PlainLoader)
    except yaml.MarkedYAMLError as error:
        raise DocumentError(f"cannot be read as YAML: {_in_words(error)}") from error
    except (yaml.YAMLError, UnicodeDecodeError) as error:
        raise DocumentError(f"cannot be read as YAML: {one_line(error, 120)}") from error
    except (ValueError, TypeError, AttributeError) as error:  # what a tag promised its value does not hold
        if isinstance(error, DocumentError):
            raise
        raise DocumentError(f"cannot be read as YAML: {one_line(error)}") from error
    _check_plain(value)
    return value


def parse_json(body: bytes, bounds: Bounds = CARD_BOUNDS) -> object:
    """Return what a JSON document says, of which the same holds as of `parse_yaml`'s. Raises DocumentError."""
    _check_length(body, bounds)
    try:
        value: object = json.loads(body, parse_int=_integer, parse_float=_number, parse_constant=_number)
    except RecursionError as error:
        raise _too_deep(bounds) from error
    except (json.JSONDecodeError, UnicodeDecodeError) as error:
        raise DocumentError(f"is not JSON, got {quoted(body)}") from error
    if _values_in(value, bounds.levels, bounds) > bounds.values:
        raise _too_many(bounds)
    _check_plain(value)
    return value


def _bounded(construct: Callable[[Any, Any], object]) -> Callable[[Any, Any], object]:
    """Return the constructor of a number that has few enough digits."""

    def constructed(loader: Any, node: Any) -> object:
        _check_digits(loader.construct_scalar(node))
        return construct(loader, node)

    return constructed


class _PlainLoader(_Loader):  # type: ignore[misc]
    """Builds text, numbers, truth values, nothing, lists and maps; a date is text, any other tag an error."""

    yaml_implicit_resolvers = {  # noqa: RUF012 - as PyYAML has it
        letter: [(tag, pattern) for tag, pattern in resolvers if tag in _IMPLICIT]
        for letter, resolvers in yaml.SafeLoader.yaml_implicit_resolvers.items()
    }
    yaml_constructors = {  # noqa: RUF012
        _TAG + "null": yaml.SafeLoader.construct_yaml_null,
        _TAG + "bool": yaml.SafeLoader.construct_yaml_bool,
        _TAG + "int": _bounded(yaml.SafeLoader.construct_yaml_int),
        _TAG + "float": _bounded(yaml.SafeLoader.construct_yaml_float),
        _TAG + "str": yaml.SafeLoader.construct_yaml_str,
        _TAG + "seq": yaml.SafeLoader.construct_yaml_seq,
        _TAG + "map": yaml.SafeLoader.construct_yaml_map,
        None: yaml.SafeLoader.construct_undefined,
    }


@dataclass(slots=True)
class _Open:
    """A list or map that has begun: its anchor, how many values there were before, how many levels it has so far."""

    anchor: str | None
    before: int
    levels: int = 1


@dataclass(slots=True)
class _Census:
    """Counts the values and levels of a YAML text as if every alias were written out."""

    bounds: Bounds
    values: int = 0
    open: list[_Open] = field(default_factory=list)
    known: dict[str, tuple[int, int]] = field(default_factory=dict)  # anchor -> values, levels

    def count(self, text: str) -> None:
        """Raise DocumentError as soon as there are more than the bounds allow."""
        for event in yaml.parse(text, Loader=_PlainLoader):
            if isinstance(event, yaml.CollectionStartEvent):
                self.open.append(_Open(event.anchor, self.values))
                self._add(1, 0)
            elif isinstance(event, yaml.CollectionEndEvent):
                self._end(self.open.pop())
            elif isinstance(event, yaml.ScalarEvent):
                self._add(1, 0)
                self._know(event.anchor, 1, 0)
            elif isinstance(event, yaml.AliasEvent):
                self._repeat(str(event.anchor))

    def _end(self, ended: _Open) -> None:
        self._know(ended.anchor, self.values - ended.before, ended.levels)
        if self.open:
            self.open[-1].levels = max(self.open[-1].levels, ended.levels + 1)

    def _repeat(self, anchor: str) -> None:
        if anchor not in self.known:
            raise DocumentError(f"uses the alias {quoted(anchor)} before, or inside of, what it stands for")
        self._add(*self.known[anchor])

    def _know(self, anchor: str | None, values: int, levels: int) -> None:
        if anchor is not None:
            self.known[anchor] = values, levels

    def _add(self, values: int, levels: int) -> None:
        self.values += values
        if self.values > self.bounds.values:
            raise _too_many(self.bounds)
        if len(self.open) + levels > self.bounds.levels:
            raise _too_deep(self.bounds)
        if self.open:
            self.open[-1].levels = max(self.open[-1].levels, levels + 1)


def _too_many(bounds: Bounds) -> DocumentError:
    return DocumentError(f"holds more than {bounds.values} values")


def _too_deep(bounds: Bounds) -> DocumentError:
    return DocumentError(f"is nested more than {bounds.levels} levels deep")


def _check_length(body: bytes, bounds: Bounds) -> None:
    if len(body) > bounds.bytes:
        raise DocumentError(f"has more than {bounds.bytes} bytes")


def _check_digits(text: str) -> None:
    if len(text) > _MOST_DIGITS:
        raise DocumentError(f"holds a number of {len(text)} letters, expected at most {_MOST_DIGITS}")


def _integer(text: str) -> int:
    _check_digits(text)
    return int(text)


def _number(text: str) -> float:
    _check_digits(text)
    return float(text)


def _values_in(value: object, levels_left: int, bounds: Bounds) -> int:
    """Return how many values `value` is made of."""
    if not isinstance(value, list | dict):
        return 1
    if levels_left == 0:
        raise _too_deep(bounds)
    items = value.values() if isinstance(value, dict) else value
    return 1 + sum(_values_in(item, levels_left - 1, bounds) for item in items)


def _check_plain(value: object, keys: tuple[str, ...] = ()) -> None:
    """Raise DocumentError for a number that is none, a key that is no text, text that no file or message can hold."""
    if isinstance(value, float) and not math.isfinite(value):
        raise DocumentError(f"numbers are finite, got {value}", _path(keys))
    if isinstance(value, str) and not value.isascii() and any("\ud800" <= letter <= "\udfff" for letter in value):
        raise DocumentError(f"text is Unicode without lone surrogates, got {quoted(value)}", _path(keys))
    if isinstance(value, dict):
        for key, item in value.items():
            if not isinstance(key, str):
                raise DocumentError(f"keys are text, got {quoted(key)}", _path(keys))
            _check_plain(key, keys)
            _check_plain(item, (*keys, key))
    elif isinstance(value, list):
        for number, item in enumerate(value):
            _check_plain(item, (*keys, str(number)))


def _path(keys: tuple[str, ...]) -> str:
    return one_line(".".join(keys))


def _in_words(error: yaml.MarkedYAMLError) -> str:
    words = one_line(error.problem or error.context or "unknown fault", 120)
    mark = error.problem_mark or error.context_mark
    return words if mark is None else f"{words}, line {mark.line + 1}, column {mark.column + 1}"
