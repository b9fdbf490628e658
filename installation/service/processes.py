"""Groups of processes, and what Linux does with those whose parent has gone. POSIX; the rest only where it is Linux."""

import contextlib
import ctypes
import os
import signal
import sys
import time
from typing import Final

import psutil

_PR_SET_PDEATHSIG: Final = 1
_PR_SET_CHILD_SUBREAPER: Final = 36


def adopt_orphans() -> None:
    """Become the parent of whatever a child of this process leaves behind (prctl(2)), so that it can be ended."""
    _prctl(_PR_SET_CHILD_SUBREAPER, 1)


def end_with_parent(parent: int) -> None:
    """In a process just made: be told to end (SIGTERM) when `parent` dies, at once if it has already."""
    _prctl(_PR_SET_PDEATHSIG, signal.SIGTERM)
    if os.getppid() != parent:
        os.kill(os.getpid(), signal.SIGTERM)


def signal_group(group: int, number: int) -> bool:
    """Send a signal to all of a group; return whether there is anybody in it."""
    with contextlib.suppress(ProcessLookupError, PermissionError):
        os.killpg(group, number)
        return True
    return False


def end_leftovers(group: int, patience_s: float) -> None:
    """Wait so long for the rest of a group to end by itself, then kill it, and whatever else this process adopted."""
    ends_at = time.monotonic() + patience_s
    _reap()
    while time.monotonic() < ends_at and signal_group(group, 0):
        time.sleep(0.02)
        _reap()
    signal_group(group, signal.SIGKILL)
    with contextlib.suppress(psutil.Error):
        for orphan in psutil.Process().children(recursive=True):
            with contextlib.suppress(psutil.Error):
                orphan.kill()
                orphan.wait(1.0)
    _reap()


def _reap() -> None:
    """Take note of every child that has ended: until then it counts as one of its group."""
    with contextlib.suppress(ChildProcessError):
        while os.waitpid(-1, os.WNOHANG) != (0, 0):
            pass


def _prctl(option: int, value: int) -> None:
    if sys.platform == "linux":
        with contextlib.suppress(OSError, AttributeError):
            ctypes.CDLL(None).prctl(option, value, 0, 0, 0)
