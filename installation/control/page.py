"""The operator page's server: Uvicorn in one daemon thread of the show process, on a socket opened beforehand.

The show thread calls `start`, `poll` and `close`, none of which waits for the web. A taken port never stops the show:
Uvicorn would end its thread without a word, so the socket is bound here and tried again until the port is free.
"""

import logging
import socket
import threading
from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING, Final

from installation.control.live_outbox import Changes
from installation.control.page_sources import Sources
from installation.control.page_token import PageToken, terminal_of
from installation.control.rejections import RejectionCounter
from installation.status import PageStatus
from s2s.serving.access import Access, is_loopback
from s2s.serving.addresses import bind, reachable, url_of
from s2s.serving.keys import View
from s2s.serving.limits import PeerLimits

if TYPE_CHECKING:
    from uvicorn import Server

    from installation.control.live_hub import LiveHub

_RETRY_S: Final = 3.0
_HEAD_START_S: Final = 0.5
"""The imports below hold Python's lock for a while; the show's first picture goes first."""

_CLOSE_TIMEOUT_S: Final = 2.0
_SEND_BUFFER_BYTES: Final = 128 * 1024
"""What the system may hold for one page that does not keep up: a few pictures, no film."""

_log = logging.getLogger(__name__)


class OperatorPage:
    """Serves the page at `host`:`port`; port 0 lets the system choose. Away from loopback it asks for a token, which
    `token_file` keeps for the next run; `view` says who may look without one that opens everything.
    """

    def __init__(
        self,
        sources: Sources,
        *,
        host: str = "127.0.0.1",
        port: int = 8080,
        token_file: Path | None = None,
        view: Callable[[], View] = lambda: View.NONE,
    ) -> None:
        self._sources = sources
        self._host = host
        self._requested_port = port
        self._port = port
        self._server: Server | None = None
        self._hub: LiveHub | None = None
        self._thread: threading.Thread | None = None
        self._closing = threading.Event()
        self._problem = "not started"
        self._next_try_at = -float("inf")
        self._token = None if is_loopback(host) else PageToken(token_file, view)
        self._announced = False
        self._limits = PeerLimits()
        self._changes = Changes()
        self._rejections = RejectionCounter("the page", _log)
        sources.desk.watch(self._changes.note)

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
        return PageStatus(
            url=self.url,
            problem=self._problem,
            refused=rejections.count,
            last_refusal=rejections.last,
            connected=0 if self._hub is None else self._hub.count,
            wrong_tokens=self._limits.wrong_tokens,
        )

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
            listener.setsockopt(socket.SOL_SOCKET, socket.SO_SNDBUF, _SEND_BUFFER_BYTES)
            self._server = self._make_server()
            self._announce()
            try:
                if not self._closing.is_set():
                    self._server.run(sockets=[listener])
            finally:
                self._hub = None
                if self._sources.wall is not None:
                    self._sources.wall.ask(0.0)  # nobody looks any more

    def _make_server(self) -> "Server":
        # Imported here and not above: together they take longer than the show's first picture may.
        from installation.control.page_app import PageApp
        from s2s.serving.server import make_server

        token = self._token
        if token is not None and not self._announced:
            token.load()
        app, self._hub = PageApp(
            self._sources,
            access=Access.of(self._host, None if token is None else token.keys),
            refused=self._rejections.add,
            cookie=f"show{self._port}",
            changes=self._changes,
            limits=self._limits,
            renew=None if token is None else token.renew,
        ).guarded()
        return make_server(app, websockets=True)

    def _announce(self) -> None:
        """Say where the page is, once; its token, where it asks for one, stands on a terminal alone."""
        if self._announced:
            return
        self._announced = True
        if self._token is None:
            _log.info("operator page at %s", self.url)
            return
        addresses = [url_of(host, self._port) for host in reachable(self._host)]
        self._token.announce(addresses, terminal_of())
