"""Uvicorn as pages need it: quiet, bounded, without what they do not use."""

from starlette.types import ASGIApp
from uvicorn import Config, Server

from s2s.serving.protocol import (
    MAX_CONNECTIONS,
    MAX_MESSAGE_BYTES,
    PING_EVERY_S,
    BoundedProtocol,
    BoundedWebSocket,
)


def make_server(app: ASGIApp, *, websockets: bool = False) -> Server:
    """Return a server of `app`, to be run on a socket that listens already; with `websockets` it speaks those, too.

    Where the port is taken Uvicorn would end its thread without a word: `run(sockets=[bind(host, port)])`.
    """
    config = Config(
        app,
        loop="asyncio",
        http=BoundedProtocol,
        ws=BoundedWebSocket if websockets else "none",
        ws_max_size=MAX_MESSAGE_BYTES,
        ws_ping_interval=PING_EVERY_S,
        ws_ping_timeout=PING_EVERY_S,
        ws_per_message_deflate=False,  # a few bytes would become many
        lifespan="off",
        log_config=None,
        log_level="critical",  # below it a line for whatever a stranger sends, and for whoever hangs up early
        access_log=False,
        proxy_headers=False,
        server_header=False,
        limit_concurrency=2 * MAX_CONNECTIONS,
        timeout_graceful_shutdown=1,
    )
    return Server(config)
