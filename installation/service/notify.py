"""Tells whoever watches over the show that it is ready, alive or ending: systemd's `sd_notify` protocol.

One datagram of `NAME=VALUE` lines to the socket that the environment names (sd_notify(3)); systemd and the parent of
our own (`parent`) listen to the same. Where nobody listens, nothing is sent.
"""

import contextlib
import functools
import os
import socket
from collections.abc import MutableMapping
from typing import Final, Self

_VARIABLES: Final = ("NOTIFY_SOCKET", "WATCHDOG_USEC", "WATCHDOG_PID")


class Notifier:
    """Sends to one address, and never waits for who reads; `watchdog_s` is how long the listener goes without a beat,
    None where it does not count them. The show's thread alone.
    """

    def __init__(self, address: str = "", watchdog_s: float | None = None) -> None:
        self.watchdog_s = watchdog_s
        self._address = f"\0{address[1:]}" if address.startswith("@") else address  # as Linux writes "abstract"

    @classmethod
    def of_environment(cls, environment: MutableMapping[str, str]) -> Self:
        """Return the listener that `environment` names, and take it out of there: workers are not asked."""
        address, microseconds, pid = (environment.pop(name, "") for name in _VARIABLES)
        counts = microseconds.isdecimal() and int(microseconds) > 0 and pid in ("", str(os.getpid()))
        return cls(address, int(microseconds) / 1e6 if counts else None)

    @property
    def is_heard(self) -> bool:
        """Whether anybody watches over this show."""
        return self._address != ""

    def tell(self, *lines: str) -> bool:
        """Send `lines` such as `READY=1`; return whether they were taken. A listener that is gone is no fault here."""
        if not self._address:
            return False
        with contextlib.suppress(OSError), socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM) as sender:
            sender.setblocking(False)
            sender.sendto("\n".join(lines).encode(errors="replace"), self._address)
            return True
        return False


@functools.cache
def notifier() -> Notifier:
    """Return the listener of this process, taken from its environment the first time."""
    return Notifier.of_environment(os.environ)
