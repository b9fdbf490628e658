"""The UDP and the TCP port at which OSC comes in, under one number. Read by one thread.

`collect` takes all that has come into a backlog without reading it, so that even a flood does not wait in the system's
buffers, which drop the newest of it.
"""

import selectors
import socket
import time
from collections.abc import Callable
from contextlib import suppress
from typing import Final

from installation.control.osc.backlog import MOST_PACKETS, Backlog
from installation.control.osc.datagrams import MOST_DATAGRAMS, DatagramReader
from installation.control.osc.messages import MAX_PACKET_BYTES, OscFormatError
from installation.control.osc.peers import Connection, Peer, UdpPeer

MAX_CONNECTIONS: Final = 32
_SOCKET_BUFFER_BYTES: Final = 4 << 20
"""Half a second of twenty thousand messages, where the system allows it: as long as a picture may hold up Python."""
_MOST_READS: Final = 32
_ENOUGH_PACKETS: Final = MOST_PACKETS // 2
_TRIES_FOR_BOTH: Final = 20
_BREATHER_S: Final = 0.05

Refuse = Callable[[str], None]


class OscPorts:
    """Both ports; 0 lets the system choose a number that is free for both. Raises OSError when one is taken."""

    def __init__(self, host: str, port: int, refuse: Refuse) -> None:
        self._refuse = refuse
        self._connections: dict[object, Connection] = {}
        self._udp, self._listener = _bind_both(host, port)
        self._datagrams = DatagramReader(self._udp, MAX_PACKET_BYTES + 1)
        self.port = int(self._udp.getsockname()[1])
        self._selector = selectors.DefaultSelector()
        for each in (self._udp, self._listener):
            each.setblocking(False)
            self._selector.register(each, selectors.EVENT_READ)

    @property
    def connections(self) -> int:
        return len(self._connections)

    def udp_peer(self, host: str, port: int) -> UdpPeer:
        """Return the way to a UDP port of `host`."""
        return UdpPeer((host, port), self._udp)

    def collect(self, backlog: Backlog[Peer], timeout_s: float, now: float) -> int:
        """Put into `backlog` what has come, waiting up to `timeout_s` for it; return how many packets that were.

        `now` is monotonic. Streams wait while the backlog is half full: their senders slow down, and lose nothing.
        """
        for connection in self._connections.values():
            connection.flush()
        came = 0
        for key, _ in self._selector.select(timeout_s):
            if key.fileobj is self._udp:
                came += self._collect_datagrams(backlog)
            elif key.fileobj is self._listener:
                self._accept(now)
            else:
                came += self._collect_stream(key.fileobj, backlog, now)
        return came

    def close(self) -> None:
        """Give the port back and hang up."""
        for connection in list(self._connections.values()):
            self._hang_up(connection)
        self._selector.close()
        self._udp.close()
        self._listener.close()

    def _collect_datagrams(self, backlog: Backlog[Peer]) -> int:
        peers: dict[tuple[str, int], UdpPeer] = {}
        came = 0
        for _ in range(_MOST_READS):
            datagrams = self._datagrams.read()
            for packet, address in datagrams:
                peer = peers.get(address)
                if peer is None:
                    peer = peers[address] = UdpPeer(address, self._udp)
                backlog.put(packet, peer)
            came += len(datagrams)
            if len(datagrams) < MOST_DATAGRAMS:
                break
        return came

    def _collect_stream(self, stream: object, backlog: Backlog[Peer], now: float) -> int:
        connection = self._connections.get(stream)
        if connection is None:  # made way for another a moment ago
            return 0
        came = 0
        for _ in range(_MOST_READS):
            if len(backlog) >= _ENOUGH_PACKETS or connection.gone:
                break
            packets = self._read(connection, now)
            for packet in packets:
                backlog.put(packet, connection)
            came += len(packets)
            if not packets:
                break
        if connection.gone:
            self._hang_up(connection)
        return came

    def _read(self, connection: Connection, now: float) -> list[bytes]:
        try:
            return connection.read(now)
        except OscFormatError as error:
            self._refuse(f"{error}, from {connection}; hung up")
            connection.gone = True
            return []

    def _accept(self, now: float) -> None:
        try:
            stream, address = self._listener.accept()
        except BlockingIOError:  # gone again
            return
        except OSError:  # too many files are open: asked again at once it would say the same
            time.sleep(_BREATHER_S)
            return
        if len(self._connections) >= MAX_CONNECTIONS:  # as with subscribers, the one that was silent longest makes way
            silent = min(self._connections.values(), key=lambda each: each.heard_at)
            self._refuse(f"to keep {silent} any more: there are {MAX_CONNECTIONS} connections")
            self._hang_up(silent)
        self._connections[stream] = Connection(stream, address[:2], now)
        self._selector.register(stream, selectors.EVENT_READ)

    def _hang_up(self, connection: Connection) -> None:
        with suppress(KeyError, ValueError):
            self._selector.unregister(connection.socket)
        self._connections.pop(connection.socket, None)
        connection.close()


def _bind_both(host: str, port: int) -> tuple[socket.socket, socket.socket]:
    found = socket.getaddrinfo(host, port, type=socket.SOCK_DGRAM, flags=socket.AI_PASSIVE)
    family = min(each[0] for each in found)  # a name of both has IPv4: most who send know no other
    problem = OSError("no port is free for both UDP and TCP")
    for _ in range(_TRIES_FOR_BOTH if port == 0 else 1):
        udp, tcp = socket.socket(family, socket.SOCK_DGRAM), socket.socket(family, socket.SOCK_STREAM)
        try:
            udp.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, _SOCKET_BUFFER_BYTES)
            tcp.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)  # its last run's connections may linger
            udp.bind((host, port))
            tcp.bind((host, udp.getsockname()[1]))
            tcp.listen(MAX_CONNECTIONS)
        except OSError as error:
            udp.close()
            tcp.close()
            problem = error
        else:
            return udp, tcp
    raise problem
