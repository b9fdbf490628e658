"""Frozen dataclasses to plain JSON values and back: how typed values travel between processes and to the page. Pure."""

import json
from collections.abc import Mapping
from dataclasses import fields, is_dataclass
from functools import cache
from typing import Any, TypeVar

from pydantic import TypeAdapter, ValidationError

T = TypeVar("T")


class PlainValueError(ValueError):
    """A message that is not the value it should be; one line that names class and field."""


def to_plain(value: object) -> Any:
    """Return a dataclass, whatever it nests, as dicts, lists and the values of JSON; other values as they are."""
    if is_dataclass(value) and not isinstance(value, type):
        return {field.name: to_plain(getattr(value, field.name)) for field in fields(value)}
    if isinstance(value, Mapping):
        return {str(key): to_plain(item) for key, item in value.items()}
    if isinstance(value, list | tuple):
        return [to_plain(item) for item in value]
    return value


def from_plain(kind: type[T], message: Mapping[str, object]) -> T:
    """Return the dataclass `kind` that `message` holds; a missing key is its field's default, an unknown one
    is left out.

    Raises PlainValueError for a value of another type: 1 is no text, "1" no number, 1.5 no count.
    """
    reader = _reader(kind)  # type: ignore[arg-type] # mypy takes no class for hashable
    try:
        value: T = reader.validate_json(json.dumps(message), strict=True)
    except ValidationError as error:
        first = error.errors()[0]
        where = ".".join(str(part) for part in (kind.__name__, *first["loc"]))
        raise PlainValueError(f"{where}: {first['msg']}, got {first['input']!r:.80}") from None
    return value


@cache
def _reader(kind: type[Any]) -> TypeAdapter[Any]:
    return TypeAdapter(kind)
