"""What takes the times in a running show: an ear that notices beginnings, a screen that flashes and is watched, and a
watcher of the ring. They stand in the places of the show's own, and do what those do.
"""

import threading
import time
from collections import deque
from collections.abc import Callable
from dataclasses import dataclass
from typing import Final, NamedTuple

import moderngl

from installation.audio.features import FastPath
from installation.calibration.matching import find_click
from installation.calibration.timing import HeardClick
from installation.clock import Clock
from installation.output.surface import KeyEvent, Surface
from installation.ring import AudioRing
from installation.values import SAMPLE_RATE_HZ, AudioBlock, Features

_LEAST_ONSET: Final = 0.12
_LEAST_RISE: Final = 0.1
_APART_S: Final = 0.15
_LOOK_BACK: Final = SAMPLE_RATE_HZ // 4
"""A beginning is known at the latest so many samples after it."""
_LOOK_ON: Final = SAMPLE_RATE_HZ // 40
_WATCH_EVERY_S: Final = 0.001
_WATCHED: Final = 8_000
_FLASH_S: Final = 0.08
"""Long enough for a camera of 25 pictures a second."""
_FLASHES_APART_S: Final = 0.4
"""Noise may begin more often than the clicks: never more than three flashes a second."""


class _Written(NamedTuple):
    written: int
    heard_at: float
    seen_at: float


class RingWatch:
    """Notes, to a millisecond, when sound came into the ring. A thread of its own while it runs."""

    def __init__(self, ring: AudioRing) -> None:
        self._ring = ring
        self._seen: deque[_Written] = deque(maxlen=_WATCHED)
        self._ends = threading.Event()
        self._thread = threading.Thread(target=self._watch, name="ring watch", daemon=True)

    def start(self) -> None:
        """Begin to watch."""
        self._thread.start()

    def close(self) -> None:
        """Stop; the ring may go after this."""
        self._ends.set()
        if self._thread.is_alive():
            self._thread.join(1.0)

    def stamps(self, sample: int) -> tuple[float, float]:
        """Return when sample number `sample` was captured and when it was in the ring. Raises LookupError where it has
        not come.
        """
        for seen in tuple(self._seen):
            if seen.written > sample:
                return seen.heard_at - (seen.written - 1 - sample) / SAMPLE_RATE_HZ, seen.seen_at
        raise LookupError(f"sample {sample} has not come yet")

    def look(self) -> None:
        """Note what has come since the last look."""
        position = self._ring.position
        if not self._seen or position.written != self._seen[-1].written:
            self._seen.append(_Written(position.written, position.heard_at, time.monotonic()))

    def _watch(self) -> None:
        while not self._ends.wait(_WATCH_EVERY_S):
            self.look()


class Beginnings:
    """Tells in which turn something begins: where the onset jumps up, once in 150 ms. Pure."""

    def __init__(self) -> None:
        self._onset = 0.0
        self._last_at = float("-inf")

    def begins(self, onset: float, now: float) -> bool:
        """Return whether something begins that the turn of `now` heard with this `onset`."""
        before, self._onset = self._onset, onset
        if onset < max(_LEAST_ONSET, before + _LEAST_RISE) or now - self._last_at < _APART_S:
            return False
        self._last_at = now
        return True


@dataclass(frozen=True, slots=True)
class _Shown:
    """A beginning that was known when the ring held `written` samples, and when its picture was shown."""

    written: int
    known_at: float
    drawn_at: float
    presented_at: float


class Witness:
    """Hears beginnings, says when to flash, and notes when their picture was shown. The show's thread alone."""

    def __init__(self, ring: AudioRing, clock: Clock, watch: RingWatch) -> None:
        self.heard: list[HeardClick] = []
        self._ring, self._clock, self._watch = ring, clock, watch
        self._beginnings = Beginnings()
        self._flashed_at = float("-inf")
        self._known: tuple[int, float] | None = None
        self._shown: deque[_Shown] = deque()

    @property
    def flashes(self) -> bool:
        """Whether the picture is to be white now."""
        return self._clock.now() - self._flashed_at < _FLASH_S

    def hear(self, features: Features) -> None:
        """Take in what the show has just heard."""
        self._watch.look()  # its thread may not get its time: what a turn hears was in the ring by then
        now, written = self._clock.now(), self._ring.position.written
        if self._beginnings.begins(features.onset, now):
            self._known = (written, now)
            if now - self._flashed_at >= _FLASHES_APART_S:
                self._flashed_at = now
        # The show knows of a beginning before it is over; the whole click is needed to find its first sample.
        while self._shown and written >= self._shown[0].written + _LOOK_ON:
            self._locate(self._shown.popleft())

    def present(self, show: Callable[[], None]) -> None:
        """Present the picture by `show`, and note when it was drawn and presented if something begins in it."""
        drawn_at = self._clock.now()
        show()
        if self._known is not None:
            self._shown.append(_Shown(*self._known, drawn_at, self._clock.now()))
            self._known = None

    def _locate(self, shown: _Shown) -> None:
        sound = self._ring.since(shown.written - _LOOK_BACK).block.samples[: _LOOK_BACK + _LOOK_ON]
        first = shown.written - _LOOK_BACK + find_click(sound)
        stamps = self._watch.stamps(first)
        self.heard.append(HeardClick(*stamps, shown.known_at, shown.drawn_at, shown.presented_at))


class WatchedEar(FastPath):
    """The show's fast path, with a witness."""

    def __init__(self, witness: Witness) -> None:
        super().__init__()
        self._witness = witness

    def listen(self, block: AudioBlock, now: float) -> Features:
        heard = super().listen(block, now)
        self._witness.hear(heard)
        return heard


class WatchedSurface:
    """The show's surface, white for a moment at each beginning."""

    def __init__(self, surface: Surface, witness: Witness) -> None:
        self._surface, self._witness = surface, witness

    @property
    def context(self) -> moderngl.Context:
        return self._surface.context

    @property
    def size(self) -> tuple[int, int]:
        return self._surface.size

    @property
    def target(self) -> moderngl.Framebuffer:
        return self._surface.target

    @property
    def closed(self) -> bool:
        return self._surface.closed

    def poll(self) -> list[KeyEvent]:
        return self._surface.poll()

    def toggle_fullscreen(self) -> None:
        self._surface.toggle_fullscreen()

    def present(self) -> None:
        if self._witness.flashes:
            self.target.clear(1.0, 1.0, 1.0, 1.0)
        self._witness.present(self._surface.present)

    def close(self) -> None:
        self._surface.close()
