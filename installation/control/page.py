"""The operator page's server: Uvicorn in one daemon thread of the show process, on a socket opened beforehand.

The show thread calls `start`, `poll` and `close`, none of which waits for the web. A taken port never stops the show:
Uvicorn would end its thread without a word, so the socket is bound here and tried again until the port is free.
"""

import logging
import socket
import threading
from collections.abc import Callable, Mapping, Sequence
from typing import TYPE_CHECKING, Any, Final

from installation.control.surface import Desk
from installation.preset import preset_names

if TYPE_CHECKING:
    from uvicorn import Server

_RETRY_S: Final = 3.0
_HEAD_START_S: Final = 0.5
"""The imports below hold Python's lock for a while; the show's first picture goes first."""

_CLOSE_TIMEOUT_S: Final = 2.0
_MAX_CONNECTIONS: Final = 64
_LOOPBACK: Final = ("127.0.0.1", "localhost", "::1")

_log = logging.getLogger(__name__)


class OperatorPage:
    """Serves the page at `host`:`port`; port 0 lets the system choose. Away from loopback anyone may operate the show.

    `status`, `picture` (JPEG bytes, None before there is one) and `presets` are called from the page's threads.
    """

    def __init__(
        self,
        desk: Desk,
        *,
        status: Callable[[], Mapping[str, Any]],
        picture: Callable[[], bytes | None],
        presets: Callable[[], Sequence[str]] = preset_names,
        host: str = "127.0.0.1",
        port: int = 8080,
    ) -> None:
        self._desk = desk
        self._status = status
        self._picture = picture
        self._presets = presets
        self._host = host
        self._wanted_port = port
        self._port = port
        self._server: Server | None = None
        self._thread: threading.Thread | None = None
        self._closing = threading.Event()
        self._problem = "not started"
        self._next_try_at = -float("inf")

    @property
    def port(self) -> int:
        """The port it serves at, or the one it is still trying to get."""
        return self._port

    @property
    def url(self) -> str:
        """Where to find the page."""
        host = f"[{self._host}]" if ":" in self._host else self._host
        return f"http://{host}:{self._port}/"

    def start(self) -> None:
        """Open the port and the thread. Never raises: a taken port is one line in the log, `poll` tries again."""
        try:
            listener = self._bind()
        except OSError as error:
            reason = str(error.strerror).partition(" (")[0]  # Python adds the address a second time
            self._say(f"cannot serve the page at {self._host}:{self._wanted_port}: {reason}; trying again")
            return
        self._problem = ""
        self._port = int(listener.getsockname()[1])
        self._thread = threading.Thread(target=self._serve, args=(listener,), name="page", daemon=True)
        self._thread.start()
        _log.info("operator page at %s", self.url)

    def poll(self, now: float) -> None:
        """Try a taken port again, and a server that died; show thread, `now` in monotonic seconds."""
        if self._closing.is_set() or (self._thread is not None and self._thread.is_alive()):
            return
        if now >= self._next_try_at:
            self._next_try_at = now + _RETRY_S
            self.start()

    def status(self) -> dict[str, object]:
        """Return where the page is; `problem` is empty while it is there."""
        return {"url": self.url, "problem": self._problem}

    def close(self) -> None:
        """Stop serving and give the port back."""
        self._closing.set()
        if self._server is not None:
            self._server.should_exit = True
        if self._thread is not None:
            self._thread.join(_CLOSE_TIMEOUT_S)

    def _bind(self) -> socket.socket:
        family = socket.AF_INET6 if ":" in self._host else socket.AF_INET
        return socket.create_server((self._host, self._wanted_port), family=family)

    def _say(self, problem: str) -> None:
        if problem != self._problem:
            _log.warning(problem)
        self._problem = problem

    def _serve(self, listener: socket.socket) -> None:
        with listener:
            if self._closing.wait(_HEAD_START_S):
                return
            self._server = self._make_server()
            if not self._closing.is_set():
                self._server.run(sockets=[listener])

    def _make_server(self) -> "Server":
        # Imported here and not above: together they take longer than the show's first picture may.
        from uvicorn import Config, Server

        from installation.control.page_app import Sources, make_app

        allowed_hosts = _LOOPBACK if self._host in _LOOPBACK else ("*",)
        sources = Sources(self._desk, self._status, self._picture, self._presets)
        config = Config(
            make_app(sources, allowed_hosts),
            loop="asyncio",
            http="h11",
            ws="none",
            lifespan="off",
            log_config=None,
            log_level="warning",
            access_log=False,
            limit_concurrency=_MAX_CONNECTIONS,
            timeout_graceful_shutdown=1,
        )
        return Server(config)
