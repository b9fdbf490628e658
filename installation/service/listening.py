"""Where a parent of our own hears what its show tells by `notify`. Linux proves who has sent it; elsewhere the socket
lies in a folder that is its user's alone."""

import contextlib
import os
import secrets
import shutil
import socket
import struct
import sys
import tempfile
from collections.abc import Iterator
from pathlib import Path
from typing import Final

_LONGEST_BYTES: Final = 4096
_CREDENTIALS: Final = struct.Struct("=iII")
"""Process, user and group of a sender: `struct ucred` of unix(7)."""


class Listener:
    """A socket of its own; `environment` leads a show to it. Belongs to one thread."""

    def __init__(self, watchdog_s: float) -> None:
        self._socket = socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM)
        self._folder: str | None = None
        self._names_senders = sys.platform == "linux"
        if self._names_senders:  # without a file: a full disk must not keep a show from being watched
            name = f"sound-to-scene-{os.getpid()}-{secrets.token_hex(8)}"
            self._socket.setsockopt(socket.SOL_SOCKET, socket.SO_PASSCRED, 1)
            self._socket.bind(f"\0{name}")
            address = f"@{name}"
        else:
            self._folder = tempfile.mkdtemp(prefix="sound-to-scene-")
            address = str(Path(self._folder) / "notify")
            self._socket.bind(address)
        self._socket.setblocking(False)
        self.environment = {"NOTIFY_SOCKET": address, "WATCHDOG_USEC": str(round(watchdog_s * 1e6))}

    def fileno(self) -> int:
        """The descriptor, for a selector."""
        return self._socket.fileno()

    def lines(self, sender: int) -> Iterator[str]:
        """Yield what has come from the process `sender` since the last call; what others sent is thrown away."""
        while True:
            try:
                body, ancillary, _, _ = self._socket.recvmsg(_LONGEST_BYTES, socket.CMSG_SPACE(_CREDENTIALS.size))
            except OSError:
                return
            if self._names_senders and sender not in _senders(ancillary):
                continue
            yield from body.decode(errors="replace").splitlines()

    def close(self) -> None:
        """Give the socket back."""
        self._socket.close()
        if self._folder is not None:
            shutil.rmtree(self._folder, ignore_errors=True)


def _senders(ancillary: list[tuple[int, int, bytes]]) -> Iterator[int]:
    for level, kind, data in ancillary:
        if (level, kind) == (socket.SOL_SOCKET, socket.SCM_CREDENTIALS):
            with contextlib.suppress(struct.error):
                yield _CREDENTIALS.unpack(data)[0]
