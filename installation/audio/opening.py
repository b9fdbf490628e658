"""Opens sources, in a thread of its own, because PortAudio and dead drivers may block for as long as they like.

Measured: with a frozen PulseAudio, closing a stream and starting PortAudio both hang until the server moves again.
"""

import threading
from collections.abc import Callable
from concurrent.futures import Future, wait
from typing import TypeVar

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


def in_thread(work: Callable[[], Result]) -> Future[Result]:
    """Start `work`, which may hang, in a thread that nobody has to wait for, and return its future.

    No executor: those join their threads when the interpreter ends, and a driver that hangs would keep it alive.
    """
    future: Future[Result] = Future()

    def run() -> None:
        try:
            result = work()
        except Exception as error:  # whatever it is, result() raises it where somebody listens
            future.set_exception(error)
        else:
            future.set_result(result)

    threading.Thread(target=run, name="opening", daemon=True).start()
    return future


def is_done(future: Future[Result], limit_s: float) -> bool:
    """Wait up to `limit_s` for the end of `future`; return whether it has ended."""
    return future.done() or bool(wait([future], limit_s).done)
