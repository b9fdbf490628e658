"""When text may come over the picture and go again: its ground darkens a part of the wall, and a wish that is switched
thirty times a second would make that flash. Pure.
"""

from typing import Final

FADE_S: Final = 0.25
"""Text comes and goes softly, and a change is one until it is over."""
APART_S: Final = 1.05 + FADE_S


class TextPace:
    """Follows one wish, at most one change a second; the first is followed at once. Times are monotonic seconds."""

    def __init__(self) -> None:
        self.shown = False
        self._changed_at = float("-inf")

    def follow(self, wanted: bool, now: float, *, room: bool) -> bool:
        """Return whether the text is to be shown at `now`; without `room` for another change it stays as it is."""
        if wanted != self.shown and room and not self.changes(now):
            self.shown, self._changed_at = wanted, now
        return self.shown

    def changes(self, now: float) -> int:
        """Return how many changes there were within the last second."""
        return int(now - self._changed_at < APART_S)
