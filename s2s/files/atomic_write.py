"""Files that are whole or not there: written beside their place, under another name, then moved to it in one step.

Whoever reads the file meanwhile sees what was there before. A process that is killed leaves its partial file behind,
which the next one to write the file replaces; so partial names are the same every time, unless they are `shared`.
"""

import os
import re
import socket
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from s2s.files.names import beside


@contextmanager
def atomic_path(path: Path, *, shared: bool = False, durable: bool = False) -> Iterator[Path]:
    """Give the name to write to, in the folder of `path`; what lies there is moved to `path` at the end of the block.

    `shared`: several processes may write `path` at once, each under a name of its own; the last one wins. `durable`:
    the disk has the content before it is moved, so that not even a power cut leaves half a file. An error in the block
    deletes what was written and leaves `path` as it was. Raises OSError.
    """
    partial = beside(path, f".{_process_name()}.part" if shared else ".part")
    try:
        yield partial
        if durable:
            with partial.open("rb+") as file:
                os.fsync(file.fileno())
        partial.replace(path)
    except BaseException:
        partial.unlink(missing_ok=True)
        raise


def write_text(path: Path, text: str, *, shared: bool = False, durable: bool = False) -> None:
    """Write a UTF-8 text file whole or not at all. Raises OSError."""
    with atomic_path(path, shared=shared, durable=durable) as partial:
        partial.write_text(text, encoding="utf-8")


def _process_name() -> str:
    """Return a name that no other process has, on this machine or on one that shares its disk."""
    return re.sub(r"[^A-Za-z0-9]", "-", socket.gethostname()) + f"-{os.getpid()}"
