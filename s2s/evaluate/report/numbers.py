"""How numbers of a report are written: one scale for all that stands together, so that they can be compared. Pure."""

import math
from collections.abc import Iterable
from dataclasses import dataclass
from typing import Final, Self

from s2s.evaluate.report.model import Value

_MINUS: Final = "\N{MINUS SIGN}"
_DASH: Final = "\N{EN DASH}"
_SHARE: Final = "share"
_PER_CENT_DECIMALS: Final = 1
_SIGNIFICANT: Final = 3
_SIGNIFICANT_BELOW_1: Final = 2
_PLAIN: Final = (1e-4, 1e7)
"""What is written without an exponent."""


@dataclass(frozen=True, slots=True)
class Scale:
    """Numbers times `factor` with so many `decimals`, None for those that need an exponent, and their `sign` behind."""

    factor: float = 1.0
    decimals: int | None = 2
    sign: str = ""

    @classmethod
    def of(cls, unit: str, numbers: Iterable[float]) -> Self:
        """Return the scale for `numbers` of `unit`: shares in per cent, others to some digits of the largest."""
        if unit == _SHARE:
            return cls(100.0, _PER_CENT_DECIMALS, "\N{NO-BREAK SPACE}%")
        largest = max(map(abs, numbers), default=0.0)
        if largest == 0.0:
            return cls()
        if not _PLAIN[0] <= largest < _PLAIN[1]:
            return cls(decimals=None)
        digits = _SIGNIFICANT if largest >= 1.0 else _SIGNIFICANT_BELOW_1
        return cls(decimals=max(0, digits - 1 - math.floor(math.log10(largest))))

    def write(self, number: float) -> str:
        """Return the number without its sign behind it."""
        scaled = self.factor * number
        if self.decimals is None:
            return f"{scaled:.{_SIGNIFICANT}g}".replace("-", _MINUS)
        rounded = round(scaled, self.decimals) + 0.0  # no minus before a zero
        return f"{rounded:.{self.decimals}f}".replace("-", _MINUS)

    def with_sign(self, number: float) -> str:
        """Return the number and what it is in: `45.3 %`."""
        return self.write(number) + self.sign

    def interval(self, value: Value) -> str:
        """Return the interval: `38.1–52.4`; empty where there is none."""
        if value.low is None or value.high is None:
            return ""
        low, high = self.write(value.low), self.write(value.high)
        return f"{low} to {high}" if _MINUS in low + high else f"{low}{_DASH}{high}"

    def change(self, difference: float) -> str:
        """Return a difference with its sign before it: `+4.2`."""
        written = self.write(difference)
        return written if written.startswith(_MINUS) or not float(written) else f"+{written}"


def shown_unit(unit: str) -> str:
    """Return what a heading says numbers of `unit` are in."""
    return "%" if unit == _SHARE else unit


def numbers_of(values: Iterable[Value | None]) -> list[float]:
    """Return the numbers that decide a scale."""
    return [value.value for value in values if value is not None]
