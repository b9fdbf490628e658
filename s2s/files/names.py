"""Names of files as they are met on other people's disks: any bytes, any length. Opens nothing.

Names are bytes on Linux; what is no UTF-8 in them Python carries as lone surrogates, which no text may hold.
"""

import hashlib
import os
import re
from pathlib import Path
from typing import Final

LONGEST_BYTES: Final = 255
"""What one name may have on every usual file system."""
_NO_TEXT: Final = re.compile("[\ud800-\udfff]")


class UnreadableFileError(Exception):
    """A file that cannot be used as what it is taken for; `path` is the file, `reason` why, in one line."""

    def __init__(self, path: Path, reason: str) -> None:
        super().__init__(f"{shown(path)}: {reason}")
        self.path = path
        self.reason = reason


def shown(name: Path | str) -> str:
    """Return a name, or words with names in them, as text that can be printed and encoded.

    What is no UTF-8 becomes U+FFFD.
    """
    return _NO_TEXT.sub("\N{REPLACEMENT CHARACTER}", os.fspath(name))


def cut_to(name: str, num_bytes: int) -> str:
    """Return as much of the beginning of `name` as `num_bytes` hold; no letter is cut in two."""
    encoded = os.fsencode(name)[: max(num_bytes, 0)]
    while encoded and not name.startswith(os.fsdecode(encoded)):  # half a letter would count as bytes that are no text
        encoded = encoded[:-1]
    return os.fsdecode(encoded)


def fitted(folder: Path, stem: str, ending: str) -> Path:
    """Return `folder / (stem + ending)`, the stem shortened where no file system would take the name."""
    return folder / (cut_to(stem, LONGEST_BYTES - len(os.fsencode(ending))) + ending)


def beside(path: Path, ending: str = ".part") -> Path:
    """Return the name under which `path` is written before it is moved to its place: its own and `ending`.

    Where that is too long, its beginning and a mark of the whole name.
    """
    if len(os.fsencode(path.name + ending)) <= LONGEST_BYTES:
        return path.with_name(path.name + ending)
    mark = hashlib.sha256(os.fsencode(path.name)).hexdigest()[:8]
    return fitted(path.parent, path.name, f"-{mark}{ending}")
