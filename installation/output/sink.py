"""What takes the finished picture besides the surface: one small protocol for recordings and films.

A new kind is one file in this room and one line in `sinks.open_sinks`. Health, the report and the operator page
read every sink's status alike.
"""

from collections.abc import Callable
from typing import Protocol

from installation.status import SinkStatus
from installation.values import Pixels


class Sink(Protocol):
    """Takes pictures on the show's thread; how it passes them on is its own business, and must not wait."""

    @property
    def name(self) -> str:
        """What it is called in health, report and page."""
        ...

    def offer(self, now: float, read: Callable[[], Pixels]) -> None:
        """Take the picture that `read` gives, if this one is wanted: reading costs milliseconds.

        Called between drawing and presenting; afterwards the picture is anyone's.
        """
        ...

    def status(self) -> SinkStatus:
        """Return how it goes; any thread."""
        ...

    def close(self) -> None:
        """Finish what was begun, in bounded time. Harmless when repeated."""
        ...
