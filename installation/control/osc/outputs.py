"""The outputs over OSC: `/output/NAME/corner/1 x y` moves, without arguments it is answered; so for all else they have.

No sockets and no threads. Addresses come and go with the outputs; `*` and the like mean those that there are.
"""

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from functools import partial
from itertools import chain
from typing import Any, Final, get_args

from installation.control.osc.messages import ControlMessage
from installation.control.osc.patterns import is_pattern, matching
from installation.outputs.edits import changed
from installation.outputs.layout import (
    CORNER_NAMES,
    CORNER_RANGE,
    MASK_POINTS,
    MOST_DELAY_FRAMES,
    MOST_MASKS,
    Blend,
    Fit,
    Flip,
    LayoutError,
    Output,
    Point,
    Rotation,
)
from installation.outputs.store import LayoutStore
from installation.parameters import nearest
from installation.values import ParameterValue
from s2s.files.quote import one_line, quoted

ROOT: Final = "/output/"
COST: Final = 10
"""Of one move, in small messages: it is checked, and every page is told."""

Values = tuple[ParameterValue, ...]
Change = dict[str, Any]
_UNTOUCHED: Final = {"masks": [], "part": [0, 0, 1, 1], "fit": "cover", "flip": "none", "rotate": 0, "delay_frames": 0}
_SQUARE: Final = [[0, 0], [1, 0], [1, 1], [0, 1]]


@dataclass(frozen=True, slots=True)
class Field:
    """One address below an output: `name`, what is `read` there, None for what is only done, the `change` that
    arguments mean; `takes` says them in words, `low` and `high` or `choices` what each may be.
    """

    name: str
    takes: str
    read: Callable[[Output], Values] | None
    change: Callable[[Sequence[Any]], Change]
    low: float | None = None
    high: float | None = None
    choices: tuple[ParameterValue, ...] = ()


def fields_of(output: Output) -> tuple[Field, ...]:
    """Return what there is below an output: with a place for one more mask, if there may be one."""
    masks = range(min(len(output.masks) + 1, MOST_MASKS))
    return (*_CORNERS, *_FIELDS, *map(_mask, masks))


def address_of(output: Output, field: Field) -> str:
    """Return the OSC address of a field."""
    return f"{ROOT}{output.name}/{field.name}"


class OutputCommands:
    """Does to the outputs of `store` what messages say. Any thread."""

    def __init__(self, store: LayoutStore) -> None:
        self._store = store

    def do(self, message: ControlMessage) -> list[tuple[str, Values]]:
        """Do what `message` says; return what is to be answered. Raises LayoutError or PatternError in one line."""
        meant = self._meant(message.address)
        if message.is_empty and any(field.read is not None for _, field in meant):
            return [
                (address_of(output, field), field.read(output)) for output, field in meant if field.read is not None
            ]
        self._move([(output.name, field) for output, field in meant], message)
        return []

    def standing(self) -> dict[str, Values]:
        """Return how all outputs stand, by address; the place for one more mask is none."""
        return {
            address_of(output, field): values
            for output in self._store.get().outputs
            for field in fields_of(output)
            if field.read is not None and (values := field.read(output))
        }

    def _move(self, meant: Iterable[tuple[str, Field]], message: ControlMessage) -> None:
        """Move all that take the arguments; a pattern is refused only where none does."""
        refusals: list[LayoutError] = []
        moved = 0
        for name, field in meant:
            try:
                self._store.edit(partial(changed, name=name, change=_change(field, message)))
                moved += 1
            except LayoutError as error:
                refusals.append(error)
        if not moved:
            raise refusals[0]

    def _meant(self, address: str) -> list[tuple[Output, Field]]:
        outputs = self._store.get().outputs
        name, _, rest = address.removeprefix(ROOT).partition("/")
        for output in outputs:  # most often one is meant by its name, and comes often
            if output.name == name and (field := next((f for f in fields_of(output) if f.name == rest), None)):
                return [(output, field)]
        there = {address_of(output, field): (output, field) for output in outputs for field in fields_of(output)}
        found = [there[one] for one in matching(address, there)] if is_pattern(address) else []
        meant = [(output, field) for output, field in found if field.read is not None]  # a reset is meant by its name
        if not meant:
            raise LayoutError(f"there is no {one_line(address)}{nearest(address, list(there))}")
        return meant


def _change(field: Field, message: ControlMessage) -> Change:
    try:
        return field.change(message.arguments)
    except (TypeError, ValueError):
        raise LayoutError(f"{message.address} takes {field.takes}, got {quoted(list(message.arguments))}") from None


def _mask(index: int) -> Field:
    fewest, most = MASK_POINTS

    def read(output: Output) -> Values:
        return tuple(chain.from_iterable((p.x, p.y) for p in output.masks[index])) if index < len(output.masks) else ()

    def change(said: Sequence[Any]) -> Change:
        if len(said) == 1 and said[0] in (None, False):
            return {"mask": {str(index + 1): None}}
        return {"mask": {str(index + 1): [list(point) for point in zip(said[::2], said[1::2], strict=True)]}}

    return Field(f"mask/{index + 1}", f"x y of {fewest} to {most} points, or nil", read, change, 0.0, 1.0)


def _corner(number: int, name: str) -> Field:
    def read(output: Output) -> Values:
        point: Point = output.corners[number - 1]
        return point.x, point.y

    def change(said: Sequence[Any]) -> Change:
        x, y = said
        return {"corner": {str(number): [x, y]}}

    return Field(f"corner/{number}", f"x y of the {name} corner", read, change, *CORNER_RANGE)


def _blend(side: str, low: float, high: float) -> Field:
    def change(said: Sequence[Any]) -> Change:
        (share,) = said
        return {"blend": {side: share}}

    return Field(f"blend/{side}", "one number", lambda output: (getattr(output.blend, side),), change, low, high)


def _one(key: str, said: Sequence[Any]) -> Change:
    (value,) = said
    return {key: int(value) if isinstance(value, float) and value.is_integer() else value}


def _part(said: Sequence[Any]) -> Change:
    left, top, right, bottom = said
    return {"part": [left, top, right, bottom]}


def _reset(_said: Sequence[Any]) -> Change:
    sides = dict.fromkeys(("left", "right", "top", "bottom"), 0)
    return {**_UNTOUCHED, "corners": _SQUARE, "blend": {**sides, "gamma": Blend().gamma}}


_CORNERS: Final = tuple(_corner(number, name) for number, name in enumerate(CORNER_NAMES, 1))
_FIELDS: Final = (
    Field("monitor", "a number or a name", lambda output: (output.monitor,), partial(_one, "monitor")),
    Field("part", "left top right bottom of the picture", lambda output: output.part, _part, 0.0, 1.0),
    Field("fit", "one word", lambda output: (output.fit,), partial(_one, "fit"), choices=get_args(Fit)),
    Field("flip", "one word", lambda output: (output.flip,), partial(_one, "flip"), choices=get_args(Flip)),
    Field("rotate", "degrees", lambda output: (output.rotate,), partial(_one, "rotate"), choices=get_args(Rotation)),
    *(_blend(side, 0.0, 0.5) for side in ("left", "right", "top", "bottom")),
    _blend("gamma", 1.0, 4.0),
    Field(
        "delay",
        "a number of frames",
        lambda output: (output.delay_frames,),
        partial(_one, "delay_frames"),
        0,
        MOST_DELAY_FRAMES,
    ),
    Field("reset", "anything", None, _reset),
)
