"""Opens sources, in a thread of its own, because PortAudio and dead drivers may block for as long as they like.

Measured: with a frozen PulseAudio, closing a stream and starting PortAudio both hang until the server moves again.
"""

import threading
from collections.abc import Callable
from typing import Generic, TypeVar

from installation.audio.source import Channel, Source, SourceError, SourceSpec

Opener = Callable[[SourceSpec], Source]
Result = TypeVar("Result")


def open_microphone(name: str, channel: Channel = Channel.MEAN) -> Source:
    """Open an input device. Raises SourceError, also where there is no PortAudio."""
    try:
        # Here and not above: a machine without PortAudio still plays files, OSC and the performance.
        from installation.audio.microphone import Microphone
    except ImportError as error:
        raise SourceError(f"no microphone: PyAudio cannot be loaded ({error}); install PortAudio") from error
    return Microphone(name, channel)


def reopen(opener: Opener, spec: SourceSpec, dead: Source | None) -> Source:
    """Close the dead source, which may still hold the device, and open `spec`. Raises SourceError."""
    if dead is not None:
        dead.close()
    return opener(spec)


class Attempt(Generic[Result]):
    """Work that may hang, in a thread that nobody has to wait for. Starts at once."""

    def __init__(self, work: Callable[[], Result]) -> None:
        self._work = work
        self._results: list[Result] = []
        self._error: Exception | None = None
        self._thread = threading.Thread(target=self._run, name="attempt", daemon=True)
        self._thread.start()

    def wait(self, limit_s: float) -> bool:
        """Wait up to `limit_s` for its end; return whether it has ended."""
        self._thread.join(limit_s)
        return not self._thread.is_alive()

    def result(self) -> Result:
        """Return what an ended attempt returned. Raises what it raised."""
        if self._error is not None:
            raise self._error
        return self._results[0]

    def _run(self) -> None:
        try:
            self._results.append(self._work())
        except Exception as error:  # whatever it is, result() raises it where somebody listens
            self._error = error
