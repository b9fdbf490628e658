"""The log of a process in the venue's `logs/`, a file each: `show.jsonl`, `capture.jsonl`, `inference.jsonl`.

The human lines on the terminal stay as they are. A disk that is full or a folder that cannot be written is one line
there; it is tried again a minute later.
"""

import logging
import os
import sys
import time
from collections.abc import Callable
from functools import partial
from pathlib import Path
from typing import Final, TextIO

from installation.disk_queue import DiskQueue, why
from installation.logs.json_lines import JsonLine, is_kept
from installation.logs.rotated import RotatedFile

_FOLDER_VARIABLE: Final = "SOUND_TO_SCENE_LOGS"
"""Tells workers where the show keeps its log: they inherit its environment."""
_AGAIN_AFTER_S: Final = 60.0
_MOST_WAITING: Final = 1_000
"""Lines; a burst of them is written, a disk that does not answer costs no more memory."""


class KeptLog(logging.Handler):
    """Keeps the log of one process in `folder`; `clock` is monotonic, `terminal` takes the one line of a failure."""

    def __init__(
        self,
        folder: Path,
        process: str,
        *,
        clock: Callable[[], float] = time.monotonic,
        terminal: TextIO | None = None,
    ) -> None:
        super().__init__()
        self.folder = folder
        self.setFormatter(JsonLine(process))
        self.addFilter(is_kept)
        self._file = RotatedFile(folder / f"{process}.jsonl")
        self._clock, self._terminal = clock, terminal
        self._disk = DiskQueue("log", self._fail, most_waiting=_MOST_WAITING)
        self._again_at = float("-inf")
        self._said = False

    def emit(self, record: logging.LogRecord) -> None:
        try:
            self._disk.run(partial(self._append, self.format(record)))
        except Exception:  # a record that cannot be put into words must not end what it tells of
            self._disk.lost += 1

    def close(self) -> None:
        self._disk.close()
        super().close()

    def _append(self, line: str) -> None:
        if self._clock() < self._again_at:
            self._disk.lost += 1
            return
        self._file.append(line)
        self._said = False

    def _fail(self, error: Exception) -> None:
        self._again_at = self._clock() + _AGAIN_AFTER_S
        self._disk.lost += 1
        if self._said:
            return
        self._said = True
        terminal = sys.stderr if self._terminal is None else self._terminal
        if terminal is not None:
            words = f"the log is not kept in {self.folder}: {why(error)}; trying again every minute"
            try:
                terminal.write(f"WARNING {__name__}: {words}\n")
            except (OSError, ValueError):  # a terminal that is gone
                return


def keep_log(folder: Path | None) -> None:
    """Keep the show's log in `folder` from now on, and its workers' too; None keeps none."""
    if folder is None:
        os.environ.pop(_FOLDER_VARIABLE, None)
        return
    os.environ[_FOLDER_VARIABLE] = str(folder.absolute())
    logging.getLogger().addHandler(KeptLog(folder.absolute(), "show"))


def keep_worker_log(name: str) -> None:
    """Keep this worker's log where the show keeps its own, if it keeps one."""
    folder = os.environ.get(_FOLDER_VARIABLE)
    if folder:
        logging.getLogger().addHandler(KeptLog(Path(folder), name))
