"""Whether somebody starts the program again when it ends; and if nobody does, the process becomes the program anew."""

import contextlib
import logging
import os
import sys
from collections.abc import Mapping
from multiprocessing import resource_tracker
from pathlib import Path
from typing import Final

log = logging.getLogger(__name__)

_SOCKET: Final = "NOTIFY_SOCKET"
"""Where systemd, and a parent of our own, is told how the show does: who listens there starts it again."""


def is_supervised(environment: Mapping[str, str]) -> bool:
    """Return whether somebody starts a process of this environment again when it ends with `ExitCode.RESTART`."""
    return bool(environment.get(_SOCKET))


SUPERVISED: Final = is_supervised(os.environ)
"""This process, as it was started: what only the show may say is not inherited by its workers, and gone by then."""


def become_anew() -> None:
    """Begin from the first line, with the same arguments, in the same process. Returns only where that fails.

    All handles but the three standard ones go; what libraries opened without saying so goes with them.
    """
    logging.shutdown()
    stop_tracker = getattr(resource_tracker._resource_tracker, "_stop", None)
    if stop_tracker is not None:
        stop_tracker()  # or it would be left behind, a child that nobody has started
    for descriptor in _open_descriptors():
        with contextlib.suppress(OSError):
            os.set_inheritable(descriptor, False)
    try:
        os.execv(sys.executable, [sys.executable, *sys.orig_argv[1:]])
    except OSError as error:
        log.error("the program cannot be started again: %s", error)


def _open_descriptors() -> list[int]:
    try:
        return [int(path.name) for path in Path("/proc/self/fd").iterdir() if int(path.name) > 2]
    except OSError:
        return []
