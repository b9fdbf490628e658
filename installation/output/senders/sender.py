"""The sink that all kinds of receivers share. What a slow receiver misses is dropped and counted.

The show's thread only lays a picture into a slot, and reads none from the graphics card while nobody takes it. A
thread of its own (`delivery`) does everything that may wait; one that hangs is left behind and another takes over.
"""

from collections.abc import Callable
from datetime import datetime
from typing import Final

from installation.output.dated_files import local_now
from installation.output.senders.delivery import FIRST_PAUSE_S, Delivery, Shown, Trouble
from installation.output.senders.transport import Transport
from installation.ring import AudioRing
from installation.status import SenderStatus
from installation.values import Pixels

_STUCK_S: Final = 0.5
"""A picture that lies for so long is not replaced: reading others meanwhile would be for nothing."""
_STUCK_TOLD_S: Final = 5.0
_HANGS_S: Final = 30.0
_MOST_LEFT_BEHIND: Final = 4
"""Threads that a dead network may hold; then it is not tried again before one of them is back."""
_CLOSE_TIMEOUT_S: Final = 3.0


class Sender:
    """Sends to one receiver through what `make` gives. All but `status` belongs to the show's thread.

    `size` is width and height of what is shown, `fps` how many pictures a second are sent at most.
    """

    def __init__(
        self,
        name: str,
        make: Callable[[], Transport],
        ring: AudioRing,
        size: Callable[[], tuple[int, int]],
        fps: float,
        *,
        wall_time: Callable[[], datetime] = local_now,
        first_pause_s: float = FIRST_PAUSE_S,
    ) -> None:
        self.name = name
        self._make, self._ring, self._size_now, self._fps = make, ring, size, fps
        self._wall_time, self._first_pause_s = wall_time, first_pause_s
        self._size = size()
        self._closed = False
        self._due_at = float("-inf")
        self._waits_since: float | None = None
        self._seen_steps, self._seen_at = -1, 0.0
        self._sent_before = self._dropped = 0
        self._trouble = Trouble(name, self._clock_time)
        self._stuck = ""
        self._left_behind: list[Delivery] = []
        self._delivery = self._begin()

    def offer(self, now: float, read: Callable[[], Pixels]) -> None:
        """Lay the picture that `read` gives into the slot, if somebody takes it and it is due at `now`."""
        self._size = self._size_now()
        self._look_after(now)
        step_s = 1.0 / self._fps
        # Turns do not fall on the times to the millisecond.
        if self._closed or not self._delivery.wanted or now < self._due_at - 0.25 * step_s:
            return
        self._due_at = max(self._due_at + step_s, now - step_s)
        if self._is_stuck(now):
            self._dropped += 1
            return
        self._dropped += self._delivery.slot.put(Shown(read(), now, self._ring.position.written))

    def status(self) -> SenderStatus:
        """Return how many pictures were sent and dropped, and why none is taken, since when; any thread."""
        delivery, sent = self._delivery, self._sent_before + self._delivery.sent
        words = "connecting"
        if delivery.opened:
            words = f"{sent} pictures sent" if delivery.wanted else "ready, nobody looks"
        return SenderStatus(problem=self._trouble.words or self._stuck, words=words, sent=sent, dropped=self._dropped)

    def close(self) -> None:
        """Say goodbye to the receiver; waits for it, but not for ever. Harmless when repeated."""
        self._closed = True
        self._delivery.end(_CLOSE_TIMEOUT_S)

    def _begin(self) -> Delivery:
        return Delivery(
            self._make(),
            self._ring,
            lambda: self._size,
            self._fps,
            self._trouble,
            first_pause_s=self._first_pause_s,
        )

    def _look_after(self, now: float) -> None:
        """Leave a thread behind that hangs in a network, a driver or a library, and begin anew."""
        delivery = self._delivery
        if delivery.resting or delivery.steps != self._seen_steps:
            self._seen_steps, self._seen_at = delivery.steps, now
            return
        if now - self._seen_at < _HANGS_S or self._closed:
            return
        self._left_behind = [one for one in self._left_behind if one.alive]
        if len(self._left_behind) >= _MOST_LEFT_BEHIND:
            return
        self._trouble.begin(f"it hung for {_HANGS_S:.0f} s")
        delivery.end()
        self._left_behind.append(delivery)
        self._sent_before += delivery.sent
        self._waits_since, self._stuck, self._seen_steps = None, "", -1
        self._delivery = self._begin()

    def _is_stuck(self, now: float) -> bool:
        """Return whether the picture before still waits, for so long that another one would only be thrown away."""
        if not self._delivery.slot.full:
            self._waits_since, self._stuck = None, ""
            return False
        if self._waits_since is None:
            self._waits_since = now
        elif now - self._waits_since >= _STUCK_TOLD_S and not self._stuck:
            self._stuck = f"the receiver has taken no picture since {self._clock_time()}"
        return now - self._waits_since >= _STUCK_S

    def _clock_time(self) -> str:
        return f"{self._wall_time():%H:%M:%S}"


class Absent:
    """Stands for a receiver that cannot be sent to on this machine: says so, and takes nothing."""

    def __init__(self, name: str, reason: str) -> None:
        self.name = name
        self._reason = reason

    def offer(self, now: float, read: Callable[[], Pixels]) -> None:
        """Take nothing."""

    def status(self) -> SenderStatus:
        """Return why it is not there, and what to install."""
        return SenderStatus(problem=self._reason, words="not there")

    def close(self) -> None:
        """Nothing was opened."""
