"""Packets that have come and are not read yet. Pure.

Under a flood reading is what costs; taking a packet from the network is cheap, and what is not taken the system drops,
the newest first. So all are taken, and of many that set the same address to a number only the newest is kept; once
many wait, one is also kept for all that somebody sent in the same words.
"""

from typing import Final, Generic, TypeVar

MOST_PACKETS: Final = 1024
_MANY: Final = 64

_NUMBERS: Final = {b",i\0\0": (4, None), b",h\0\0": (8, None), b",f\0\0": (4, 0x7F80), b",d\0\0": (8, 0x7FF0)}
"""By type tags: bytes of data, and which bits of the first two are all ones in infinities and NaN (IEEE 754)."""

Sender = TypeVar("Sender")


class Backlog(Generic[Sender]):
    """At most MOST_PACKETS packets with their senders, in order; beyond that the oldest are given up and counted."""

    def __init__(self) -> None:
        self._packets: dict[object, tuple[bytes, Sender]] = {}
        self._serial = 0
        self.overtaken = 0
        """How many were left unread because a newer one says as much."""
        self.dropped = 0
        """How many were left unread because there were too many."""

    def __len__(self) -> int:
        return len(self._packets)

    def put(self, packet: bytes, sender: Sender) -> None:
        """Add the newest packet."""
        key: object = number_key(packet)
        if key is None:
            self._serial += 1
            key = (sender, packet) if len(self._packets) >= _MANY else self._serial
        if self._packets.pop(key, None) is not None:
            self.overtaken += 1
        self._packets[key] = packet, sender
        if len(self._packets) > MOST_PACKETS:
            del self._packets[next(iter(self._packets))]
            self.dropped += 1

    def take(self) -> tuple[bytes, Sender]:
        """Return the oldest packet and its sender, and forget it. Raises KeyError when there is none."""
        try:
            oldest = next(iter(self._packets))
        except StopIteration:
            raise KeyError("no packet waits") from None
        return self._packets.pop(oldest)


def number_key(packet: bytes) -> bytes | None:
    """Return address and type of a packet that sets a `/group/name` to one finite number; None for any other.

    Only such a packet makes an older one of its key worth nothing: a refused one must not stand for a good one.
    """
    end = (packet.find(b"\0") | 3) + 1  # strings are padded to four bytes; -1 | 3 is -1
    tags = packet[end : end + 4]
    size, exponent = _NUMBERS.get(tags, (0, None))
    if size == 0 or len(packet) != end + 4 + size or not packet.startswith(b"/"):
        return None
    if b"/" not in packet[1:end].rstrip(b"/\0"):  # two ports to /subscribe are two subscribers
        return None
    if exponent is not None and int.from_bytes(packet[end + 4 : end + 6]) & exponent == exponent:
        return None
    return packet[: end + 4]
