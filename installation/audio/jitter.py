"""Puts numbered packets back in order and says what never came. Pure: time comes as an argument.

Packets in order pass at once, so an undisturbed stream waits for nothing and no clock of ours can drift against the
sender's; only what follows a gap waits, `patience_s` long, for the missing packet.
"""

from dataclasses import dataclass
from typing import Final, Generic, TypeVar

Packet = TypeVar("Packet")

_LONGEST_GAP: Final = 512
"""Packets; a greater jump of the number is a new stream, not a loss."""
_MAX_WAITING: Final = 64
_RESTART_AFTER: Final = 8
"""So many packets from the past in a row mean that the sender began to count anew."""
_PAUSE_S: Final = 0.5
"""After so long without a packet the next one is taken as a new beginning."""


@dataclass(frozen=True, slots=True)
class Gap:
    """`packets` numbers in a row that did not come in time."""

    packets: int


class JitterBuffer(Generic[Packet]):
    """Re-orders packets by their 32-bit number, which may wrap."""

    def __init__(self, patience_s: float = 0.06) -> None:
        self.late_packets = 0
        self._patience_s = patience_s
        self._next: int | None = None
        self._waiting: dict[int, tuple[float, Packet]] = {}  # ahead of _next -> arrival, packet
        self._late_in_a_row = 0
        self._newest_at = float("-inf")

    def put(self, number: int, packet: Packet, now: float) -> None:
        """Take a packet that arrived at `now`; twins and late ones are dropped."""
        ahead = 0 if self._next is None else _distance(self._next, number)
        if self._is_new_stream(ahead, now):
            self._next, ahead = number, 0
            self._waiting.clear()
        self._newest_at = now
        if ahead < 0:
            self.late_packets += 1
            self._late_in_a_row += 1
            return
        self._late_in_a_row = 0
        self._waiting.setdefault(number % 2**32, (now, packet))

    def take(self, now: float) -> list[Packet | Gap]:
        """Return what is due, in order."""
        due: list[Packet | Gap] = []
        while self._waiting:
            assert self._next is not None
            entry = self._waiting.pop(self._next % 2**32, None)
            if entry is not None:
                due.append(entry[1])
                self._next += 1
            elif self._has_waited(now):
                gap = min(_distance(self._next, number) for number in self._waiting)
                due.append(Gap(gap))
                self._next += gap
            else:
                break
        return due

    def _is_new_stream(self, ahead: int, now: float) -> bool:
        if self._next is None or now - self._newest_at > _PAUSE_S:
            return True
        return abs(ahead) > _LONGEST_GAP or (ahead < 0 and self._late_in_a_row >= _RESTART_AFTER)

    def _has_waited(self, now: float) -> bool:
        oldest = min(arrived for arrived, _ in self._waiting.values())
        return now - oldest >= self._patience_s or len(self._waiting) > _MAX_WAITING


def _distance(start: int, number: int) -> int:
    """How far `number` lies ahead of `start` on the circle of 32-bit numbers."""
    return (number - start + 2**31) % 2**32 - 2**31
