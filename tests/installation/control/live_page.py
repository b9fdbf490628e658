"""The operator page on a real socket, with clients that speak to its WebSocket as a browser does."""

import json
import time
from collections.abc import Callable, Iterator
from contextlib import closing, contextmanager
from pathlib import Path
from typing import Any, Final, Self
from unittest.mock import patch

from websockets.sync.client import ClientConnection, connect

from installation.control.page.service import OperatorPage
from installation.control.page.sources import Sources
from installation.desk import Desk
from installation.status import ShowStatus
from installation.values import Features
from s2s.serving.keys import View
from tests.waiting import wait_until

_PATIENCE_S: Final = 30.0
_GOODBYE_S: Final = 0.1
"""What was not read lies before the server's goodbye, which a client would wait ten seconds for."""


class LivePage:
    """One page that is connected; reads what it is told."""

    def __init__(self, connection: ClientConnection) -> None:
        self.connection = connection

    def say(self, **message: Any) -> None:
        """Say one message."""
        self.connection.send(json.dumps(message))

    def hear(self, kind: str, wanted: Callable[[Any], bool] = lambda _message: True) -> Any:
        """Return the next message of a kind that is `wanted`; "picture" gives its bytes."""
        ends_at = time.monotonic() + _PATIENCE_S
        while True:
            message = self.connection.recv(timeout=max(ends_at - time.monotonic(), 0.0))
            if isinstance(message, bytes):
                if kind == "picture" and wanted(message):
                    return message
                continue
            told = json.loads(message)
            if told["type"] == kind and wanted(told):
                return told

    def hear_value(self, address: str, value: object) -> None:
        """Wait until the page is told that a parameter has a value."""
        self.hear("values", lambda told: told["values"].get(address, self) == value)

    def set(self, address: str, value: object, number: int = 1) -> Self:
        """Ask for a value."""
        self.say(type="set", id=number, address=address, value=value)
        return self


@contextmanager
def live(port: int, path: str = "/api/live", **more: Any) -> Iterator[LivePage]:
    """Connect a page to the server at `port`."""
    with connect(
        f"ws://127.0.0.1:{port}{path}", compression=None, max_size=None, close_timeout=_GOODBYE_S, **more
    ) as connection:
        yield LivePage(connection)


@contextmanager
def served(
    sources: Sources,
    host: str = "127.0.0.1",
    token_file: Path | None = None,
    view: Callable[[], View] = lambda: View.NONE,
) -> Iterator[OperatorPage]:
    """Serve a page, and wait until it is."""
    page = OperatorPage(sources, host=host, port=0, token_file=token_file, view=view)
    with (
        closing(page),
        patch("installation.control.web_thread._HEAD_START_S", 0.0),
    ):  # there is no first picture to wait for
        page.start()
        assert wait_until(lambda: page._web.server is not None and page._web.server.started, within_s=60)
        yield page


def sources_of(desk: Desk, **more: Any) -> Sources:
    """Return a page's sources for a desk that nothing ticks."""
    return Sources(desk, ShowStatus, lambda: b"generated", lambda: ["gallery"], **more)


class Turns:
    """Stands in for the show: ticks a desk whenever it is told to."""

    def __init__(self, desk: Desk) -> None:
        self._desk = desk
        self._now = 0.0

    def tick(self) -> None:
        """Take in what was asked for."""
        self._now += 0.1
        self._desk.tick(self._now, Features())
