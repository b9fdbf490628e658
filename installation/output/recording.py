"""Records what is shown, with its sound, while the show runs. A thread encodes; the show's thread never waits for it.

When the encoder cannot keep up, pictures stand longer in the file; the wall waits for none, and they are counted. The
file is written in pieces of a second: whatever ends the recording, the film up to there plays. A full disk ends it.
"""

import contextlib
import logging
import queue
import threading
import time
from collections.abc import Callable
from pathlib import Path
from typing import Final, NamedTuple

import numpy as np
from PIL import Image, ImageOps

from installation.output.disk_room import RoomAhead, room_on
from installation.output.fragments import drop_torn_end
from installation.output.sound_in_step import SoundInStep
from installation.ring import AudioRing, Position
from installation.status import RecordingStatus
from installation.values import SAMPLE_RATE_HZ, Pixels, Samples
from s2s.files.quote import why
from s2s.media.video_encoders import chosen
from s2s.media.video_writer import VideoFile

log = logging.getLogger(__name__)

_QUEUE_FRAMES: Final = 8
_CLOSE_TIMEOUT_S: Final = 10.0
_LOOK_AT_DISK_S: Final = 1.0


class _Entry(NamedTuple):
    """One picture of the film and what lies between the one before and it."""

    pixels: Pixels
    due: int
    """The number of frames since the last one, this one included."""
    sound: Samples
    now: float
    after_a_gap: bool
    """Whether the queue was full since the last one."""


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
        self.dropped = self._lost = 0
        self._is_behind, self._missed_at = False, 0.0
        self._newest: Pixels | None = None
        self._path: Path | None = None
        self.failure = ""
        self._fps, self._ring, self._close_timeout_s = fps, ring, close_timeout_s
        self._closed = self._is_over = False
        self._heard, self._sound = 0, SoundInStep(0.0, Position(0, 0.0))
        self._began_at: float | None = None
        self._frames = 0
        self._encoder, self._ahead = "", RoomAhead()
        self._queue: queue.Queue[_Entry | None] = queue.Queue(_QUEUE_FRAMES)
        self._thread = threading.Thread(target=self._record, args=(place, size), name="recorder", daemon=True)
        self._thread.start()

    def offer(self, now: float, read: Callable[[], Pixels]) -> None:
        """Take the picture that `read` gives if one is due at `now`; what was missed the one before it fills."""
        if self._began_at is None:
            self._began_at, position = now, self._ring.position
            self._heard, self._sound = position.written, SoundInStep(now, position)
        due = int((now - self._began_at) * self._fps) + 1 - self._frames
        if due <= 0 or self.failure:
            return
        if self._queue.full():  # the sound waits in the ring: the next entry carries it
            self.dropped, self._is_behind, self._missed_at = self._lost + due, True, now
            return
        self._newest = read()
        self._queue.put(self._entry(self._newest, due, now))

    def _entry(self, pixels: Pixels, due: int, now: float) -> _Entry:
        """Return the film's next picture, with the sound until then."""
        after_a_gap = self._is_behind
        if after_a_gap:
            self._lost += due - 1
            self.dropped, self._is_behind = self._lost, False
        reading = self._ring.since(self._heard)
        self._heard = reading.written
        self._frames += due
        sound = self._sound.fitted(reading.block.samples, reading.block.heard_at, now)
        return _Entry(pixels, due, sound, now, after_a_gap)

    @property
    def waiting(self) -> int:
        """How many pictures are still to be encoded; any thread."""
        return self._queue.qsize()

    def status(self) -> RecordingStatus:
        """Return how long the film is, what it lacks, and what is wrong; any thread."""
        recorded_s = round(self._frames / self._fps, 1)
        name = "" if self._path is None else self._path.name
        left_s = None if self._ahead.left_s is None else round(self._ahead.left_s)
        return RecordingStatus(
            recorded_s=recorded_s,
            dropped=self.dropped,
            problem=self.failure or self._ahead.warning,
            file=name,
            left_s=left_s,
            encoder=self._encoder,
        )

    def close(self) -> None:
        """Finish the file; waits for what is still to be encoded, but not for ever. Harmless when repeated."""
        if self._closed:
            return
        self._closed = True
        ends_at = time.monotonic() + self._close_timeout_s
        with contextlib.suppress(queue.Full):
            if self._is_behind and self._newest is not None and self._began_at is not None and not self.failure:
                due = int((self._missed_at - self._began_at) * self._fps) + 1 - self._frames
                self._queue.put(self._entry(self._newest, due, self._missed_at), timeout=self._close_timeout_s)
            self._queue.put(None, timeout=max(0.0, ends_at - time.monotonic()))
        self._thread.join(max(0.0, ends_at - time.monotonic()))
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
                    if self._path.stat().st_size == 0:
                        self._path.unlink()
            self._drain()

    def _encode(self, path: Path, size: tuple[int, int]) -> None:
        """Write what comes, to its end."""
        self._ahead.look(0.0, 0, room_on(path.parent))  # rather no film than one of a second
        even = (size[0] + size[0] % 2, size[1] + size[1] % 2)
        encoder = chosen(even, self._fps).encoder
        self._encoder = encoder.name
        with VideoFile(path, size, self._fps, SAMPLE_RATE_HZ, fragmented=True, encoder=encoder) as video:
            before: Pixels | None = None
            looked_at, frames = float("-inf"), 0
            while (entry := self._queue.get()) is not None:
                pixels = fitted(entry.pixels, size)
                video.write_sound(entry.sound)
                frames += entry.due
                # A picture is never seen before its time. Where the encoder is behind, the one before stands longer
                # instead of being encoded again: else the film would fall back further with each picture.
                if not entry.after_a_gap and self._queue.qsize() <= 1:
                    for number in range(frames - entry.due, frames - 1):
                        video.write(pixels if before is None else before, number / self._fps)
                video.write(pixels, (frames - 1) / self._fps)
                before = pixels
                if entry.now - looked_at >= _LOOK_AT_DISK_S:
                    looked_at = entry.now
                    self._ahead.look(entry.now, path.stat().st_size, room_on(path))
            self._is_over = True

    def _fail(self, reason: str) -> None:
        self.failure = f"recording stopped: {reason}"
        log.error("%s", self.failure)

    def _drain(self) -> None:
        """Let go what still comes, unless all has come."""
        while not self._is_over and self._queue.get() is not None:
            pass
