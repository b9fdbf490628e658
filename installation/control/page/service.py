"""The operator page's surface: who may open it and where it is, before a web application in a thread of its own.

The show thread calls `start`, `poll` and `close`, none of which waits for the web.
"""

import logging
import socket
from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING, Final

from installation.control.page.live_outbox import Changes
from installation.control.page.page_token import PageToken, terminal_of
from installation.control.page.sources import Sources
from installation.control.rejections import RejectionCounter
from installation.control.web_thread import WebThread
from installation.control_status import PageStatus
from s2s.serving.access import Access, is_loopback
from s2s.serving.addresses import reachable, url_of
from s2s.serving.keys import View
from s2s.serving.limits import PeerLimits

if TYPE_CHECKING:
    from uvicorn import Server

    from installation.control.page.live_hub import LiveHub

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
        self._hub: LiveHub | None = None
        self._web = WebThread("the page", host, port, self._make_server, self._no_more)
        self._token = None if is_loopback(host) else PageToken(token_file, view)
        self._announced = False
        self._limits = PeerLimits()
        self._changes = Changes()
        self._rejections = RejectionCounter("the page", _log)
        sources.desk.watch(self._changes.note)

    @property
    def port(self) -> int:
        """The port it serves at, or the one it is still trying to get."""
        return self._web.port

    @property
    def url(self) -> str:
        """Where to find the page."""
        return self._web.url

    @property
    def token(self) -> PageToken | None:
        """What opens it; None on loopback, where nothing is asked for."""
        return self._token

    def start(self) -> None:
        """Open the port and the thread. Never raises: a taken port is one line in the log, `poll` tries again."""
        self._web.start()

    def poll(self, now: float) -> None:
        """Try a taken port again, and a server that died; show thread, `now` in monotonic seconds."""
        self._rejections.report(now)
        self._web.poll(now)

    def status(self) -> PageStatus:
        """Return where the page is; `problem` is empty while it is there."""
        rejections = self._rejections
        return PageStatus(
            url=self.url,
            problem=self._web.problem,
            refused=rejections.count,
            last_refusal=rejections.last,
            connected=0 if self._hub is None else self._hub.count,
            wrong_tokens=self._limits.wrong_tokens,
        )

    def close(self) -> None:
        """Stop serving and give the port back."""
        self._web.close()

    def _make_server(self, listener: socket.socket) -> "Server":
        # Imported here and not above: together they take longer than the show's first picture may.
        from installation.control.page.app import PageApp
        from s2s.serving.server import make_server

        listener.setsockopt(socket.SOL_SOCKET, socket.SO_SNDBUF, _SEND_BUFFER_BYTES)
        token = self._token
        if token is not None:
            token.load()
        app, self._hub = PageApp(
            self._sources,
            access=Access.of(self._web.host, None if token is None else token.keys),
            refused=self._rejections.add,
            cookie=f"show{self.port}",
            changes=self._changes,
            limits=self._limits,
            renew=None if token is None else token.renew,
        ).guarded()
        self._announce()
        return make_server(app, websockets=True)

    def _no_more(self) -> None:
        self._hub = None
        if self._sources.wall is not None:
            self._sources.wall.ask(0.0)  # nobody looks any more

    def _announce(self) -> None:
        """Say where the page is, once; its token, where it asks for one, stands on a terminal alone."""
        if self._announced:
            return
        self._announced = True
        if self._token is None:
            _log.info("operator page at %s", self.url)
            return
        addresses = [url_of(host, self.port) for host in reachable(self._web.host)]
        self._token.announce(addresses, terminal_of())
