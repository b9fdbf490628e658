"""What each kind of receiver has to do. All of it runs on the sender's own thread and may wait, in bounded time."""

from dataclasses import dataclass
from typing import Final, Protocol

from installation.exit_codes import ExitCode
from installation.values import Pixels, Samples


class SenderError(Exception):
    """The receiver does not take the picture; one line that says why and what to do."""

    exit_code: Final = ExitCode.UNEXPECTED


@dataclass(frozen=True, slots=True)
class Format:
    """What is sent: `width` and `height` in pixels, both even, at most `fps` pictures a second."""

    width: int
    height: int
    fps: float


class Transport(Protocol):
    """One connection at a time. Any exception ends it; `close` follows, and after a while `open` again."""

    def open(self, wanted: Format) -> Format:
        """Connect; return the size that is really taken, which pictures are then fitted to."""
        ...

    def watched(self) -> bool:
        """Whether anybody looks; True where there is no telling. Asked a few times a second."""
        ...

    def send(self, pixels: Pixels, at_s: float, sound: Samples) -> None:
        """Pass on `pixels` `[height, width, 3]` of the size that `open` returned, shown `at_s` seconds after the first,
        and the mono `sound` `[n]` at 16 kHz since the picture before.
        """
        ...

    def close(self) -> None:
        """Let go of everything; harmless when repeated, or when `open` failed."""
        ...
