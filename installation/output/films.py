"""Films begun and ended while the show runs: a recorder that comes and goes without a wait for disk or encoder.

Everything that takes time, the folder, the file, the encoder's start and its end, is done beside the show's thread.
"""

import logging
import threading
from collections.abc import Callable
from dataclasses import replace
from datetime import datetime
from functools import partial
from pathlib import Path
from typing import Final

from installation.output.dated_files import claim, local_now
from installation.output.recording import Recorder
from installation.ring import AudioRing
from installation.status import RecordingStatus
from installation.values import Pixels
from s2s.files.names import shown

log = logging.getLogger(__name__)

_TOLD_S: Final = 60.0
"""So long a film that ended by itself is a reason for not being well."""
_MOST_ENDING: Final = 2
"""Films that a slow disk may still be ending; before one is done no other begins."""


class Films:
    """Records into `folder` between `want(True)` and `want(False)`. Everything belongs to the show's thread.

    `size` is width and height of what is shown, `fps` its rate; `on_end` is called when a film ended by itself.
    `wall_time` names the files.
    """

    name = "film"

    def __init__(
        self,
        folder: Path,
        size: Callable[[], tuple[int, int]],
        fps: float,
        ring: AudioRing,
        on_end: Callable[[], None],
        wall_time: Callable[[], datetime] = local_now,
    ) -> None:
        self._folder, self._size, self._fps, self._ring = folder, size, fps, ring
        self._on_end, self._wall_time = on_end, wall_time
        self._wanted = False
        self._recorder: Recorder | None = None
        self._ending: list[tuple[Recorder, threading.Thread]] = []
        self._problem, self._problem_at = "", 0.0

    def want(self, on: bool) -> None:
        """Record from the next picture on, or end the film."""
        self._wanted = on

    def offer(self, now: float, read: Callable[[], Pixels]) -> None:
        """Begin, go on with, or end a film; returns at once."""
        self._look_after_ending(now)
        if self._problem and now - self._problem_at >= _TOLD_S:
            self._problem = ""
        if self._wanted and self._recorder is None:
            self._begin(now)
        if self._recorder is None:
            return
        if not self._wanted:
            self._end(self._recorder)
        elif self._recorder.failure:
            self._stopped(self._recorder.failure, now)
            self._end(self._recorder)
        else:
            self._recorder.offer(now, read)

    def status(self) -> RecordingStatus:
        """Return how long the film is that is being written, and why the last ended by itself, for a minute; any
        thread.
        """
        recorder = self._recorder
        if recorder is None:
            return RecordingStatus(problem=self._problem)
        told = recorder.status()
        return replace(told, problem=told.problem or self._problem)

    def close(self) -> None:
        """End the film; waits for it, but not for ever. Harmless when repeated."""
        self._wanted = False
        if self._recorder is not None:
            self._end(self._recorder)
        for recorder, thread in self._ending:
            thread.join()  # the recorder itself bounds how long it waits
            if recorder.failure:
                self._problem = recorder.failure
        self._ending = []

    def _begin(self, now: float) -> None:
        if len(self._ending) >= _MOST_ENDING:
            self._stopped("recording stopped: the disk has not finished the films before", now)
            return
        self._problem = ""
        place = partial(claim, self._folder, self._wall_time(), ".mp4")
        self._recorder = Recorder(place, self._size(), self._fps, self._ring)

    def _end(self, recorder: Recorder) -> None:
        self._recorder = None
        thread = threading.Thread(target=self._finish, args=(recorder,), name="film's end", daemon=True)
        self._ending.append((recorder, thread))
        thread.start()

    @staticmethod
    def _finish(recorder: Recorder) -> None:
        recorder.close()
        if not recorder.failure:
            told = recorder.status()
            log.info("film saved: %s (%.1f s)", shown(told.file), told.recorded_s)

    def _look_after_ending(self, now: float) -> None:
        for recorder, thread in list(self._ending):
            if not thread.is_alive():
                self._ending.remove((recorder, thread))
                if recorder.failure and not self._problem:
                    self._problem, self._problem_at = recorder.failure, now

    def _stopped(self, reason: str, now: float) -> None:
        self._wanted = False
        self._problem, self._problem_at = reason, now
        self._on_end()
