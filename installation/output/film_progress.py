"""How far a film is, and how long it takes still: a bar on a terminal, a plain line now and then anywhere else."""

import logging
import sys
from collections.abc import Callable
from typing import Final, TextIO

from tqdm import tqdm

from installation.clock import MonotonicClock

log = logging.getLogger(__name__)

_CLOCK: Final = MonotonicClock()
_FIRST_S: Final = 2.0
_EVERY_S: Final = 10.0


class FilmProgress:
    """Counts the pictures of a film of `frames`; the bar, and only that, is on `stream`. For one thread."""

    def __init__(self, frames: int, stream: TextIO | None = None, now: Callable[[], float] = _CLOCK.now) -> None:
        """`now` tells real time in seconds."""
        stream = sys.stderr if stream is None else stream
        self._bar = tqdm(total=frames, desc="rendering", unit="frame", file=stream) if stream.isatty() else None
        self._frames, self._done, self._now = frames, 0, now
        self._began_at = now()
        self._due_at = self._began_at + _FIRST_S

    def update(self) -> None:
        """One more picture is done."""
        self._done += 1
        if self._bar is not None:
            self._bar.update()
        elif (now := self._now()) >= self._due_at:
            self._due_at = now + _EVERY_S
            log.info("%s", progress_line(self._done, self._frames, now - self._began_at))

    @property
    def left(self) -> int:
        """How many pictures are still to come."""
        return max(self._frames - self._done, 0)

    def close(self) -> None:
        """There are no more."""
        if self._bar is not None:
            self._bar.close()


def progress_line(done: int, frames: int, elapsed_s: float) -> str:
    """Return in words how far it is after `elapsed_s`, and how much longer it takes at that rate."""
    left_s = round(elapsed_s * max(frames - done, 0) / max(done, 1))
    left = f"{left_s // 3600}:{left_s // 60 % 60:02d}:{left_s % 60:02d}" if left_s >= 60 else f"{left_s} s"
    return f"rendering: {done} of {frames} pictures, {100 * done // max(frames, 1)} %, {left} left"
