"""Uvicorn as pages need it: quiet, bounded, without what they do not use."""

from starlette.types import ASGIApp
from uvicorn import Config, Server

from s2s.serving.protocol import MAX_CONNECTIONS, BoundedProtocol


def make_server(app: ASGIApp) -> Server:
    """Return a server of `app`, to be run on a socket that listens already.

    Where the port is taken Uvicorn would end its thread without a word: `run(sockets=[bind(host, port)])`.
    """
    config = Config(
        app,
        loop="asyncio",
        http=BoundedProtocol,
        ws="none",
        lifespan="off",
        log_config=None,
        log_level="error",  # below it a line for whatever a stranger sends
        access_log=False,
        proxy_headers=False,
        server_header=False,
        limit_concurrency=2 * MAX_CONNECTIONS,
        timeout_graceful_shutdown=1,
    )
    return Server(config)
