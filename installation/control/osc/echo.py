"""Tells the subscribers of the OSC control how everything stands, and then what was set, by whomever.

`tell` is called by the show thread and only takes a note; one thread sends the newest value of each address, at most
thirty times a second, so a morph of all parameters costs the picture nothing.
"""

import threading
from collections.abc import Mapping
from typing import Final

from installation.control.osc.messages import write_message
from installation.control.osc.patterns import matching
from installation.control.osc.peers import Peer
from installation.values import ParameterValue

MAX_SUBSCRIBERS: Final = 16
MAX_PATTERNS: Final = 16
EVERYTHING: Final = "/*/*"
_SEND_EVERY_S: Final = 1 / 30
_CLOSE_TIMEOUT_S: Final = 1.0


class _Subscriber:
    """What one peer wants to know, and what of that it does not know yet."""

    def __init__(self) -> None:
        self.patterns: dict[str, None] = {}
        self.addresses: frozenset[str] = frozenset()
        self.unsent: dict[str, ParameterValue] = {}

    def want(self, patterns: Mapping[str, None], known: tuple[str, ...]) -> None:
        self.patterns = dict(patterns)
        self.addresses = frozenset(address for pattern in patterns for address in matching(pattern, known))
        self.unsent = {address: value for address, value in self.unsent.items() if address in self.addresses}


class Echo:
    """Up to MAX_SUBSCRIBERS subscribers; a further one takes the place of the one that subscribed longest ago.

    `known` are all addresses that there are.
    """

    def __init__(self, known: tuple[str, ...]) -> None:
        self._known = known
        self._subscribers: dict[Peer, _Subscriber] = {}
        self._wake = threading.Condition()
        self._closing = threading.Event()
        self._thread: threading.Thread | None = None

    @property
    def subscribers(self) -> list[Peer]:
        """Who listens, the longest subscribed first."""
        with self._wake:
            return list(self._subscribers)

    def subscribe(self, peer: Peer, pattern: str = EVERYTHING) -> Peer | None:
        """Let `peer` hear what `pattern` means, besides what it hears already; return who is forgotten for it, if
        there are too many. Any thread. Raises PatternError.
        """
        with self._wake:
            subscriber = self._subscribers.pop(peer, None) or _Subscriber()
            patterns = {**subscriber.patterns, pattern: None}
            subscriber.want(dict.fromkeys(list(patterns)[-MAX_PATTERNS:]), self._known)
            self._subscribers[peer] = subscriber
            if len(self._subscribers) <= MAX_SUBSCRIBERS:
                return None
            forgotten = next(iter(self._subscribers))
            del self._subscribers[forgotten]
            return forgotten

    def unsubscribe(self, peer: Peer, pattern: str | None = None) -> None:
        """Tell `peer` no more of `pattern`, or nothing any more; any thread."""
        with self._wake:
            subscriber = self._subscribers.get(peer)
            if subscriber is None:
                return
            subscriber.patterns.pop(pattern or "", None)
            if pattern is None or not subscriber.patterns:
                del self._subscribers[peer]
            else:
                subscriber.want(subscriber.patterns, self._known)

    def tell(self, address: str, value: ParameterValue) -> None:
        """Note a change to be sent; any thread, never blocks for longer than a dictionary takes."""
        with self._wake:
            for subscriber in self._subscribers.values():
                if address in subscriber.addresses:
                    subscriber.unsent[address] = value
            self._wake.notify()

    def tell_state(self, peer: Peer, pattern: str, values: Mapping[str, ParameterValue]) -> None:
        """Note how everything stands, for a `peer` that has just subscribed; a change since then is newer."""
        with self._wake:
            subscriber = self._subscribers.get(peer)
            if subscriber is None:
                return
            for address in matching(pattern, values):
                subscriber.unsent.setdefault(address, values[address])
            self._wake.notify()

    def start(self) -> None:
        """Start the sending thread, if it does not run."""
        if self._thread is None or not self._thread.is_alive():
            self._thread = threading.Thread(target=self._send, name="osc-echo", daemon=True)
            self._thread.start()

    def close(self) -> None:
        """Stop sending."""
        self._closing.set()
        with self._wake:
            self._wake.notify()
        if self._thread is not None:
            self._thread.join(_CLOSE_TIMEOUT_S)

    def _send(self) -> None:
        while not self._closing.is_set():
            for peer, changes in self._wait_for_changes():
                self._keep(peer, _unsent(peer, changes))
            self._closing.wait(_SEND_EVERY_S)

    def _wait_for_changes(self) -> list[tuple[Peer, dict[str, ParameterValue]]]:
        with self._wake:
            self._wake.wait_for(lambda: self._closing.is_set() or any(s.unsent for s in self._subscribers.values()))
            for peer in [peer for peer in self._subscribers if peer.gone]:
                del self._subscribers[peer]
            changes = [(peer, subscriber.unsent) for peer, subscriber in self._subscribers.items()]
            for subscriber in self._subscribers.values():
                subscriber.unsent = {}
            return changes

    def _keep(self, peer: Peer, unsent: Mapping[str, ParameterValue]) -> None:
        """Try what a slow peer did not take once more, where nothing newer is to be said of it."""
        with self._wake:
            subscriber = self._subscribers.get(peer)
            if subscriber is not None:
                for address, value in unsent.items():
                    if address in subscriber.addresses:
                        subscriber.unsent.setdefault(address, value)


def _unsent(peer: Peer, changes: Mapping[str, ParameterValue]) -> dict[str, ParameterValue]:
    """Send the changes up to the first that the peer does not take; return what is left."""
    left = dict(changes)
    for address, value in changes.items():
        if not peer.send(write_message(address, value)):
            break
        del left[address]
    return left
