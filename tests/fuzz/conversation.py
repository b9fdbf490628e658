"""Bytes on a connection to a page's real server, without a network: an event loop that runs for one case at a time."""

import asyncio
import zlib
from collections.abc import Awaitable, Iterator, Sequence
from typing import Any

from starlette.types import ASGIApp, Message
from uvicorn import Server

from s2s.serving.protocol import BoundedProtocol
from tests.fuzz.family import BrokenPromiseError


class Connection(asyncio.Transport):
    """The other end of a connection that only counts and keeps a little."""

    def __init__(self) -> None:
        super().__init__()
        self.written = bytearray()
        self.closed = False

    def write(self, data: bytes | bytearray | memoryview) -> None:
        self.written += data

    def close(self) -> None:
        self.closed = True

    abort = close

    def is_closing(self) -> bool:
        return self.closed

    def get_extra_info(self, name: str, default: Any = None) -> Any:
        return {"peername": ("127.0.0.1", 50_000), "sockname": ("127.0.0.1", 8_080)}.get(name, default)

    def pause_reading(self) -> None: ...

    def resume_reading(self) -> None: ...

    def get_write_buffer_size(self) -> int:
        return 0

    def set_protocol(self, protocol: asyncio.BaseProtocol) -> None:
        self.protocol = protocol


class OwnLoop:
    """An event loop for cases; what nobody in it has caught is a broken promise, as it would be lines of a log."""

    def __init__(self) -> None:
        self.loop = asyncio.new_event_loop()
        self.loop.set_exception_handler(self._uncaught)
        self._fault: BaseException | None = None

    def run(self, work: Awaitable[None]) -> None:
        """Run until `work` is done."""
        self.loop.run_until_complete(work)
        fault, self._fault = self._fault, None
        if fault is not None:
            raise BrokenPromiseError(f"nobody caught {type(fault).__name__}: {fault}") from fault

    def close(self) -> None:
        """End whatever is still under way."""
        for task in asyncio.all_tasks(self.loop):
            task.cancel()
        self.loop.run_until_complete(asyncio.sleep(0))
        self.loop.run_until_complete(self.loop.shutdown_default_executor())
        self.loop.close()

    def _uncaught(self, _loop: asyncio.AbstractEventLoop, told: dict[str, Any]) -> None:
        self._fault = told.get("exception") or RuntimeError(told["message"])


async def converse(server: Server, case: bytes, loop: asyncio.AbstractEventLoop) -> bytes:
    """Send `case`, half of all cases in two pieces with time for an answer between; return what came back."""
    protocol, connection = BoundedProtocol(server.config, server.server_state, {}, loop), Connection()
    protocol.connection_made(connection)
    for piece in pieces(case):
        if connection.closed:
            break
        getattr(connection, "protocol", protocol).data_received(piece)
        await _answered(protocol, connection)
    hosted = getattr(connection, "protocol", protocol)  # a WebSocket goes on in another
    if not connection.closed and hosted is not protocol:
        await asyncio.sleep(0.002)
    told = bytes(connection.written)  # what comes afterwards nobody reads
    hosted.connection_lost(None)
    protocol._stop_waiting()
    await asyncio.sleep(0)
    return told


async def speak(app: ASGIApp, path: str, said: Sequence[str | bytes]) -> list[Message]:
    """Say messages over a WebSocket, text or bytes, and hang up; return what came back."""
    heard: list[Message] = []
    coming: Iterator[Message] = iter(
        [{"type": "websocket.connect"}]
        + [{"type": "websocket.receive", "text" if isinstance(one, str) else "bytes": one} for one in said]
    )

    async def receive() -> Message:
        message = next(coming, None)
        if message is None:
            await asyncio.sleep(0.001)
            return {"type": "websocket.disconnect", "code": 1005}
        return message

    async def send(message: Message) -> None:
        heard.append(message)

    scope = {
        **{"type": "websocket", "path": path, "raw_path": path.encode(), "query_string": b"", "root_path": ""},
        **{"headers": [(b"host", b"localhost")], "client": ("127.0.0.1", 5), "server": ("127.0.0.1", 80)},
        **{"subprotocols": [], "scheme": "ws", "http_version": "1.1", "extensions": {}, "asgi": {"version": "3.0"}},
    }
    await asyncio.wait_for(app(scope, receive, send), 20)
    return heard


def pieces(case: bytes) -> list[bytes]:
    """Return a case as it comes by a network, always the same: whole, or in two; never nothing."""
    number = zlib.crc32(case)
    at = number // 2 % len(case) if case and number % 2 else 0
    return [piece for piece in (case[:at], case[at:]) if piece]


async def _answered(protocol: BoundedProtocol, connection: Connection) -> None:
    for _ in range(2_000):
        await asyncio.sleep(0 if len(connection.written) else 0.0005)
        if connection.closed or not protocol.asks:
            return
