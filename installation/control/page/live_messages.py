"""What a page may say over its WebSocket: set a value, move an output, ask for pictures, ping. Pure."""

import math
from collections.abc import Mapping
from dataclasses import dataclass, replace
from typing import Any, Final, Self, TypeAlias

from installation.outputs.edits import joined
from s2s.files.document import Bounds, DocumentError, parse_json
from s2s.files.quote import quoted

BOUNDS: Final = Bounds(bytes=4_096, levels=8, values=160)
_MOST_FPS: Final = 8.0
_LONGEST_ID: Final = 64
_LONGEST_NAME: Final = 40


class MessageError(ValueError):
    """A message that says nothing that a page may say; one line. `number` is its id, where it has one."""

    def __init__(self, words: str, number: object = None) -> None:
        super().__init__(words)
        self.number = number


@dataclass(frozen=True, slots=True)
class SetValue:
    """Set the parameter at `address`; `number` is what the page calls this message by."""

    number: int | float | str | None
    address: str
    value: object


@dataclass(frozen=True, slots=True)
class EditOutput:
    """Change the output `name`, as `installation.outputs.edits` reads a change."""

    number: int | float | str | None
    name: str
    change: Mapping[str, Any]

    @property
    def address(self) -> str:
        """What is moved, the way OSC calls it."""
        return f"/output/{self.name}"

    def after(self, before: Self) -> Self:
        """Return what this and one `before` it come to together."""
        return replace(self, change=joined(before.change, self.change))


@dataclass(frozen=True, slots=True)
class AskForPictures:
    """So many pictures a second, 0 none."""

    fps: float


@dataclass(frozen=True, slots=True)
class Ping:
    """To be answered with the same `t`."""

    t: int | float | str | None


FromPage: TypeAlias = SetValue | EditOutput | AskForPictures | Ping


def read_message(text: str) -> FromPage:
    """Return what `text` says. Raises MessageError."""
    try:
        document = parse_json(text.encode("utf-8", "surrogatepass"), BOUNDS)
    except DocumentError as error:
        raise MessageError(f"a message is JSON: it {error}") from None
    if not isinstance(document, dict):
        raise MessageError(f'a message is a JSON object with a "type", got {quoted(text)}')
    number = _short(document.get("id"))
    match document.get("type"):
        case "set":
            address = document.get("address")
            if not isinstance(address, str) or "value" not in document:
                raise MessageError(f'"set" has an "address" and a "value", got {quoted(text)}', number)
            return SetValue(number, address, document["value"])
        case "output":
            name, change = document.get("name"), document.get("change")
            if not isinstance(name, str) or not isinstance(change, dict):
                raise MessageError(f'"output" has a "name" and a "change", got {quoted(text)}', number)
            return EditOutput(number, name[:_LONGEST_NAME], change)
        case "picture":
            return AskForPictures(_fps(document.get("fps"), number))
        case "ping":
            return Ping(_short(document.get("t")))
    raise MessageError(f'"type" is output, set, picture or ping, got {quoted(document.get("type"))}', number)


def _fps(value: object, number: object) -> float:
    if isinstance(value, bool) or not isinstance(value, int | float) or not math.isfinite(value) or value < 0:
        raise MessageError(f'"fps" is 0..{_MOST_FPS:g} pictures a second, got {quoted(value)}', number)
    return min(float(value), _MOST_FPS)


def _short(value: object) -> int | float | str | None:
    """Return what may go back to the page as it came."""
    if isinstance(value, str):
        return value[:_LONGEST_ID]
    return value if isinstance(value, int | float) else None
