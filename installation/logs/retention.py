"""`--keep-films DAYS`: what was recorded of a room does not stay for ever, where somebody has said so.

Only what the show has named itself, by date and time, is ever deleted; without the option nothing is.
"""

import logging
import re
from collections.abc import Sequence
from contextlib import suppress
from functools import partial
from pathlib import Path
from typing import Final

from installation.clock import unix_time_s
from installation.control_status import ControlStatus
from installation.disk_queue import DiskQueue, why

log = logging.getLogger(__name__)

DAY_S: Final = 86_400.0
_LOOKS_EVERY_S: Final = 3_600.0
_OURS: Final = re.compile(r"\d{4}-\d\d-\d\d_\d\d-\d\d-\d\d(_\d+)?\.(mp4|mkv|png)")


def forget_older(folder: Path, days: float, now_s: float) -> list[str]:
    """Delete the films and pictures in `folder` that were finished more than `days` before `now_s`, in seconds since
    1970; return their names. Raises OSError.
    """
    gone: list[str] = []
    if not folder.is_dir():
        return gone
    for path in sorted(folder.iterdir()):
        if _OURS.fullmatch(path.name) and path.is_file() and now_s - path.stat().st_mtime > days * DAY_S:
            path.unlink(missing_ok=True)
            gone.append(path.name)
    return gone


class Retention:
    """Looks through `folders` every hour, as one of the show's control surfaces; `days` None does nothing."""

    def __init__(self, folders: Sequence[Path], days: float | None) -> None:
        self._folders, self._days = folders, days
        self._disk = DiskQueue("retention", self._fail, most_waiting=4)
        self._next_at = float("-inf")
        self._problem = ""

    def start(self) -> None:
        """Nothing yet: the first look comes with the first turn."""

    def poll(self, now: float) -> None:
        """Look when an hour is over; show thread."""
        if self._days is not None and now >= self._next_at:
            self._next_at = now + _LOOKS_EVERY_S
            self._disk.run(partial(self._look, self._days))

    def status(self) -> ControlStatus:
        """Return why something that should be gone is not: that is for the operator to know."""
        return ControlStatus(problem=self._problem)

    def close(self) -> None:
        """End."""
        self._disk.close()

    def _look(self, days: float) -> None:
        self._problem = ""
        for folder in self._folders:
            with suppress(FileNotFoundError):  # somebody deletes beside us
                for name in forget_older(folder, days, unix_time_s()):
                    log.info("%s is older than %g days and deleted", name, days)

    def _fail(self, error: Exception) -> None:
        self._problem = f"older films cannot be deleted: {why(error)}"
