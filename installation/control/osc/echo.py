"""Tells the subscribers of the OSC control how everything stands, and then what was set, by whomever.

`tell` is called by the show thread and only takes a note; one thread sends the newest value of each address, at most
thirty times a second, so a morph of all parameters costs the picture nothing.
"""

import threading
from collections.abc import Iterable, Mapping
from typing import Final

from installation.control.osc.messages import write_message
from installation.control.osc.patterns import matching
from installation.control.osc.peers import Peer
from installation.values import ParameterValue

MAX_SUBSCRIBERS: Final = 16
MAX_PATTERNS: Final = 16
EVERYTHING: Final = "//"
"""Also what has more parts than two, and what comes later."""
_MOST_REMEMBERED: Final = 2048
_SEND_EVERY_S: Final = 1 / 30
_CLOSE_TIMEOUT_S: Final = 1.0


Values = tuple[ParameterValue, ...]


class _Subscriber:
    """What one peer wants to know, and what of that it does not know yet."""

    def __init__(self) -> None:
        self.patterns: dict[str, None] = {}
        self.unsent: dict[str, Values] = {}
        self._wants: dict[str, bool] = {}

    def want(self, patterns: Iterable[str]) -> None:
        for pattern in patterns:
            meant(pattern, ())  # raises before anything has changed
        self.patterns, self._wants = dict.fromkeys(patterns), {}
        self.unsent = {address: values for address, values in self.unsent.items() if self.wants(address)}

    def wants(self, address: str) -> bool:
        """Return whether a pattern means `address`; outputs and shaders bring addresses that nobody knew before."""
        if address not in self._wants:
            if len(self._wants) >= _MOST_REMEMBERED:
                self._wants.clear()
            self._wants[address] = any(meant(pattern, (address,)) for pattern in self.patterns)
        return self._wants[address]


class Echo:
    """Up to MAX_SUBSCRIBERS subscribers; a further one takes the place of the one that subscribed longest ago."""

    def __init__(self) -> None:
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
            subscriber.want(list(patterns)[-MAX_PATTERNS:])
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
                subscriber.want(list(subscriber.patterns))

    def tell(self, address: str, *values: ParameterValue) -> None:
        """Note a change to be sent; any thread, never blocks for longer than a dictionary takes."""
        with self._wake:
            for subscriber in self._subscribers.values():
                if subscriber.wants(address):
                    subscriber.unsent[address] = values
            self._wake.notify()

    def tell_state(self, peer: Peer, pattern: str, standing: Mapping[str, Values]) -> None:
        """Note how everything stands, for a `peer` that has just subscribed; a change since then is newer."""
        with self._wake:
            subscriber = self._subscribers.get(peer)
            if subscriber is None:
                return
            for address in meant(pattern, standing):
                subscriber.unsent.setdefault(address, standing[address])
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

    def _wait_for_changes(self) -> list[tuple[Peer, dict[str, Values]]]:
        with self._wake:
            self._wake.wait_for(lambda: self._closing.is_set() or any(s.unsent for s in self._subscribers.values()))
            for peer in [peer for peer in self._subscribers if peer.gone]:
                del self._subscribers[peer]
            changes = [(peer, subscriber.unsent) for peer, subscriber in self._subscribers.items()]
            for subscriber in self._subscribers.values():
                subscriber.unsent = {}
            return changes

    def _keep(self, peer: Peer, unsent: Mapping[str, Values]) -> None:
        """Try what a slow peer did not take once more, where nothing newer is to be said of it."""
        with self._wake:
            subscriber = self._subscribers.get(peer)
            if subscriber is not None:
                for address, values in unsent.items():
                    if subscriber.wants(address):
                        subscriber.unsent.setdefault(address, values)


def meant(pattern: str, addresses: Iterable[str]) -> tuple[str, ...]:
    """Return those of `addresses` that a subscription means. Raises PatternError."""
    return tuple(addresses) if pattern == EVERYTHING else matching(pattern, addresses)


def _unsent(peer: Peer, changes: Mapping[str, Values]) -> dict[str, Values]:
    """Send the changes up to the first that the peer does not take; return what is left."""
    left = dict(changes)
    for address, values in changes.items():
        if not peer.send(write_message(address, *values)):
            break
        del left[address]
    return left
