"""The film of `--render`: every picture, each with its own part of the sound.

A thread encodes, so that the next picture is painted meanwhile; a show that paints faster than it encodes waits.
"""

import logging
import queue
import threading
from collections.abc import Callable
from pathlib import Path
from typing import Final

from installation.exit_codes import ExitCode
from installation.output.film_progress import FilmProgress
from installation.soundtrack import Soundtrack
from installation.status import SinkStatus
from installation.values import SAMPLE_RATE_HZ, Pixels, Samples
from s2s.media.video_writer import VideoFile

log = logging.getLogger(__name__)

_WAITING_PICTURES: Final = 4
_Entry = tuple[Samples, Pixels]


class FilmError(Exception):
    """The film or its snapshot cannot be written; one line."""

    exit_code: Final = ExitCode.USAGE


class FilmSink:
    """Writes each picture that it is offered, with the sound of that frame as it was before gain and mix."""

    name = "film"

    def __init__(self, path: Path, size: tuple[int, int], soundtrack: Soundtrack) -> None:
        """Begin the file. Raises FilmError where it cannot be written."""
        self._soundtrack = soundtrack
        self._written = 0
        try:
            self._file = VideoFile(path, size, soundtrack.fps, SAMPLE_RATE_HZ)
        except OSError as error:
            raise _film_error(error) from error
        self._failure: Exception | None = None
        self._queue: queue.Queue[_Entry | None] = queue.Queue(_WAITING_PICTURES)
        self._thread: threading.Thread | None = threading.Thread(target=self._encode, name="film", daemon=True)
        self._thread.start()
        self._progress = FilmProgress(soundtrack.frames)

    def offer(self, now: float, read: Callable[[], Pixels]) -> None:
        """Write the picture of `now` and the sound since the one before. Raises FilmError, maybe of one before."""
        heard = self._soundtrack.heard(now)
        self._queue.put((self._soundtrack.samples[self._written : heard], read()))
        self._written = heard
        self._progress.update()
        self._raise_failure()

    def status(self) -> SinkStatus:
        """Return that all is well: what goes wrong with a film ends it."""
        return SinkStatus()

    def close(self) -> None:
        """Finish the file; waits for what is still to be encoded. Harmless when repeated. Raises FilmError."""
        thread, self._thread = self._thread, None
        if thread is None:
            return
        self._progress.close()
        self._queue.put(None)
        thread.join()
        if self._progress.left:
            log.warning("the film ends early: %d pictures of it are missing", self._progress.left)
        try:
            self._file.close()
        except OSError as error:
            self._failure = self._failure or error
        self._raise_failure()

    def _encode(self) -> None:
        """Write what comes; after a failure let it go by, so that nobody waits for ever."""
        while (entry := self._queue.get()) is not None:
            samples, pixels = entry
            try:
                if self._failure is None:
                    self._file.write_sound(samples)
                    self._file.write(pixels)
            except Exception as error:  # it is raised where the show can end
                self._failure = error

    def _raise_failure(self) -> None:
        failure = self._failure
        if isinstance(failure, OSError):
            raise _film_error(failure) from failure
        if failure is not None:
            raise failure


def _film_error(error: OSError) -> FilmError:
    return FilmError(f"the film cannot be written: {error}")
