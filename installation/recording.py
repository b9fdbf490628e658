"""Records what is shown, with its sound, while the show runs. A thread encodes; the show's thread never waits for it.

When the encoder cannot keep up, pictures are repeated in the file, not delayed on the wall, and counted.
"""

import logging
import queue
import threading
from collections.abc import Callable
from pathlib import Path
from typing import Final

import numpy as np

from installation.ring import AudioRing
from installation.values import SAMPLE_RATE_HZ, Pixels, Samples
from s2s.film import VideoFile

log = logging.getLogger(__name__)

_QUEUE_FRAMES: Final = 8
_OUT_OF_STEP_SAMPLES: Final = SAMPLE_RATE_HZ // 5
"""Less than this is jitter; more, and lips would no longer match."""
_Entry = tuple[Pixels, int, Samples]


def in_step(sound: Samples, sounded: int, expected: int) -> Samples:
    """Return new `sound` filled or cut at its start, if `sounded` samples before it leave it far from `expected`.

    A source that starts late, pauses, or counts its samples by another clock would slide away from the pictures.
    """
    missing = expected - sounded - len(sound)
    if missing > _OUT_OF_STEP_SAMPLES:
        return np.concatenate([np.zeros(missing, np.float32), sound])
    return sound[-missing:] if missing < -_OUT_OF_STEP_SAMPLES else sound


class Recorder:
    """Takes a picture whenever the file's next frame is due. `offer` belongs to the show's thread."""

    def __init__(self, path: Path, size: tuple[int, int], fps: float, ring: AudioRing) -> None:
        self.dropped = 0
        self.failure: str | None = None
        self._fps, self._ring = fps, ring
        self._heard = ring.position.written
        self._began_at: float | None = None
        self._frames = self._sounded = 0
        self._queue: queue.Queue[_Entry | None] = queue.Queue(_QUEUE_FRAMES)
        self._thread = threading.Thread(target=self._encode, args=(path, size), name="recorder", daemon=True)
        self._thread.start()

    def offer(self, now: float, read: Callable[[], Pixels]) -> None:
        """Take the picture that `read` gives if one is due at `now`; what was missed is filled by repeating it."""
        if self._began_at is None:
            self._began_at = now
        due = int((now - self._began_at) * self._fps) + 1 - self._frames
        if due <= 0 or self.failure is not None:
            return
        if self._queue.full():
            self.dropped += due  # the sound waits in the ring: the next entry carries it
            return
        reading = self._ring.since(self._heard)
        self._heard = reading.written
        self._frames += due
        sound = in_step(reading.block.samples, self._sounded, round(self._frames / self._fps * SAMPLE_RATE_HZ))
        self._sounded += len(sound)
        self._queue.put((read(), due, sound))

    def close(self) -> None:
        """Finish the file; waits for what is still to be encoded."""
        self._queue.put(None)
        self._thread.join(30.0)

    def _encode(self, path: Path, size: tuple[int, int]) -> None:
        try:
            with VideoFile(path, size, self._fps, SAMPLE_RATE_HZ) as video:
                while (entry := self._queue.get()) is not None:
                    pixels, repeats, samples = entry
                    video.write_sound(samples)
                    for _ in range(repeats):
                        video.write(pixels)
        except OSError as error:  # a full disk ends the recording, never the show
            self.failure = f"recording stopped: {error}"
            log.error("%s", self.failure)
            self._drain()

    def _drain(self) -> None:
        while self._queue.get() is not None:
            pass
