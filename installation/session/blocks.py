"""A log's file: pieces of a second, each compressed and with a checksum, appended one after the other. Pure.

Whatever cuts a file off, or damages it, everything before that is read. Lengths are bounded before anything is
unpacked: a small file cannot become a large one.
"""

import struct
import zlib
from collections.abc import Iterator
from typing import BinaryIO, Final

MAGIC: Final = b"s2s session log 1\n"
_HEAD: Final = struct.Struct("<4sIII")  # mark, bytes that follow, their CRC-32, bytes unpacked
_MARK: Final = b"BLK1"
LARGEST_BYTES: Final = 2**26
"""Of one block, packed or not: a second holds a few pictures at most that no generator makes."""
_LEVEL: Final = 6


def pack(payload: bytes) -> bytes:
    """Return one block. Raises ValueError for more than `LARGEST_BYTES`."""
    if len(payload) > LARGEST_BYTES:
        raise ValueError(f"a block holds at most {LARGEST_BYTES} bytes, got {len(payload)}")
    packed = zlib.compress(payload, _LEVEL)
    return _HEAD.pack(_MARK, len(packed), zlib.crc32(packed), len(payload)) + packed


class BlockReader:
    """Reads the blocks of an open file that begins with `MAGIC`; `damage` says in words where it had to stop early."""

    def __init__(self, file: BinaryIO) -> None:
        """Raises ValueError for a file that is no log."""
        if file.read(len(MAGIC)) != MAGIC:
            raise ValueError("it is no session log, or one of another version")
        self._file = file
        self.damage = ""

    def __iter__(self) -> Iterator[bytes]:
        number = 0
        while head := self._file.read(_HEAD.size):
            number += 1
            payload = self._payload(head)
            if payload is None:
                self.damage = f"it is cut off or damaged in its block {number}"
                return
            yield payload

    def _payload(self, head: bytes) -> bytes | None:
        if len(head) < _HEAD.size:
            return None
        mark, packed_bytes, checksum, payload_bytes = _HEAD.unpack(head)
        if mark != _MARK or max(packed_bytes, payload_bytes) > LARGEST_BYTES:
            return None
        packed = self._file.read(packed_bytes)
        if len(packed) < packed_bytes or zlib.crc32(packed) != checksum:
            return None
        try:
            unpacker = zlib.decompressobj()
            payload = unpacker.decompress(packed, payload_bytes + 1)
        except zlib.error:
            return None
        return payload if len(payload) == payload_bytes and unpacker.eof else None
