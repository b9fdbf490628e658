"""Reads a file that somebody else put there, and never waits for what is no file: a pipe without a writer, a device."""

import errno
import os
import stat
from pathlib import Path
from typing import Final

# Where they are missing there are no pipes with names, and no text mode that is not the program's own.
_FLAGS: Final = os.O_RDONLY | getattr(os, "O_NONBLOCK", 0) | getattr(os, "O_CLOEXEC", 0) | getattr(os, "O_BINARY", 0)


def read_ordinary(path: Path, most_bytes: int) -> bytes:
    """Return what the file at `path` holds, at most `most_bytes` of it.

    Raises OSError, also for a folder, a pipe, a socket or a device.
    """
    with os.fdopen(os.open(path, _FLAGS), "rb") as file:
        mode = os.fstat(file.fileno()).st_mode
        if stat.S_ISDIR(mode):
            raise IsADirectoryError(errno.EISDIR, os.strerror(errno.EISDIR), str(path))
        if not stat.S_ISREG(mode):
            raise OSError(errno.EINVAL, "it is no ordinary file", str(path))
        return file.read(most_bytes)
