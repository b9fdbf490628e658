"""Tells the subscribers of the OSC control what was set, by whomever.

`tell` is called by the show thread and only takes a note; one thread sends the newest value of each address, at most
thirty times a second, so a morph of all parameters costs the picture nothing.
"""

import logging
import socket
import threading
from typing import Final

from installation.control.osc_messages import write_message
from installation.values import ParameterValue

Peer = tuple[str, int]

MAX_SUBSCRIBERS: Final = 16
_SEND_EVERY_S: Final = 1 / 30
_CLOSE_TIMEOUT_S: Final = 1.0

_log = logging.getLogger(__name__)


class Echo:
    """Up to MAX_SUBSCRIBERS subscribers; a further one takes the place of the one that subscribed longest ago."""

    def __init__(self) -> None:
        self._subscribers: dict[Peer, None] = {}
        self._changes: dict[str, ParameterValue] = {}
        self._wake = threading.Condition()
        self._closing = threading.Event()
        self._thread: threading.Thread | None = None

    @property
    def subscribers(self) -> list[Peer]:
        """Who listens, the longest subscribed first."""
        with self._wake:
            return list(self._subscribers)

    def subscribe(self, peer: Peer) -> Peer | None:
        """Add `peer`, or renew it; return the one that is forgotten for it, if there are too many. Any thread."""
        with self._wake:
            self._subscribers.pop(peer, None)
            self._subscribers[peer] = None
            if len(self._subscribers) <= MAX_SUBSCRIBERS:
                return None
            forgotten = next(iter(self._subscribers))
            del self._subscribers[forgotten]
            return forgotten

    def unsubscribe(self, peer: Peer) -> None:
        """Remove `peer`, if it is there; any thread."""
        with self._wake:
            self._subscribers.pop(peer, None)

    def tell(self, address: str, value: ParameterValue) -> None:
        """Note a change to be sent; any thread, never blocks for longer than a dictionary takes."""
        with self._wake:
            if self._subscribers:
                self._changes[address] = value
                self._wake.notify()

    def start(self, sender: socket.socket) -> None:
        """Start the sending thread, if it does not run; `sender` is a non-blocking socket that outlives it."""
        if self._thread is None or not self._thread.is_alive():
            self._thread = threading.Thread(target=self._send, args=(sender,), name="osc-echo", daemon=True)
            self._thread.start()

    def close(self) -> None:
        """Stop sending."""
        self._closing.set()
        with self._wake:
            self._wake.notify()
        if self._thread is not None:
            self._thread.join(_CLOSE_TIMEOUT_S)

    def _send(self, sender: socket.socket) -> None:
        while not self._closing.is_set():
            self._send_once(sender, *self._wait_for_changes())
            self._closing.wait(_SEND_EVERY_S)

    def _wait_for_changes(self) -> tuple[dict[str, ParameterValue], list[Peer]]:
        with self._wake:
            self._wake.wait_for(lambda: self._changes or self._closing.is_set())
            changes, self._changes = self._changes, {}
            return changes, list(self._subscribers)

    def _send_once(self, sender: socket.socket, changes: dict[str, ParameterValue], peers: list[Peer]) -> None:
        for address, value in changes.items():
            datagram = write_message(address, value)
            for peer in peers:
                try:
                    sender.sendto(datagram, peer)
                except OSError as error:  # a full buffer, a network that is down: the next change will tell
                    _log.debug("OSC echo to %s:%d: %s", *peer, error)
