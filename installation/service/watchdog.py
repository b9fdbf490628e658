"""Tells systemd or the parent of our own that the show goes on: as long as pictures are shown, and no longer.

A loop that turns and shows nothing is as dark as one that hangs: so a beat is a picture, and not a turn.
"""

from collections.abc import Callable
from typing import Final

from installation.control_status import ControlStatus
from installation.service.notify import Notifier
from s2s.files.quote import one_line

STARTING: Final = "starting: the model paints nothing yet"
"""What a show says of itself before the first picture that hears."""
_BEAT_S: Final = 1.0
_BEATS_WITHIN_LIMIT: Final = 4


class Watchdog:
    """A control surface of its own; belongs to the show's thread. `pictures` counts those presented so far, `words`
    tells in a few how the show is.
    """

    def __init__(self, notifier: Notifier, pictures: Callable[[], int], words: Callable[[], str]) -> None:
        self._notifier, self._pictures, self._words = notifier, pictures, words
        limit_s = notifier.watchdog_s
        self._beat_s = _BEAT_S if limit_s is None else min(_BEAT_S, limit_s / _BEATS_WITHIN_LIMIT)
        self._beaten = 0
        self._beat_at = float("-inf")
        self._said = ""

    def start(self) -> None:
        """Nothing is said before there is a picture."""

    def poll(self, now: float) -> None:
        """Beat where it is time and a picture has been presented since the last beat. Never waits."""
        if not self._notifier.is_heard or now < self._beat_at:
            return
        pictures = self._pictures()
        if pictures == self._beaten:
            return
        first = self._beaten == 0
        self._beaten, self._beat_at = pictures, now + self._beat_s
        self._notifier.tell(*(("READY=1",) if first else ()), "WATCHDOG=1", *self._news())

    def status(self) -> ControlStatus:
        """Nothing to tell: who does not hear it restarts the show."""
        return ControlStatus()

    def close(self) -> None:
        """Say that the show ends, where nobody has yet."""
        self._notifier.tell("STOPPING=1")

    def _news(self) -> tuple[str, ...]:
        words = one_line(self._words(), 300)
        if words == self._said:
            return ()
        self._said = words
        return (f"STATUS={words}",)
