"""A one-slot mailbox in shared memory: the newest message wins, what nobody read is counted, nobody waits.

One process writes, any number read. Three slots stand behind the one: the writer fills the slot that the last two
messages do not use and then publishes its serial number, so a reader has a whole message time to copy its own.
Serial and slot are aligned 8-byte words, which CPython writes in one store.
"""

import json
import struct
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Final, Self

import numpy as np
from numpy.typing import NDArray

from installation import shared
from installation.values import Frame

_SLOTS: Final = 3
_HEADER_BYTES: Final = 64
_SLOT_HEADER: Final = struct.Struct("<qq")  # serial, payload bytes
_READ_ATTEMPTS: Final = 4
_LEAST_ROOM_PX: Final = 512
LONGEST_WISH_BYTES: Final = 65_536
"""What a picture was painted of: a few vectors, of 2 048 numbers each where a model is large."""
_FRAME_HEADER: Final = struct.Struct("<iidd")  # height, width, heard_at, made_at


@dataclass(frozen=True, slots=True)
class Message:
    """`payload` as written; `serial` counts from 1, so gaps are messages nobody took."""

    payload: bytes
    serial: int


class Mailbox:
    """Bytes of at most `capacity_bytes` from one writer to any readers, in any processes.

    Pickling passes the name: a child that receives a mailbox attaches to the same memory. The creator unlinks it.
    """

    def __init__(self, capacity_bytes: int, *, _name: str | None = None) -> None:
        self.capacity_bytes = capacity_bytes
        self._slot_bytes = -(-(_SLOT_HEADER.size + capacity_bytes) // 64) * 64
        size = _HEADER_BYTES + _SLOTS * self._slot_bytes
        self._owner = _name is None
        self._memory = shared.create(size) if _name is None else shared.attach(_name, size)
        self._bytes: NDArray[np.uint8] = np.ndarray((size,), np.uint8, self._memory.buf)
        self._published: NDArray[np.int64] = self._bytes[:8].view(np.int64)
        if self._owner:
            self._published[0] = 0

    def __reduce__(self) -> tuple[object, ...]:
        return _attach_mailbox, (self.capacity_bytes, self._memory.name)

    @property
    def serial(self) -> int:
        """The newest message's number, 0 before the first."""
        return int(self._published[0])

    def put(self, *parts: bytes | memoryview) -> int:
        """Publish one message, the parts joined; return its serial. Only one process may write.

        Raises ValueError when it is larger than the mailbox.
        """
        length = sum(len(part) for part in parts)
        if length > self.capacity_bytes:
            raise ValueError(f"a message may have {self.capacity_bytes} bytes, got {length}")
        serial = self.serial + 1
        offset = self._offset(serial)
        _SLOT_HEADER.pack_into(self._bytes.data, offset, serial, length)
        offset += _SLOT_HEADER.size
        for part in parts:
            self._bytes[offset : offset + len(part)] = np.frombuffer(part, np.uint8)
            offset += len(part)
        self._published[0] = serial
        return serial

    def newest(self, after: int = 0) -> Message | None:
        """Return the newest message if its serial is beyond `after`, else None. Never waits."""
        for _ in range(_READ_ATTEMPTS):
            serial = self.serial
            if serial <= after:
                return None
            offset = self._offset(serial)
            stored, length = _SLOT_HEADER.unpack_from(self._bytes.data, offset)
            start = offset + _SLOT_HEADER.size
            payload = self._bytes[start : start + min(length, self.capacity_bytes)].tobytes()
            # The slot is written again only after two newer messages are out: then this copy may be torn.
            if stored == serial and self.serial < serial + _SLOTS - 1:
                return Message(payload, serial)
        return None

    def close(self) -> None:
        """Let go of the memory; its creator also removes it."""
        self._bytes = np.zeros(8, np.uint8)  # numpy must drop the buffer before it can be unmapped
        self._published = self._bytes.view(np.int64)
        self._memory.close()
        if self._owner:
            self._memory.unlink()
            self._owner = False

    def _offset(self, serial: int) -> int:
        return _HEADER_BYTES + (serial % _SLOTS) * self._slot_bytes


def _attach_mailbox(capacity_bytes: int, name: str) -> Mailbox:
    return Mailbox(capacity_bytes, _name=name)


class JsonBox:
    """A mailbox for small mappings of plain values: controls on their way down, status on its way up."""

    def __init__(self, capacity_bytes: int = 65_536) -> None:
        self._box = Mailbox(capacity_bytes)

    @property
    def serial(self) -> int:
        """The newest message's number, 0 before the first."""
        return self._box.serial

    def put(self, message: Mapping[str, object]) -> int:
        """Publish `message`; return its serial."""
        return self._box.put(json.dumps(dict(message)).encode())

    def newest(self, after: int = 0) -> tuple[dict[str, Any], int] | None:
        """Return the newest message and its serial if that is beyond `after`, else None."""
        message = self._box.newest(after)
        return None if message is None else (json.loads(message.payload), message.serial)

    def close(self) -> None:
        """Let go of the memory."""
        self._box.close()


class FrameBox:
    """A mailbox for generated pictures of up to `max_height` x `max_width`, or as many pixels of another shape."""

    def __init__(self, max_height: int, max_width: int) -> None:
        self._box = Mailbox(_FRAME_HEADER.size + max_height * max_width * 3 + LONGEST_WISH_BYTES)
        self.room_px = max_height * max_width
        """How many pixels a picture may have."""

    @classmethod
    def for_pictures(cls, size_px: tuple[int, int]) -> Self:
        """Return one for pictures of this width and height, or of 512 x 512: a folder may get a larger model later."""
        return cls(max(size_px[1], _LEAST_ROOM_PX), max(size_px[0], _LEAST_ROOM_PX))

    @property
    def serial(self) -> int:
        """The newest frame's number, 0 before the first."""
        return self._box.serial

    def put(self, pixels: NDArray[np.uint8], *, heard_at: float, made_at: float, wish: bytes = b"") -> int:
        """Publish `pixels` `[height, width, 3]`, and what they were painted of unless that is too long; return the
        frame's serial.
        """
        height, width, channels = pixels.shape
        if channels != 3:
            raise ValueError(f"a frame has the shape [height, width, 3], got {pixels.shape}")
        header = _FRAME_HEADER.pack(height, width, heard_at, made_at)
        return self._box.put(
            header, np.ascontiguousarray(pixels).data.cast("B"), wish if len(wish) <= LONGEST_WISH_BYTES else b""
        )

    def newest(self, after: int = 0) -> Frame | None:
        """Return the newest frame if its serial is beyond `after`, else None."""
        message = self._box.newest(after)
        if message is None:
            return None
        height, width, heard_at, made_at = _FRAME_HEADER.unpack_from(message.payload)
        if min(height, width) < 1:
            raise ValueError(f"a frame has at least 1x1 pixels, got {width}x{height}")
        end = _FRAME_HEADER.size + 3 * height * width
        pixels = np.frombuffer(message.payload, np.uint8, 3 * height * width, _FRAME_HEADER.size)
        return Frame(pixels.reshape(height, width, 3), message.serial, heard_at, made_at, message.payload[end:])

    def close(self) -> None:
        """Let go of the memory."""
        self._box.close()
