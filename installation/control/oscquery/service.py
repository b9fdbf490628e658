"""OSCQuery: any host finds every live control with its type, range and value, and hears it move, with no set-up.

`namespace` says how the table is described, `app` answers, `listeners` keeps who listens. A
thread beside the server looks now and then which presets and models there are, so that no answer waits for a disk.
"""

import logging
import socket
import threading
from collections.abc import Callable, Mapping, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Final

from installation.control.discovery import local_name, own_name
from installation.control.osc.output_news import NamespaceChanges, OutputNews
from installation.control.oscquery.listeners import Listeners, PathNews, Values
from installation.control.oscquery.namespace import Choices
from installation.control.page.page_token import PageToken, terminal_of
from installation.control.rejections import RejectionCounter
from installation.control.web_thread import WebThread
from installation.control_status import OscQueryStatus
from installation.desk import Desk
from installation.outputs.store import LayoutStore
from installation.presets.naming import preset_names
from s2s.serving.access import Access, is_loopback
from s2s.serving.addresses import reachable, url_of
from s2s.serving.keys import View

if TYPE_CHECKING:
    from uvicorn import Server

_LOOK_EVERY_S: Final = 2.0

_log = logging.getLogger(__name__)


class OscQuery:
    """Serves the namespace at `host`:`port`; port 0 lets the system choose. Away from loopback it asks for a token.

    `token` is the operator page's, where that asks for one; else it has its own, kept in `token_file`. `osc` says at
    which host and port OSC is received. `presets` and `models` are called from a thread of its own.
    """

    def __init__(
        self,
        desk: Desk,
        *,
        osc: Callable[[], tuple[str, int]],
        presets: Callable[[], Sequence[str]] = preset_names,
        models: Callable[[], Sequence[str]] = tuple,
        host: str = "127.0.0.1",
        port: int = 9002,
        token: PageToken | None = None,
        token_file: Path | None = None,
        outputs: LayoutStore | None = None,
    ) -> None:
        self._outputs = outputs
        self._desk, self._osc = desk, osc
        self._presets, self._models = presets, models
        self._choices: Choices = {}
        self._shares_token = token is not None
        self._token = None if is_loopback(host) else token or PageToken(token_file, lambda: View.NONE, "OSCQuery")
        self._rejections = RejectionCounter("OSCQuery", _log)
        self._listeners = Listeners()
        self._web = WebThread("OSCQuery", host, port, self._make_server)
        self._announced = False
        self._closing = threading.Event()
        self._looker = threading.Thread(target=self._look, name="oscquery-choices", daemon=True)
        desk.watch(self._on_change)
        desk.watch_rows(self._on_rows)
        if outputs is not None:
            OutputNews(outputs, self._on_outputs, self._on_paths)

    @property
    def host(self) -> str:
        return self._web.host

    @property
    def port(self) -> int:
        """The port it serves at, or the one it is still trying to get."""
        return self._web.port

    def start(self) -> None:
        """Open the port and the threads. Never raises: a taken port is one line in the log, `poll` tries again."""
        self._looker.start()
        self._web.start()

    def poll(self, now: float) -> None:
        """Try a taken port again, log what was refused; show thread, `now` in monotonic seconds."""
        self._rejections.report(now)
        self._web.poll(now)

    def status(self) -> OscQueryStatus:
        """Return where it is and who is connected; `problem` is empty while it serves."""
        rejections = self._rejections
        return OscQueryStatus(
            url=self._web.url,
            problem=self._web.problem,
            clients=len(self._listeners),
            refused=rejections.count,
            last_refusal=rejections.last,
        )

    def close(self) -> None:
        """Stop serving and give the port back."""
        self._closing.set()
        self._web.close()

    def _make_server(self, _listener: socket.socket) -> "Server":
        from installation.control.oscquery.app import QuerySources, make_query_app
        from s2s.serving.server import make_server

        token = self._token
        if token is not None:
            token.load()
        sources = QuerySources(
            desk=self._desk,
            osc=self._osc,
            choices=lambda: self._choices,
            listeners=self._listeners,
            rejections=self._rejections,
            closing=self._closing.is_set,
            outputs=self._outputs,
            announced_as=local_name(own_name(socket.gethostname())),
        )
        access = Access.of(self.host, None if token is None else token.keys)
        app = make_query_app(sources, access, cookie=f"query{self.port}")
        self._announce()
        return make_server(app, websockets=True)

    def _on_change(self, address: str, value: float | int | bool | str, _origin: str) -> None:
        self._listeners.tell(address, value)

    def _on_rows(self, came: Sequence[str], went: Sequence[str]) -> None:
        self._listeners.tell_of_paths(went, PathNews.REMOVED)
        self._listeners.tell_of_paths(came, PathNews.ADDED)

    def _on_outputs(self, changed: Mapping[str, Values]) -> None:
        for address, values in changed.items():
            self._listeners.tell(address, *values)

    def _on_paths(self, changed: NamespaceChanges) -> None:
        for news, paths in zip((PathNews.ADDED, PathNews.REMOVED, PathNews.CHANGED), changed, strict=True):
            self._listeners.tell_of_paths(paths, news)

    def _look(self) -> None:
        """Keep the choices of texts; tell the clients where they change."""
        while True:
            try:
                new = choices_of(self._presets(), self._models())
            except Exception as error:  # a folder in trouble: what was known of it stays
                _log.debug("listing presets and models: %s", error)
                new = self._choices
            changed = [address for address, names in new.items() if names != self._choices.get(address)]
            is_first, self._choices = not self._choices, new
            if changed and not is_first:
                self._listeners.tell_of_paths(changed)
            if self._closing.wait(_LOOK_EVERY_S):
                return

    def _announce(self) -> None:
        """Say where it is, once; a token of its own stands on a terminal alone."""
        if self._announced:
            return
        self._announced = True
        addresses = [url_of(host, self.port) for host in reachable(self.host)]
        if self._token is None:
            _log.info("OSCQuery at %s", self._web.url)
        elif self._shares_token:
            where = " or ".join(addresses)
            _log.warning("OSCQuery can be reached from the network at %s; its token is the operator page's", where)
        else:
            self._token.announce(addresses, terminal_of())


def choices_of(presets: Sequence[str], models: Sequence[str]) -> Choices:
    """Return what those texts may be that name something."""
    none_or_one = ("", *presets)
    return {
        **{"/show/preset": tuple(presets), "/show/model": tuple(models)},
        **{"/show/a": none_or_one, "/show/b": none_or_one},
    }
