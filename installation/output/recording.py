"""Records what is shown, with its sound, while the show runs. A thread encodes; the show's thread never waits for it.

When the encoder cannot keep up, pictures are repeated in the file, not delayed on the wall, and counted. The file is
written in pieces of a second: whatever ends the recording, the film up to there plays. It ends before the disk is full.
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
_Entry = tuple[Pixels, int, Samples, float]
"""A picture, the number of frames since the last one, this one included, the sound of that time, and the moment."""


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
        self._is_behind = False
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
            self.dropped, self._is_behind = self._lost + due, True
            return
        if self._is_behind:
            self._lost += due - 1
            self.dropped, self._is_behind = self._lost, False
        reading = self._ring.since(self._heard)
        self._heard = reading.written
        self._frames += due
        sound = self._sound.fitted(reading.block.samples, reading.block.heard_at, now)
        self._queue.put((read(), due, sound, now))

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
            looked_at = float("-inf")
            while (entry := self._queue.get()) is not None:
                pixels, due, samples, now = entry
                pixels = fitted(pixels, size)
                video.write_sound(samples)
                for _ in range(due - 1):  # a picture is never seen before its time
                    video.write(pixels if before is None else before)
                video.write(pixels)
                before = pixels
                if now - looked_at >= _LOOK_AT_DISK_S:
                    looked_at = now
                    self._ahead.look(now, path.stat().st_size, room_on(path))
            self._is_over = True

    def _fail(self, reason: str) -> None:
        self.failure = f"recording stopped: {reason}"
        log.error("%s", self.failure)

    def _drain(self) -> None:
        """Let go what still comes, unless all has come."""
        while not self._is_over and self._queue.get() is not None:
            pass
