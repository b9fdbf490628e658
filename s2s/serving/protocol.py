"""A page's connections, each with a time limit: whoever is silent or slow cannot keep the others out.

Uvicorn bounds the pause between two requests alone. Here a whole request, headers and body, has to come, and its answer
to be taken, within a few seconds; and where too many connections are open, one that asks for nothing makes room. A
WebSocket, once it is one, lives as long as it answers pings.
"""

import asyncio
from collections import Counter
from typing import Any, Final

import h11
from uvicorn.protocols.http.h11_impl import H11Protocol
from uvicorn.protocols.websockets.websockets_sansio_impl import WebSocketsSansIOProtocol
from websockets.frames import Frame

PATIENCE_S: Final = 10.0
MAX_CONNECTIONS: Final = 64
MAX_MESSAGE_BYTES: Final = 4_096
PING_EVERY_S: Final = 20.0
_LINGER_S: Final = 5.0
_MOST_PIECES: Final = 64
"""Of one message: empty ones would cost nothing to send, and memory to keep."""
_AN_ANSWER_IS_DUE: Final = (h11.IDLE, h11.SEND_RESPONSE)
_NO_MORE: Final = [(b"content-length", b"0"), (b"connection", b"close")]
_MOST_UNREAD_BYTES: Final = 1 << 20
"""Of answers to pings that the other side does not read."""


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
        self._stop_waiting()
        super().connection_lost(exc)

    def on_response_complete(self) -> None:
        self._wait_anew()
        super().on_response_complete()

    def handle_websocket_upgrade(self, event: h11.Request) -> None:
        self._stop_waiting()  # from here on pings tell whether anybody is there
        super().handle_websocket_upgrade(event)

    def send_400_response(self, _words: str) -> None:
        """Answer nonsense where an answer can still be sent, and hang up in any case.

        It may come within a request that is being answered, in a body that is in chunks: then this is its answer, and
        what the application goes on to say is said to nobody, as to one that has hung up. Behind an answer there is no
        room for another.
        """
        if self.cycle is not None and not self.cycle.response_complete:
            self.cycle.disconnected = True
            self.cycle.message_event.set()
        if self.conn.our_state in _AN_ANSWER_IS_DUE:
            answer = h11.Response(status_code=400, headers=_NO_MORE, reason=b"Bad Request")
            for event in (answer, h11.EndOfMessage()):  # without words: to HEAD none may be said
                self.transport.write(self.conn.send(event) or b"")
        self.transport.close()

    @property
    def asks(self) -> bool:
        """Whether a whole request is being answered."""
        return self.cycle is not None and not self.cycle.response_complete and not self.cycle.more_body

    def _stop_waiting(self) -> None:
        if self._limit is not None:
            self._limit.cancel()

    def _wait_anew(self) -> None:
        self._stop_waiting()
        self.waits_since = self.loop.time()
        self._limit = self.loop.call_later(self.patience_s, self.transport.abort)

    def _make_room(self) -> None:
        """End the connection that has been silent for longest, of the peer that holds most."""
        silent = [other for other in self.connections if isinstance(other, BoundedProtocol) and not other.asks]
        held = Counter(_peer(other) for other in silent)
        victim = max(silent, key=lambda other: (held[_peer(other)], -other.waits_since))
        self.connections.discard(victim)
        victim.transport.abort()


class BoundedWebSocket(WebSocketsSansIOProtocol):
    """A WebSocket whose memory is bounded, whatever the other side sends or does not read."""

    def handle_cont(self, event: Frame) -> None:
        if len(self.frames) >= _MOST_PIECES:
            self.transport.abort()
            return
        super().handle_cont(event)

    def handle_ping(self) -> None:
        super().handle_ping()
        if self.transport.get_write_buffer_size() > _MOST_UNREAD_BYTES:
            self.transport.abort()

    def on_task_complete(self, task: "asyncio.Task[None]") -> None:
        super().on_task_complete(task)
        # What is still to be written may be written, but whoever does not read it holds no place.
        self.loop.call_later(_LINGER_S, self.transport.abort)

    def keepalive_timeout(self) -> None:
        super().keepalive_timeout()
        self.transport.abort()  # a close would wait for what is still to be written, and nobody reads


def _peer(connection: H11Protocol) -> str:
    return connection.client[0] if connection.client else ""
