"""One sender's thread: connects, sends what lies in its slot, and after a failure waits and connects again."""

import logging
import threading
from collections.abc import Callable
from dataclasses import dataclass
from typing import Final

from installation.logs.secrets import without_secrets
from installation.output.senders.pictures import fit
from installation.output.senders.slot import Slot
from installation.output.senders.sounding import Sounding
from installation.output.senders.transport import Format, SenderError, Transport
from installation.ring import AudioRing
from installation.values import Pixels
from s2s.files.quote import why

log = logging.getLogger(__name__)

FIRST_PAUSE_S: Final = 1.0
_LONGEST_PAUSE_S: Final = 30.0
_LOOK_EVERY_S: Final = 0.25
"""So soon a receiver that comes is seen, and the end of the show."""
_STOOD_STILL_S: Final = 10.0


@dataclass(frozen=True, slots=True)
class Shown:
    """A picture that was shown `at` so many monotonic seconds, when `written` samples had been heard."""

    pixels: Pixels
    at: float
    written: int


class Trouble:
    """Since when and why no picture is taken, in words; said in the log as it begins and ends. Any thread."""

    def __init__(self, name: str, clock_time: Callable[[], str]) -> None:
        self.words = ""
        self._name, self._clock_time = name, clock_time
        self._since = ""

    def begin(self, reason: str) -> None:
        """No picture is taken, because of `reason`, which may quote an address with a key in it."""
        reason = without_secrets(reason)
        if not self._since:
            self._since = self._clock_time()
            log.warning("%s takes no picture: %s; it is tried again and again", self._name, reason)
        self.words = f"takes no picture since {self._since} ({reason})"

    def end(self) -> None:
        """A picture was taken."""
        if self._since:
            self._since = self.words = ""
            log.info("%s takes the picture", self._name)


class Delivery:
    """Delivers to one receiver until `end`. Its fields are for any thread to read.

    `wanted` says whether pictures are to be put into `slot`; `steps` counts on while it does not hang, which it cannot
    while it is `resting`. `size` is width and height of what is shown.
    """

    def __init__(
        self,
        transport: Transport,
        ring: AudioRing,
        size: Callable[[], tuple[int, int]],
        fps: float,
        trouble: Trouble,
        *,
        first_pause_s: float = FIRST_PAUSE_S,
    ) -> None:
        self.slot: Slot[Shown] = Slot()
        self.wanted = self.opened = self.resting = False
        self.steps = self.sent = 0
        self._transport, self._ring, self._size, self._fps = transport, ring, size, fps
        self._trouble, self._first_pause_s = trouble, first_pause_s
        self._ended = threading.Event()
        self._thread = threading.Thread(target=self._run, name="sender", daemon=True)
        self._thread.start()

    @property
    def alive(self) -> bool:
        """Whether the thread still runs, also after `end`."""
        return self._thread.is_alive()

    def end(self, within_s: float = 0.0) -> None:
        """Ask it to end, and wait for that at most `within_s` seconds."""
        self._ended.set()
        if within_s:
            self._thread.join(within_s)

    def _run(self) -> None:
        pause_s = self._first_pause_s
        while not self._ended.is_set():
            sent_before = self.sent
            try:
                width, height = self._size()
                taken = self._transport.open(Format(max(width // 2 * 2, 2), max(height // 2 * 2, 2), self._fps))
                self.opened = True
                self._deliver(taken)
            except Exception as error:  # whatever a network, a driver or a library brings about: the show goes on
                if not self._ended.is_set():
                    self._trouble.begin(why(error))
            self._let_go()
            if self.sent > sent_before:
                pause_s = self._first_pause_s
            self.resting = True
            self._ended.wait(pause_s)
            self.steps += 1
            self.resting = False
            pause_s = min(2.0 * pause_s, _LONGEST_PAUSE_S)

    def _deliver(self, taken: Format) -> None:
        """Pass on what lies in the slot until the end, or until it raises."""
        began_at = last_at = 0.0
        sounding: Sounding | None = None
        while not self._ended.is_set():
            self.steps += 1
            self.wanted = self._transport.watched()
            if not self.wanted:
                sounding = None
            shown = self.slot.take(_LOOK_EVERY_S)
            if shown is None:
                continue
            if sounding is None:
                sounding, began_at = Sounding(self._ring, shown.written), shown.at
            elif shown.at - last_at > _STOOD_STILL_S:
                raise SenderError("no picture was shown for a while")
            last_at, at_s = shown.at, shown.at - began_at
            sound = sounding.until(shown.written, at_s)
            self._transport.send(fit(shown.pixels, (taken.width, taken.height)), at_s, sound)
            if not self._ended.is_set():
                self.sent += 1
                self._trouble.end()

    def _let_go(self) -> None:
        self.wanted = self.opened = False
        self.slot.take(0.0)
        try:
            self._transport.close()
        except Exception as error:  # what ends a connection that is broken may break as well
            log.debug("a sender's end: %s", why(error))
