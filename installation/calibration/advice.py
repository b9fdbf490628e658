"""The delay at which sound and picture agree, from what was measured and what only people can know. Pure."""

from dataclasses import dataclass
from typing import Any, Final

NOTICED_MS: Final = 45.0
"""A picture that comes later after its sound is noticed (ITU-R BT.1359, detectability)."""


@dataclass(frozen=True, slots=True)
class Advice:
    """`audio_delay_ms` is for `/audio/delay`; where the picture comes too late even at 0, the loudspeakers would have
    to wait `loudspeakers_ms`. `noticed` says whether anybody would see that.
    """

    audio_delay_ms: float
    loudspeakers_ms: float

    @property
    def noticed(self) -> bool:
        return self.loudspeakers_ms > NOTICED_MS

    def as_document(self) -> dict[str, Any]:
        """Return the report's part."""
        return {"audio_delay_ms": self.audio_delay_ms, "loudspeakers_ms": self.loudspeakers_ms}


def advise(show_ms: float, room_late_ms: float, screen_late_ms: float) -> Advice:
    """Return what to set where the show takes `show_ms`, the audience hears `room_late_ms` later than the show, and
    the screen shows `screen_late_ms` later than it is sent.
    """
    early_ms = round(room_late_ms - show_ms - screen_late_ms)
    return Advice(float(max(early_ms, 0)), float(max(-early_ms, 0)))
