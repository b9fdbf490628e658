"""What one live parameter is: what it holds, what it takes from a file and from a surface, how a fader travels.

Pure; the table of all of them is `parameters`.
"""

import math
from dataclasses import dataclass
from enum import StrEnum
from types import MappingProxyType
from typing import Final

from installation.values import ParameterValue
from s2s.files.quote import quoted


class Kind(StrEnum):
    """What a parameter holds. A trigger holds nothing: each set is one event."""

    FLOAT = "float"
    INT = "int"
    BOOL = "bool"
    CHOICE = "choice"
    TRIGGER = "trigger"
    TEXT = "text"


class Scaling(StrEnum):
    """How a controller's 0..1 travels through the range; decibels are a logarithm already and travel linearly."""

    LINEAR = "linear"
    LOG = "log"


class ParameterError(ValueError):
    """A parameter that does not exist, or a value it cannot take; the message is one line for an operator."""


@dataclass(frozen=True, slots=True)
class Parameter:
    """One live control. `low` and `high` bound floats and ints; `smoothing_s` is the time constant of its glide.

    A text has at most `letters`, all of which can be printed, and none of `forbidden`.
    """

    address: str
    kind: Kind
    default: ParameterValue
    description: str
    low: float = 0.0
    high: float = 1.0
    unit: str = ""
    scaling: Scaling = Scaling.LINEAR
    smoothing_s: float = 0.0
    choices: tuple[str, ...] = ()
    letters: int = 0
    forbidden: str = ""
    clips: bool = True
    """Whether a surface's number outside the range means its nearest end, as of a fader that overshoots."""
    numbers: bool = False
    """Whether a surface's whole number is a text's, as of what stands in a list."""

    @property
    def group(self) -> str:
        """The address's first part, such as `audio`."""
        return self.address.split("/")[1]

    @property
    def is_number(self) -> bool:
        return self.kind in (Kind.FLOAT, Kind.INT)

    @property
    def range_text(self) -> str:
        """The legal values in words."""
        if self.is_number:
            return f"{self.low:g}..{self.high:g}{' ' + self.unit if self.unit else ''}"
        return {
            Kind.BOOL: "true or false",
            Kind.CHOICE: " | ".join(self.choices),
            Kind.TRIGGER: "any value",
            Kind.TEXT: f"up to {self.letters} letters, none of {self.forbidden}",
        }[self.kind]

    def check(self, value: object) -> ParameterValue:
        """Return `value` as this parameter holds it. Raises ParameterError with the legal range."""
        if self.is_number:
            return self._check_number(value)
        if self.kind is Kind.BOOL:
            return self._check_bool(value)
        if self.kind is Kind.TRIGGER:
            return True
        if not isinstance(value, str) or (self.kind is Kind.CHOICE and value not in self.choices):
            raise self._refuse(value)
        if self.kind is Kind.TEXT:
            self._check_text(value)
        return value

    def accept(self, value: object) -> ParameterValue:
        """Return what a control surface means by `value`, more leniently than `check` reads a file.

        A sequence of one is what it holds; "-6" is a number and "on" a switch; a switch is on from one half upwards;
        a finite number outside the range is its nearest end where the row `clips`. Raises ParameterError.
        """
        value = _opened(value)
        if self.is_number:
            return self._accept_number(value)
        if self.kind is Kind.BOOL:
            return self._accept_switch(value)
        if self.numbers and not isinstance(value, str | bool) and (number := _number(value)) is not None:
            value = str(int(number)) if number == int(number) and abs(number) < _MOST_COUNTED else value
        return self.check(value)

    def from_unit(self, position: float) -> float:
        """Return the value at `position` 0..1 of a fader's travel."""
        position = min(max(position, 0.0), 1.0)
        if self.scaling is Scaling.LOG:
            value = self.low * math.pow(self.high / self.low, position)
        else:
            value = self.low + (self.high - self.low) * position
        return round(value) if self.kind is Kind.INT else value

    def to_unit(self, value: float) -> float:
        """Return where `value` lies on a fader's travel, 0..1."""
        if self.scaling is Scaling.LOG:
            return math.log(value / self.low) / math.log(self.high / self.low)
        return (value - self.low) / (self.high - self.low)

    def clamp(self, value: float) -> float:
        """Return `value` held inside the range."""
        return min(max(value, self.low), self.high)

    def _check_number(self, value: object) -> ParameterValue:
        if isinstance(value, bool) or not isinstance(value, int | float):
            raise self._refuse(value)
        if not self.low <= value <= self.high:  # also NaN, which is in no range
            raise self._refuse(value)
        if self.kind is Kind.INT:
            return round(value)
        return float(value)

    def _accept_number(self, value: object) -> ParameterValue:
        number = _number(value)
        if number is None:
            raise self._refuse(value)
        return self._check_number(self.clamp(number) if self.clips else number)

    def _accept_switch(self, value: object) -> bool:
        if isinstance(value, str) and (said := _SWITCH_WORDS.get(value.strip().lower())) is not None:
            return said
        number = _number(value)
        if number is None:
            raise self._refuse(value)
        return number >= _ON_FROM

    def _check_bool(self, value: object) -> bool:
        # Faders and OSC senders say 0.0 and 1.0 where they mean off and on.
        if isinstance(value, bool | int | float) and value in (0, 1):
            return bool(value)
        raise self._refuse(value)

    def _check_text(self, value: str) -> None:
        if len(value) > self.letters:
            raise ParameterError(f"{self.address} takes {self.range_text}, got {len(value)}: {quoted(value)}")
        strange = next((letter for letter in value if letter in self.forbidden or not letter.isprintable()), None)
        if strange is not None:
            raise ParameterError(f"{self.address} takes {self.range_text}, got {strange!r} in {quoted(value)}")

    def _refuse(self, value: object) -> ParameterError:
        return ParameterError(f"{self.address} takes {self.range_text}, got {quoted(value)}")


_SWITCH_WORDS: Final = MappingProxyType({"true": True, "on": True, "false": False, "off": False})
_ON_FROM: Final = 0.5
"""Of 1; buttons that say 127 or 255 for on say 0 for off."""
_MOST_DIGITS: Final = 40
_MOST_COUNTED: Final = 1e6
_DEEPEST: Final = 8


def _opened(value: object) -> object:
    """Return what a sequence of one holds, also inside others; anything else as it is."""
    for _ in range(_DEEPEST):
        if not (isinstance(value, list | tuple) and len(value) == 1):
            break
        value = value[0]
    return value


def _number(value: object) -> float | None:
    """Return the finite number that `value` is or spells, None where it is none."""
    if isinstance(value, str):
        value = _spelt_number(value)
    if isinstance(value, int):  # of any length, and also a bool
        return int(value)
    return value if isinstance(value, float) and math.isfinite(value) else None


def _spelt_number(text: str) -> float | None:
    try:
        return float(text) if len(text) <= _MOST_DIGITS and "_" not in text else None
    except ValueError:
        return None
