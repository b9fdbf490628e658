"""The operator page's server: Uvicorn in one daemon thread of the show process, on a socket opened beforehand.

The show thread calls `start`, `poll` and `close`, none of which waits for the web. A taken port never stops the show:
Uvicorn would end its thread without a word, so the socket is bound here and tried again until the port is free.
"""

import logging
import socket
import threading
from collections.abc import Callable, Sequence
from typing import TYPE_CHECKING, Final

from installation.control.rejections import RejectionCounter
from installation.desk import Desk
from installation.preset import preset_names
from installation.status import PageStatus, ShowStatus
from s2s.serving.access import Access
from s2s.serving.addresses import bind, reachable, url_of

if TYPE_CHECKING:
    from uvicorn import Server

_RETRY_S: Final = 3.0
_HEAD_START_S: Final = 0.5
"""The imports below hold Python's lock for a while; the show's first picture goes first."""

_CLOSE_TIMEOUT_S: Final = 2.0

_log = logging.getLogger(__name__)


class OperatorPage:
    """Serves the page at `host`:`port`; port 0 lets the system choose. Away from loopback it asks for a token.

    `status`, `picture` (JPEG bytes, None before there is one), `presets` and `models` are called from the page's
    threads.
    """

    def __init__(
        self,
        desk: Desk,
        *,
        status: Callable[[], ShowStatus],
        picture: Callable[[], bytes | None],
        presets: Callable[[], Sequence[str]] = preset_names,
        models: Callable[[], Sequence[str]] = tuple,
        host: str = "127.0.0.1",
        port: int = 8080,
    ) -> None:
        self._desk = desk
        self._status = status
        self._picture = picture
        self._presets, self._models = presets, models
        self._host = host
        self._requested_port = port
        self._port = port
        self._server: Server | None = None
        self._thread: threading.Thread | None = None
        self._closing = threading.Event()
        self._problem = "not started"
        self._next_try_at = -float("inf")
        self._access = Access.of(host)
        self._announced = False
        self._rejections = RejectionCounter("the page", _log)

    @property
    def port(self) -> int:
        """The port it serves at, or the one it is still trying to get."""
        return self._port

    @property
    def url(self) -> str:
        """Where to find the page."""
        return url_of(self._host, self._port)

    def start(self) -> None:
        """Open the port and the thread. Never raises: a taken port is one line in the log, `poll` tries again."""
        try:
            listener = bind(self._host, self._requested_port)
        except OSError as error:
            reason = str(error.strerror).partition(" (")[0]  # Python adds the address a second time
            self._say(f"cannot serve the page at {self._host}:{self._requested_port}: {reason}; trying again")
            return
        self._problem = ""
        self._port = int(listener.getsockname()[1])
        self._thread = threading.Thread(target=self._serve, args=(listener,), name="page", daemon=True)
        self._thread.start()
        self._announce()

    def poll(self, now: float) -> None:
        """Try a taken port again, and a server that died; show thread, `now` in monotonic seconds."""
        self._rejections.report(now)
        if self._closing.is_set() or (self._thread is not None and self._thread.is_alive()):
            return
        if now >= self._next_try_at:
            self._next_try_at = now + _RETRY_S
            self.start()

    def status(self) -> PageStatus:
        """Return where the page is; `problem` is empty while it is there."""
        rejections = self._rejections
        return PageStatus(url=self.url, problem=self._problem, refused=rejections.count, last_refusal=rejections.last)

    def close(self) -> None:
        """Stop serving and give the port back."""
        self._closing.set()
        if self._server is not None:
            self._server.should_exit = True
        if self._thread is not None:
            self._thread.join(_CLOSE_TIMEOUT_S)

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
        from installation.control.page_app import Sources, make_app
        from s2s.serving.server import make_server

        sources = Sources(self._desk, self._status, self._picture, self._presets, self._models)
        app = make_app(sources, self._access, self._rejections.add, cookie=f"show{self._port}")
        return make_server(app)

    def _announce(self) -> None:
        """Say where the page is, once; with its token where it asks for one."""
        if self._announced:
            return
        self._announced = True
        if self._access.token is None:
            _log.info("operator page at %s", self.url)
            return
        urls = [url_of(host, self._port) + f"?token={self._access.token}" for host in reachable(self._host)]
        _log.warning("the operator page can be reached from the network; it asks for its token: %s", " or ".join(urls))
