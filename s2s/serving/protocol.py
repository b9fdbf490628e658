"""A page's HTTP connections, each with a time limit: whoever is silent or slow cannot keep the others out.

Uvicorn bounds the pause between two requests alone. Here a whole request, headers and body, has to come, and its answer
to be taken, within a few seconds; and where too many connections are open, one that asks for nothing makes room.
"""

import asyncio
from collections import Counter
from typing import Any, Final

from uvicorn.protocols.http.h11_impl import H11Protocol

PATIENCE_S: Final = 10.0
MAX_CONNECTIONS: Final = 64


class BoundedProtocol(H11Protocol):
    """One connection. `patience_s` is for one request and its answer, from the last answer's end on."""

    patience_s = PATIENCE_S

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.waits_since = 0.0
        self._limit: asyncio.TimerHandle | None = None

    def connection_made(self, transport: asyncio.Transport) -> None:  # type: ignore[override]
        super().connection_made(transport)
        self._wait_anew()
        if len(self.connections) > MAX_CONNECTIONS:
            self._make_room()

    def connection_lost(self, exc: Exception | None) -> None:
        if self._limit is not None:
            self._limit.cancel()
        super().connection_lost(exc)

    def on_response_complete(self) -> None:
        self._wait_anew()
        super().on_response_complete()

    @property
    def asks(self) -> bool:
        """Whether a whole request is being answered."""
        return self.cycle is not None and not self.cycle.response_complete and not self.cycle.more_body

    def _wait_anew(self) -> None:
        if self._limit is not None:
            self._limit.cancel()
        self.waits_since = self.loop.time()
        self._limit = self.loop.call_later(self.patience_s, self.transport.abort)

    def _make_room(self) -> None:
        """End the connection that has been silent for longest, of the peer that holds most."""
        silent = [other for other in self.connections if isinstance(other, BoundedProtocol) and not other.asks]
        held = Counter(_peer(other) for other in silent)
        victim = max(silent, key=lambda other: (held[_peer(other)], -other.waits_since))
        self.connections.discard(victim)
        victim.transport.abort()


def _peer(connection: H11Protocol) -> str:
    return connection.client[0] if connection.client else ""
