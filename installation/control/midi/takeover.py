"""How a control takes over a number that was moved by other means: at once, when it meets it, or by its share. Pure.

A knob without a motor stands where a hand left it, while presets, faders and phones move what it is bound to.
"""

from dataclasses import dataclass
from enum import StrEnum
from typing import Final

from installation.parameter import Kind, Parameter
from installation.values import ParameterValue

_MEETS: Final = 1.5 / 127
"""Of the travel: a step and a half of a control of 7 bits."""


class Takeover(StrEnum):
    """`jump`: the value goes where the control is. `pickup`: nothing moves before the control meets the value. `scale`:
    the value moves by the share of its way that the control has moved of its own, and both arrive together.
    """

    JUMP = "jump"
    PICKUP = "pickup"
    SCALE = "scale"


def take_over(mode: Takeover, before: float | None, now: float, beneath: float, *, held: bool) -> float | None:
    """Return the position to set, None for none yet. All positions are parts of the travel, 0..1.

    `before` is where the control was, None where nobody knows; `beneath` where the value lies; `held` says that nobody
    else has moved it since this control did.
    """
    if mode is Takeover.JUMP:
        return now
    close = abs(now - beneath) <= _MEETS
    if mode is Takeover.PICKUP:
        crossed = before is not None and min(before, now) <= beneath <= max(before, now)
        return now if held or close or crossed else None
    if before is None:
        return now if close else None
    if now > before:
        return beneath + (1.0 - beneath) * ((now - before) / (1.0 - before))
    return beneath - beneath * ((before - now) / before) if now < before else None


@dataclass(slots=True)
class Grip:
    """What one control knows of the number it moves: where it stands itself, and what it set last."""

    position: float | None = None
    """0..1; None for a control that says no position, or has not yet."""
    set_value: ParameterValue | None = None
    set_position: float = 0.0
    released_value: ParameterValue | None = None
    """What a key that is held down returns to."""
    moved_at: float = float("-inf")

    def holds(self, value: ParameterValue) -> bool:
        """Return whether `value` is what this control set."""
        return self.set_value is not None and value == self.set_value

    def beneath(self, row: Parameter, value: ParameterValue) -> float:
        """Return where `value` lies on the travel, 0..1; exact for what this control set, however it was rounded."""
        if self.holds(value):
            return self.set_position
        if row.kind is Kind.CHOICE:
            return (row.choices.index(str(value)) + 0.5) / len(row.choices)
        return min(max(row.to_unit(float(value)), 0.0), 1.0)
