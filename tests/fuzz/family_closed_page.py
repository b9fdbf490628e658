"""A page that is open to the network, asked by somebody without a token: nothing but a refusal may be answered."""

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Final
from unittest.mock import patch

from installation.control.page.app import PageApp
from installation.control.page.sources import Sources
from installation.desk import Desk
from installation.status import ShowStatus
from installation.values import Features
from s2s.serving.access import Access
from s2s.serving.keys import Keyring, Tokens, View
from s2s.serving.limits import PeerLimits
from s2s.serving.server import make_server
from tests.fuzz.conversation import OwnLoop, converse
from tests.fuzz.family import BrokenPromiseError, Family
from tests.fuzz.family_page import requests, seeds
from tests.fuzz.http_requests import WORDS

_REFUSALS: Final = frozenset({b"100", b"400", b"401", b"403", b"426", b"429", b"431"})
"""With what a stranger is turned away; and a body may be waited for (100)."""
_NO_HANDSHAKE: Final = b"Failed to open a WebSocket connection"
"""Said before any application is asked."""


@contextmanager
def _closed(_folder: Path) -> Iterator[Callable[[bytes], None]]:
    desk, tokens, own = Desk(), Tokens.new(), OwnLoop()
    access = Access("0.0.0.0", keys=Keyring(tokens, lambda: View.TOKEN))
    sources = Sources(desk, ShowStatus, lambda: b"\xff\xd8", lambda: ["gallery"])
    app, _hub = PageApp(sources, access, limits=PeerLimits(rate=1e12, burst=1e12)).guarded()
    server = make_server(app, websockets=True)
    server.config.load()
    taken: list[str] = []
    desk.watch(lambda address, _value, _origin: taken.append(address))

    def read(case: bytes) -> None:
        async def conversation() -> None:
            told = await converse(server, case, own.loop)
            statuses = {line[9:12] for line in told.split(b"\r\n") if line.startswith(b"HTTP/1.1 ")}
            if not statuses <= _REFUSALS and _NO_HANDSHAKE not in told:
                raise BrokenPromiseError(f"a stranger was answered {told[:200]!r}")
            if tokens.full.encode() in told or tokens.read.encode() in told:
                raise BrokenPromiseError("a stranger was told a token")

        own.run(conversation())
        desk.tick(0.0, Features())
        if taken:
            raise BrokenPromiseError(f"a stranger has set {taken}")

    with patch("s2s.serving.limits._FIRST_DELAY_S", 0.0):  # whoever guesses would wait
        yield read
    own.close()


CLOSED_PAGE: Final = Family("closed-page", seeds, requests, _closed, words=WORDS, share=100)
