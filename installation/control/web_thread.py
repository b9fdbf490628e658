"""A web application in one daemon thread of the show process, on a socket opened beforehand.

The show's thread calls `start`, `poll` and `close`, none of which waits for the web. A taken port never stops the show:
Uvicorn would end its thread without a word, so the socket is bound here and tried again until the port is free.
"""

import logging
import socket
import threading
from collections.abc import Callable
from typing import TYPE_CHECKING, Final

from s2s.serving.addresses import bind, url_of

if TYPE_CHECKING:
    from uvicorn import Server

_RETRY_S: Final = 3.0
_HEAD_START_S: Final = 0.5
"""The server's imports hold Python's lock for a while; the show's first picture goes first."""

_CLOSE_TIMEOUT_S: Final = 2.0

_log = logging.getLogger(__name__)


class WebThread:
    """Serves at `host`:`port`; port 0 lets the system choose.

    `what` is served, in words ("the page"). `make_server` is called on the thread with the socket that listens, and
    imports there what takes its time; `ended` when its server has.
    """

    def __init__(
        self,
        what: str,
        host: str,
        port: int,
        make_server: Callable[[socket.socket], "Server"],
        ended: Callable[[], None] = lambda: None,
    ) -> None:
        self.what, self.host = what, host
        self.server: Server | None = None
        self.thread: threading.Thread | None = None
        self.problem = "not started"
        """Why it does not serve, in one line; empty while it does."""
        self._make_server, self._ended = make_server, ended
        self._requested_port = self._port = port
        self._closing = threading.Event()
        self._next_try_at = -float("inf")

    @property
    def port(self) -> int:
        """The port it serves at, or the one it is still trying to get."""
        return self._port

    @property
    def url(self) -> str:
        """Where to find what it serves."""
        return url_of(self.host, self._port)

    def start(self) -> None:
        """Open the port and the thread. Never raises: a taken port is one line in the log, `poll` tries again."""
        try:
            listener = bind(self.host, self._requested_port)
        except OSError as error:
            reason = str(error.strerror).partition(" (")[0]  # Python adds the address a second time
            self._say(f"cannot serve {self.what} at {self.host}:{self._requested_port}: {reason}; trying again")
            return
        self.problem = ""
        self._port = int(listener.getsockname()[1])
        self.thread = threading.Thread(target=self._serve, args=(listener,), name=self.what, daemon=True)
        self.thread.start()

    def poll(self, now: float) -> None:
        """Try a taken port again, and a server that died; show thread, `now` in monotonic seconds."""
        if self._closing.is_set() or (self.thread is not None and self.thread.is_alive()):
            return
        if now >= self._next_try_at:
            self._next_try_at = now + _RETRY_S
            self.start()

    def close(self) -> None:
        """Stop serving and give the port back."""
        self._closing.set()
        if self.server is not None:
            self.server.should_exit = True
        if self.thread is not None:
            self.thread.join(_CLOSE_TIMEOUT_S)

    def _say(self, problem: str) -> None:
        if problem != self.problem:
            _log.warning(problem)
        self.problem = problem

    def _serve(self, listener: socket.socket) -> None:
        with listener:
            if self._closing.wait(_HEAD_START_S):
                return
            self.server = self._make_server(listener)
            try:
                if not self._closing.is_set():
                    self.server.run(sockets=[listener])
            finally:
                self._ended()
