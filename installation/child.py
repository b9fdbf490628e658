"""The life of a worker: a core in a child process of its own, from its making to its end.

Everything here runs in the child. Its parent is told of three things through shared memory: that it runs (the pulse),
that it gets on (the status, after a step), and why it failed. It never outlives its parent, however that ends.
"""

import ctypes
import logging
import os
import signal
import sys
import threading
import time
import traceback
from collections.abc import Callable
from dataclasses import dataclass
from typing import Final, Protocol, TypeVar

from installation.garbage import put_aside
from installation.logs.keeping import keep_worker_log
from installation.mailbox import JsonBox
from installation.plain import to_plain

_BEAT_S: Final = 0.2
_WARM_UP_S: Final = 10.0
"""After so many seconds of steps nothing is loaded any more: what lives then lives as long as the worker."""
_PR_SET_PDEATHSIG: Final = 1  # linux/prctl.h
LOG_FORMAT: Final = "%(asctime)s %(levelname)s %(name)s: %(message)s"


S_co = TypeVar("S_co", covariant=True)


class Core(Protocol[S_co]):
    """Computation without a thread, process, window or clock of its own."""

    def step(self, now: float) -> float:
        """Do what is due at `now`; return how many seconds may pass until the next step."""
        ...

    def status(self) -> S_co:
        """Return a frozen dataclass for the report and the operator; called a few times a second."""
        ...

    def close(self) -> None:
        """Release devices and memory."""
        ...


@dataclass(frozen=True, slots=True)
class Channels:
    """What parent and child tell each other: `reports` and `pulses` come up, `orders` go down."""

    reports: JsonBox
    orders: JsonBox
    pulses: JsonBox

    def close(self) -> None:
        """Let go of the memory."""
        for box in (self.reports, self.orders, self.pulses):
            box.close()


def live(
    name: str, make_core: Callable[[], Core[object]], channels: Channels, parent: int, niceness: int, log_level: int
) -> None:
    """The child's whole life. The parent alone decides when it ends: by order, by kill, or by dying itself."""
    die_with(parent)
    for number in (signal.SIGINT, signal.SIGHUP, signal.SIGTERM):  # they reach the whole group; the show answers them
        signal.signal(number, signal.SIG_IGN)
    logging.basicConfig(level=log_level, format=LOG_FORMAT)
    keep_worker_log(name)
    os.nice(niceness)
    threading.Thread(target=_pulse, args=(channels.pulses, parent), name="pulse", daemon=True).start()
    try:
        core = make_core()
        try:
            _serve(core, channels)
        finally:
            core.close()
    except Exception as error:  # the one place: whatever it was, it becomes data for the show
        text = traceback.format_exc()
        code = getattr(error, "exit_code", None)
        message = f"{name}: {error}" if str(error) else f"{name}: {type(error).__name__}"
        failure = {"message": message.splitlines()[0], "traceback": text[-8000:], "exit_code": code}
        channels.reports.put({"failure": failure})
        raise SystemExit(1) from None


def die_with(parent: int) -> None:
    """End this process as soon as `parent` has ended, at once if it already has; also in the middle of an import.

    Where the kernel cannot be asked to, the pulse looks after it.
    """
    if sys.platform.startswith("linux"):
        ctypes.CDLL(None, use_errno=True).prctl(_PR_SET_PDEATHSIG, signal.SIGKILL)
    if os.getppid() != parent:
        os._exit(1)


def _pulse(pulses: JsonBox, parent: int) -> None:
    while os.getppid() == parent:
        pulses.put({})
        time.sleep(_BEAT_S)
    os._exit(1)


def _serve(core: Core[object], channels: Channels) -> None:
    beat_at, warm_at = float("-inf"), time.monotonic() + _WARM_UP_S
    while channels.orders.serial == 0:
        now = time.monotonic()
        wait_s = core.step(now)
        if now - beat_at >= _BEAT_S:
            beat_at = now
            channels.reports.put({"status": to_plain(core.status())})
        if now >= warm_at:
            put_aside()
            warm_at = float("inf")
        if wait_s > 0:
            time.sleep(min(wait_s, _BEAT_S))
