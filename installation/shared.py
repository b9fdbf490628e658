"""Shared memory named after the show: reserved before it is used, and cleared at the next start when its show is gone.

The process that creates a piece holds a lock on its file for as long as it lives, however it ends. So a piece that
nobody locks belongs to nobody, whatever process numbers say, also across containers that share /dev/shm.
"""

import contextlib
import fcntl
import logging
import os
import secrets
import time
from multiprocessing import shared_memory
from pathlib import Path
from typing import Final

from installation.exit_codes import ExitCode

log = logging.getLogger(__name__)

PREFIX: Final = "sound2scene-"
FOLDER: Final = Path("/dev/shm")
"""Where Linux shows shared memory as files; systems without it give a dead show's memory back by themselves or not."""
_NEWBORN_S: Final = 1.0
"""Between its creation and its lock a piece is nobody's for a moment: one that young is left alone."""


class SharedMemoryError(OSError):
    """There is not enough shared memory for a show; one line."""

    exit_code: Final = ExitCode.WORKER  # no worker can come alive without it


def create(size: int) -> shared_memory.SharedMemory:
    """Return `size` bytes of new shared memory, all of them really there. Raises SharedMemoryError.

    Without the reservation a full /dev/shm would kill the process by SIGBUS at the first byte that does not fit.
    """
    try:
        memory = shared_memory.SharedMemory(f"{PREFIX}{os.getpid()}-{secrets.token_hex(4)}", create=True, size=size)
    except OSError as error:
        raise SharedMemoryError(_too_little(size, error)) from error
    try:
        _reserve(memory, size)
    except OSError as error:
        memory.close()
        memory.unlink()
        raise SharedMemoryError(_too_little(size, error)) from error
    return memory


def attach(name: str, size: int) -> shared_memory.SharedMemory:
    """Return the memory that another process created under `name`."""
    return shared_memory.SharedMemory(name, size=size)


def clear_leftovers(folder: Path = FOLDER, *, now: float | None = None) -> int:
    """Remove what dead shows left in shared memory; return how many pieces. A living show's are never touched.

    `now` is on the clock of file stamps (by default the present).
    """
    now = time.clock_gettime(time.CLOCK_REALTIME) if now is None else now
    try:
        pieces = [path for path in folder.iterdir() if path.name.startswith(PREFIX)]
    except OSError:
        return 0
    cleared = sum(_clear(path, now) for path in pieces)
    if cleared:
        log.info("cleared %d pieces of shared memory that a show which was killed had left", cleared)
    return cleared


def _reserve(memory: shared_memory.SharedMemory, size: int) -> None:
    descriptor = _descriptor(memory)
    if descriptor is None:
        return
    with contextlib.suppress(OSError):  # where memory cannot be locked, it cannot be listed and cleared either
        fcntl.flock(descriptor, fcntl.LOCK_SH | fcntl.LOCK_NB)
    if hasattr(os, "posix_fallocate"):
        os.posix_fallocate(descriptor, 0, size)


def _descriptor(memory: shared_memory.SharedMemory) -> int | None:
    descriptor: int | None = getattr(memory, "_fd", None)  # the only way to it; None on Windows
    return descriptor if descriptor is not None and descriptor >= 0 else None


def _clear(path: Path, now: float) -> bool:
    try:
        descriptor = os.open(path, os.O_RDWR | os.O_CLOEXEC | os.O_NOFOLLOW)
    except OSError:  # another user's, or just gone
        return False
    try:
        if now - os.fstat(descriptor).st_ctime < _NEWBORN_S:
            return False
        fcntl.flock(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
        path.unlink()
    except OSError:  # its show lives, or it is gone
        return False
    finally:
        os.close(descriptor)
    return True


def _too_little(size: int, error: OSError) -> str:
    return (
        f"{size / 2**20:.1f} MiB of shared memory cannot be had ({error.strerror}): "
        f"is {FOLDER} full or too small? The show needs about 5 MiB of it (containers: --shm-size)"
    )
