"""The inputs of an ISF shader as rows of the table of parameters. Pure.

An input `amount` of the pass `ripple` is `/isf/ripple/amount`. A colour and a point are a row for each of their
numbers, `/isf/ripple/tint/red`, and a list of values is a choice.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Final

from installation.isf.header import IsfHeader, IsfInput, IsfValue
from installation.parameter import Kind, Parameter
from installation.values import ParameterValue

PREFIX: Final = "/isf/"
HAND_S: Final = 0.08
"""A fader's steps become a movement, as those of the show's own controls do."""
_PARTS: Final[Mapping[str, tuple[str, ...]]] = {"color": ("red", "green", "blue", "alpha"), "point2D": ("x", "y")}


def address_of(name: str, item: str) -> str:
    """Return the address of an input; no address has spaces."""
    return f"{PREFIX}{name.replace(' ', '_')}/{item}"


@dataclass(frozen=True, slots=True)
class IsfRow:
    """One row, and of which input it is: all of it, or the number `part` of a colour or a point."""

    row: Parameter
    input: str
    part: int | None = None

    def read(self, value: IsfValue) -> ParameterValue:
        """Return what the row holds where the input has `value`."""
        if isinstance(value, tuple):
            return float(value[self.part or 0])
        if self.row.kind is Kind.CHOICE:
            return str(int(value))
        return True if self.row.kind is Kind.TRIGGER else value

    def written(self, value: ParameterValue, before: IsfValue) -> IsfValue:
        """Return what the input, which has `before`, has once the row holds `value`."""
        if isinstance(before, tuple):
            return tuple(float(value) if part == self.part else old for part, old in enumerate(before))
        return int(value) if self.row.kind is Kind.CHOICE else float(value) if isinstance(value, str) else value


def rows_of(name: str, header: IsfHeader) -> dict[str, IsfRow]:
    """Return the rows of all inputs of the pass `name` that can be moved, by their addresses."""
    rows: dict[str, IsfRow] = {}
    for item in header.inputs:
        address = address_of(name, item.name)
        for row in _rows(name, address, item):
            if not row.row.is_number or row.row.low < row.row.high:
                rows[row.row.address] = row
    return rows


def _rows(name: str, address: str, item: IsfInput) -> list[IsfRow]:
    words = f"{item.label or item.name.replace('_', ' ')}, of the shader {name}"
    if item.kind in _PARTS:
        return [_part(address, item, part, words) for part in range(len(_PARTS[item.kind]))]
    if item.kind == "event":
        return [IsfRow(Parameter(address, Kind.TRIGGER, True, words), address)]
    if item.kind == "bool":
        return [IsfRow(Parameter(address, Kind.BOOL, bool(item.default), words), address)]
    if item.choices:
        meant = ", ".join(f"{value} {label}" for value, label in zip(item.choices, item.labels, strict=False) if label)
        choices = tuple(dict.fromkeys(map(str, item.choices)))
        words = f"{words}: {meant}" if meant else words
        row = Parameter(address, Kind.CHOICE, str(item.default), words, choices=choices, numbers=True)
        return [IsfRow(row, address)]
    assert not isinstance(item.default, tuple) and not isinstance(item.low, tuple) and not isinstance(item.high, tuple)
    if item.kind == "long":
        low, high = round(item.low), round(item.high)
        return [IsfRow(Parameter(address, Kind.INT, int(item.default), words, low, high), address)]
    row = Parameter(address, Kind.FLOAT, item.default, words, item.low, item.high, smoothing_s=HAND_S)
    return [IsfRow(row, address)]


def _part(address: str, item: IsfInput, part: int, words: str) -> IsfRow:
    name = _PARTS[item.kind][part]
    default, low, high = (_number(end, part) for end in (item.default, item.low, item.high))
    row = Parameter(f"{address}/{name}", Kind.FLOAT, default, f"{name} of {words}", low, high, smoothing_s=HAND_S)
    return IsfRow(row, address, part)


def _number(value: IsfValue, part: int) -> float:
    return float(value[part] if isinstance(value, tuple) else value)
