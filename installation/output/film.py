"""The film of `--render`: every picture, each with its own part of the sound. Runs where the show's loop runs."""

from collections.abc import Callable
from pathlib import Path
from typing import Final

from installation.exit_codes import ExitCode
from installation.output.film_progress import FilmProgress
from installation.soundtrack import Soundtrack
from installation.status import SinkStatus
from installation.values import SAMPLE_RATE_HZ, Pixels
from s2s.media.video_writer import VideoFile


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
        self._progress = FilmProgress(soundtrack.frames)

    def offer(self, now: float, read: Callable[[], Pixels]) -> None:
        """Write the picture of `now` and the sound since the one before. Raises FilmError."""
        heard = self._soundtrack.heard(now)
        try:
            self._file.write_sound(self._soundtrack.samples[self._written : heard])
            self._file.write(read())
        except OSError as error:
            raise _film_error(error) from error
        self._written = heard
        self._progress.update()

    def status(self) -> SinkStatus:
        """Return that all is well: what goes wrong with a film ends it."""
        return SinkStatus()

    def close(self) -> None:
        """Finish the file. Raises FilmError."""
        self._progress.close()
        try:
            self._file.close()
        except OSError as error:
            raise _film_error(error) from error


def _film_error(error: OSError) -> FilmError:
    return FilmError(f"the film cannot be written: {error}")
