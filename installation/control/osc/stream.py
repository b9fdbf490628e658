"""OSC packets in a stream of bytes, as TCP carries them: SLIP (OSC 1.1) or with their length before them (OSC 1.0).

Pure. Which of the two a stream is shows in its first byte: SLIP begins with END or with a packet, whose first letter is
a slash or `#`; the length of any packet that is taken here begins with a zero.
"""

import struct
from enum import StrEnum
from typing import Final

from pythonosc import slip

from installation.control.osc.messages import MAX_PACKET_BYTES, OscFormatError

_SIZE_BYTES: Final = 4
_LONGEST_SLIP: Final = 2 * MAX_PACKET_BYTES  # every byte escaped


class Framing(StrEnum):
    """How packets are told apart in a stream."""

    SLIP = "SLIP"
    LENGTH = "length"


class StreamReader:
    """Takes the bytes of one stream as they come and gives its packets; holds at most one that is not whole yet."""

    def __init__(self) -> None:
        self.framing: Framing | None = None
        """None until the first byte has come."""
        self._rest = b""

    def feed(self, received: bytes) -> list[bytes]:
        """Return the packets that are whole with these bytes.

        Raises OscFormatError for what no packet follows from any more: the stream is to be closed.
        """
        self._rest += received
        if self.framing is None and self._rest:
            self.framing = _framing(self._rest[0])
        return self._slip_packets() if self.framing is Framing.SLIP else self._sized_packets()

    def _slip_packets(self) -> list[bytes]:
        *whole, self._rest = self._rest.split(slip.END)  # RFC 1055: empty ones between two ENDs are none
        if len(self._rest) > _LONGEST_SLIP:
            raise OscFormatError(f"a control packet has at most {MAX_PACKET_BYTES} bytes, got more")
        return [_unescaped(frame) for frame in whole if frame]

    def _sized_packets(self) -> list[bytes]:
        packets: list[bytes] = []
        start = 0
        while len(self._rest) - start >= _SIZE_BYTES:
            (size,) = struct.unpack_from(">I", self._rest, start)
            if size > MAX_PACKET_BYTES:
                raise OscFormatError(f"a control packet has at most {MAX_PACKET_BYTES} bytes, got {size}")
            end = start + _SIZE_BYTES + size
            if end > len(self._rest):
                break
            packets.append(self._rest[start + _SIZE_BYTES : end])
            start = end
        self._rest = self._rest[start:]
        return packets


def framed(packet: bytes, framing: Framing) -> bytes:
    """Return the bytes that carry `packet` along a stream."""
    if framing is Framing.LENGTH:
        return struct.pack(">I", len(packet)) + packet
    encoded: bytes = slip.encode(packet)
    return encoded


def _framing(first: int) -> Framing:
    if first == slip.END[0] or first in b"/#":
        return Framing.SLIP
    if first == 0:
        return Framing.LENGTH
    raise OscFormatError(f"OSC over TCP is SLIP, or has each packet's length before it; this begins with {first:#04x}")


def _unescaped(frame: bytes) -> bytes:
    """Return the packet of a SLIP frame; one with an escape that is none is left to be refused as it is."""
    try:
        packet: bytes = slip.decode(frame)
    except slip.ProtocolError:
        return frame
    return packet
