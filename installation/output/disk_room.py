"""How much of a disk a film may still take, and for how long that lasts. Pure but for `room_on`.

The last of a disk belongs to what else lives on it: reports, logs, the system itself. A film stops before it.
"""

import os
from collections import deque
from dataclasses import dataclass
from pathlib import Path
from typing import Final

RESERVE_BYTES: Final = 1 << 30
RESERVE_SHARE: Final = 0.05
"""On a small disk less is kept: a twentieth of it."""
_MEASURED_S: Final = 60.0
"""The film's rate is that of so many seconds: a quiet picture becomes a busy one."""
_LEAST_MEASURED_S: Final = 5.0
_WARNED_S: Final = (60.0, 600.0)


@dataclass(frozen=True, slots=True)
class Room:
    """What a disk of `total_bytes` has left: `free_bytes` for who writes to it."""

    free_bytes: int
    total_bytes: int

    @property
    def reserve_bytes(self) -> int:
        """What a film leaves."""
        return min(RESERVE_BYTES, int(self.total_bytes * RESERVE_SHARE))

    @property
    def for_film_bytes(self) -> int:
        """What a film may take, 0 where there is nothing."""
        return max(self.free_bytes - self.reserve_bytes, 0)


class DiskReserveError(OSError):
    """The rest of the disk is not for films; one line."""


def room_on(path: Path) -> Room:
    """Return the room on the disk of `path`, a file or folder that exists. Raises OSError; may take as long as it
    does.
    """
    if not hasattr(os, "statvfs"):  # Windows
        import shutil

        usage = shutil.disk_usage(path)
        return Room(usage.free, usage.total)
    disk = os.statvfs(path)
    return Room(disk.f_bavail * disk.f_frsize, disk.f_blocks * disk.f_frsize)


class RoomAhead:
    """Watches a disk fill; belongs to the thread that writes the film."""

    def __init__(self) -> None:
        self._written: deque[tuple[float, int]] = deque()
        self.left_s: float | None = None
        """How long the film may go on as it did, None before that is known."""

    def look(self, now: float, film_bytes: int, room: Room) -> None:
        """Take in that the film is `film_bytes` long at `now`. Raises DiskReserveError where it has to end."""
        if room.for_film_bytes == 0:
            raise DiskReserveError(f"the disk has {in_words(room.free_bytes)} left, which films leave to the rest")
        self._written.append((now, film_bytes))
        while now - self._written[0][0] > _MEASURED_S:
            self._written.popleft()
        since, before = self._written[0]
        if now - since >= _LEAST_MEASURED_S and film_bytes > before:
            self.left_s = room.for_film_bytes / (film_bytes - before) * (now - since)

    @property
    def warning(self) -> str:
        """Return in words that there is little time left, empty while there is enough."""
        for limit_s in _WARNED_S:
            if self.left_s is not None and self.left_s < limit_s:
                return f"the disk has room for less than {limit_s / 60:.0f} min more"
        return ""


def in_words(count: int) -> str:
    """Return a number of bytes as people say it."""
    for unit, size in (("GB", 10**9), ("MB", 10**6), ("kB", 10**3)):
        if count >= size:
            return f"{count / size:.1f} {unit}"
    return f"{count} bytes"
