"""Who speaks OSC with the show and can be answered: a UDP address, or a TCP connection.

Any thread may send; nothing here waits, raises, or keeps more for a slow peer than one packet.
"""

import logging
import socket
import threading
from dataclasses import dataclass, field
from typing import Final, Protocol

from installation.control.osc.stream import StreamReader, framed

_log = logging.getLogger(__name__)

_READ_BYTES: Final = 2048
"""At most some four hundred packets at once."""


class Peer(Protocol):
    """Somebody to send packets to; hashable, and equal to itself when it comes again."""

    @property
    def host(self) -> str: ...

    @property
    def gone(self) -> bool: ...

    def send(self, packet: bytes) -> bool:
        """Send one packet; return False where it must be tried again later. Never waits or raises."""
        ...


@dataclass(frozen=True, slots=True)
class UdpPeer:
    """A UDP address, reached from the socket at which the show listens."""

    address: tuple[str, int]
    sender: socket.socket = field(compare=False, repr=False)

    @property
    def host(self) -> str:
        return self.address[0]

    @property
    def gone(self) -> bool:
        return False

    def send(self, packet: bytes) -> bool:
        try:
            self.sender.sendto(packet, self.address)
        except BlockingIOError:
            return False
        except OSError as error:  # a network that is down: the next change will tell
            _log.debug("OSC to %s:%d: %s", *self.address, error)
        return True

    def __str__(self) -> str:
        return "{}:{}".format(*self.address)


class Connection:
    """A TCP connection; answers go back framed as its own packets are. Read by one thread, sent to by any."""

    def __init__(self, stream: socket.socket, address: tuple[str, int], now: float) -> None:
        self.socket = stream
        self.host, self._port = address
        self.heard_at = now
        self.gone = False
        self._reader = StreamReader()
        self._unsent = b""
        self._lock = threading.Lock()
        stream.setblocking(False)
        stream.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        stream.setsockopt(socket.SOL_SOCKET, socket.SO_KEEPALIVE, 1)  # a pulled cable says nothing

    def __str__(self) -> str:
        return f"{self.host}:{self._port} (TCP)"

    def read(self, now: float) -> list[bytes]:
        """Return the packets that have come; at the end of the stream it is `gone`. Raises OscFormatError."""
        try:
            received = self.socket.recv(_READ_BYTES)
        except BlockingIOError:
            return []
        except OSError:  # reset by the peer
            received = b""
        self.gone = self.gone or not received
        self.heard_at = now
        return self._reader.feed(received)

    def send(self, packet: bytes) -> bool:
        """Send one packet, or return False while an earlier one is not wholly sent."""
        framing = self._reader.framing
        with self._lock:
            if self.gone or framing is None:
                return True
            if not self._flush():
                return False
            self._unsent = framed(packet, framing)
            self._flush()
            return True

    def flush(self) -> None:
        """Send what is left of a packet; any thread."""
        if self._unsent:
            with self._lock:
                self._flush()

    def close(self) -> None:
        """Hang up."""
        with self._lock:
            self.gone = True
            self.socket.close()

    def _flush(self) -> bool:
        if self._unsent and not self.gone:
            try:
                self._unsent = self._unsent[self.socket.send(self._unsent) :]
            except BlockingIOError:
                return False
            except OSError:
                self.gone = True
        return not self._unsent
