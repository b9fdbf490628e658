"""Records what is shown, with its sound, while the show runs. A thread encodes; the show's thread never waits for it.

When the encoder cannot keep up, pictures are repeated in the file, not delayed on the wall, and counted. The file is
written in pieces of a second: whatever ends the recording, the film up to there plays.
"""

import contextlib
import logging
import queue
import threading
from collections.abc import Callable
from pathlib import Path
from typing import Final

import numpy as np
from PIL import Image, ImageOps

from installation.output.fragments import drop_torn_end
from installation.ring import AudioRing
from installation.status import RecordingStatus
from installation.values import SAMPLE_RATE_HZ, Pixels, Samples
from s2s.files.quote import why
from s2s.media.video_writer import VideoFile

log = logging.getLogger(__name__)

_QUEUE_FRAMES: Final = 8
_CLOSE_TIMEOUT_S: Final = 10.0
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


def fitted(pixels: Pixels, size: tuple[int, int]) -> Pixels:
    """Return `pixels` `[height, width, 3]` as a picture of `size` (width, height), whole and between bars.

    A film has one size, a window that is made full-screen has two.
    """
    if pixels.shape[:2] == (size[1], size[0]):
        return pixels
    return np.asarray(ImageOps.pad(Image.fromarray(pixels), size, Image.Resampling.BILINEAR))


class Recorder:
    """Takes a picture whenever the file's next frame is due. `offer` belongs to the show's thread.

    `failure` says why the recording has stopped, and is empty while it goes on.
    """

    name = "recording"

    def __init__(
        self,
        place: Path | Callable[[], Path],
        size: tuple[int, int],
        fps: float,
        ring: AudioRing,
        *,
        close_timeout_s: float = _CLOSE_TIMEOUT_S,
    ) -> None:
        """`place` is the film's path, or finds one, which may take as long as a disk does."""
        self.dropped = 0
        self._path: Path | None = None
        self.failure = ""
        self._fps, self._ring, self._close_timeout_s = fps, ring, close_timeout_s
        self._closed = False
        self._heard = ring.position.written
        self._began_at: float | None = None
        self._frames = self._sounded = 0
        self._queue: queue.Queue[_Entry | None] = queue.Queue(_QUEUE_FRAMES)
        self._thread = threading.Thread(target=self._record, args=(place, size), name="recorder", daemon=True)
        self._thread.start()

    def offer(self, now: float, read: Callable[[], Pixels]) -> None:
        """Take the picture that `read` gives if one is due at `now`; what was missed is filled by repeating it."""
        if self._began_at is None:
            self._began_at = now
        due = int((now - self._began_at) * self._fps) + 1 - self._frames
        if due <= 0 or self.failure:
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

    def status(self) -> RecordingStatus:
        """Return how long the film is, what it lacks, and what is wrong; any thread."""
        recorded_s = round(self._frames / self._fps, 1)
        name = "" if self._path is None else self._path.name
        return RecordingStatus(recorded_s=recorded_s, dropped=self.dropped, problem=self.failure, file=name)

    def close(self) -> None:
        """Finish the file; waits for what is still to be encoded, but not for ever. Harmless when repeated."""
        if self._closed:
            return
        self._closed = True
        with contextlib.suppress(queue.Full):
            self._queue.put(None, timeout=self._close_timeout_s)
        self._thread.join(self._close_timeout_s)
        if self._thread.is_alive() and not self.failure:
            self._fail(f"not finished within {self._close_timeout_s:g} s; does the disk still answer?")

    def _record(self, place: Path | Callable[[], Path], size: tuple[int, int]) -> None:
        try:
            self._path = place if isinstance(place, Path) else place()
            self._encode(self._path, size)
        except Exception as error:  # a full disk, a name that is none, the codec: it ends the recording, never the show
            self._fail(why(error))
            with contextlib.suppress(OSError):
                if self._path is not None:
                    drop_torn_end(self._path)
            self._drain()

    def _encode(self, path: Path, size: tuple[int, int]) -> None:
        with VideoFile(path, size, self._fps, SAMPLE_RATE_HZ, fragmented=True) as video:
            while (entry := self._queue.get()) is not None:
                pixels, repeats, samples = entry
                pixels = fitted(pixels, size)
                video.write_sound(samples)
                for _ in range(repeats):
                    video.write(pixels)

    def _fail(self, reason: str) -> None:
        self.failure = f"recording stopped: {reason}"
        log.error("%s", self.failure)

    def _drain(self) -> None:
        while self._queue.get() is not None:
            pass
