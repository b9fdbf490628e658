"""Mends a film written in fragments whose writing was cut off: the last piece, which is torn, goes.

An MP4 file is a row of boxes (ISO/IEC 14496-12, 4.2), each of which says how long it is.
"""

import struct
from pathlib import Path
from typing import BinaryIO, Final

_HEADER: Final = struct.Struct(">I4s")
_LONG: Final = struct.Struct(">Q")


def drop_torn_end(path: Path) -> int:
    """Cut off `path` what follows its last whole box; return how many bytes. A fragment goes with its index.

    Raises OSError where the file cannot be read or cut.
    """
    with path.open("r+b") as file:
        size = file.seek(0, 2)
        end = _whole(file, size)
        file.truncate(end)
    return size - end


def _whole(file: BinaryIO, size: int) -> int:
    """Return where the last whole box ends that is not the index (`moof`) of a torn one."""
    at = end = 0
    while at + _HEADER.size <= size:
        file.seek(at)
        length, kind = _HEADER.unpack(file.read(_HEADER.size))
        if length == 1 and at + _HEADER.size + _LONG.size <= size:
            length = _LONG.unpack(file.read(_LONG.size))[0]
        if length < _HEADER.size or at + length > size:
            break
        at += length
        if kind != b"moof":
            end = at
    return end
