"""The operator page: requests as bytes on a connection through the real protocol, and its WebSocket's messages."""

import json
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import Any, Final
from unittest.mock import patch

from hypothesis import strategies as st
from hypothesis.strategies import DrawFn, SearchStrategy
from starlette.types import ASGIApp

from installation.control.page.app import PageApp
from installation.control.page.rest import product
from installation.control.page.sources import Sources
from installation.desk import Desk
from installation.outputs.layout import Layout, Output
from installation.outputs.store import LayoutStore
from installation.parameters import PARAMETERS
from installation.presets.naming import PRESET_FOLDER
from installation.presets.shelf import PresetShelf
from installation.status import ShowStatus
from installation.values import Features
from s2s.serving.limits import PeerLimits
from s2s.serving.server import make_server
from tests.fuzz.conversation import OwnLoop, converse, speak
from tests.fuzz.documents import HOSTILE, edited, json_of
from tests.fuzz.family import BrokenPromiseError, Family
from tests.fuzz.http_requests import WORDS, request, requests_of

_PATHS: Final = (
    *("/", "/web/page.js", "/web/../app.py", "/web/%2e%2e/app.py", "/web//etc/passwd", "/web/..%2f..%2frest.py"),
    *("/api/parameters", "/api/parameters/audio/gain", "/api/parameters/%00", "/api/presets/gallery/thumbnail"),
    *("/api/presets/..%2f..%2fsetup/thumbnail", "/api/presets/%ff/thumbnail", "/api/status", "/api/picture.jpg"),
    *("/api/outputs", "/api/outputs/wall", "/api/outputs/%2e%2e", "/api/preset", "/api/cue", "/api/blackout"),
    *(
        "/api/health",
        "/health",
        "/metrics",
        "/metrics?view=read&token=x",
        "/api/version",
        "/api/openapi.json",
        "/api/docs",
        "/api/live",
        "/api/token",
        "*",
        "//x",
        "http://x/",
    ),
)
_LAYOUT: Final[dict[str, Any]] = {
    "outputs": [{"name": "wall", "monitor": 0, "corners": [[0, 0], [1, 0], [1, 1], [0, 1]]}],
    "name": "wall",
    "corner": {"1": [0.1, 0.2]},
    "mask": {"1": [[0, 0], [0.2, 0], [0, 0.2]]},
    "blend": {"left": 0.1},
    "value": True,
    "values": {"/audio/gain": -6, "/show/blackout": False},
}


def seeds(_folder: Path) -> list[bytes]:
    """Return requests that the page answers."""
    bodies = [
        ("PUT", "/api/parameters/audio/gain", b'{"value": -6}'),
        ("PUT", "/api/parameters", b'{"values": {"/audio/gain": 1}}'),
    ]
    bodies += [
        ("PATCH", "/api/outputs/wall", b'{"corner": {"1": [0.1, 0.2]}}'),
        ("PUT", "/api/preset", b'{"value": "gallery"}'),
    ]
    bodies += [("POST", "/api/outputs", b'{"name": "other"}'), ("DELETE", "/api/outputs/other", b"")]
    upgrade = [
        "Connection: Upgrade",
        "Upgrade: websocket",
        "Sec-WebSocket-Version: 13",
        "Sec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==",
    ]
    live = request("GET", "/api/live", ["Host: localhost", *upgrade], b"", honest=False)
    frame = bytes([0x81, 0x80 | 15]) + bytes(4) + b'{"type":"ping"}'
    in_chunks = ["Host: localhost", "Transfer-Encoding: chunked"]
    chunks = b'7\r\n{"value\r\n6\r\n": -6}\r\n0\r\n\r\n'
    return (
        [request("GET", path, [], b"", honest=True) for path in _PATHS[:26]]
        + [request(*b[:2], [], b[2], honest=True) for b in bodies]
        + [request("PUT", "/api/parameters/audio/gain", in_chunks, chunks, honest=False)]
        + [request("GET", "/api/status", in_chunks, chunks, honest=False)]
        + [live + frame]
    )


def requests(_seeds: Sequence[bytes]) -> SearchStrategy[bytes]:
    """Draw requests that it might answer."""
    paths = st.one_of(
        st.sampled_from(_PATHS),
        st.sampled_from(tuple(PARAMETERS)).map(lambda address: f"/api/parameters{address}"),
        st.builds(lambda a, b: a + b, st.sampled_from(_PATHS), st.text(st.characters(max_codepoint=255), max_size=20)),
    )
    bodies = st.one_of(json_of([_LAYOUT, _LAYOUT["outputs"][0]], tuple(_LAYOUT)), st.binary(max_size=60))
    return requests_of(paths, bodies)


class _Page:
    """A page without a network."""

    def __init__(self, folder: Path) -> None:
        self.desk, self.said = Desk(), list[str]()
        shelf = PresetShelf((folder, PRESET_FOLDER))
        sources = Sources(
            self.desk,
            ShowStatus,
            lambda: b"\xff\xd8",
            shelf.names,
            shelf=shelf,
            outputs=LayoutStore(folder / "outputs.yaml", Layout((Output("wall"),))),
        )
        limits = PeerLimits(rate=1e12, burst=1e12)
        self.app, self.hub = PageApp(sources, refused=self._refused, limits=limits).guarded()
        self.own = OwnLoop()
        self._now = 0.0

    def _refused(self, reason: str) -> None:
        self.said = [*self.said[-20:], reason]

    def turn(self) -> None:
        """Let the show take what was asked for, and look at what was said."""
        self._now += 0.05
        self.desk.tick(self._now, Features())
        said, self.said = self.said, []
        for reason in said:
            if reason.startswith("no answer to") or "a page was not told" in reason:
                raise BrokenPromiseError(reason[:300])


@contextmanager
def _http(folder: Path) -> Iterator[Callable[[bytes], None]]:
    page = _Page(folder)
    server = make_server(page.app, websockets=True)
    server.config.load()

    def read(case: bytes) -> None:
        async def conversation() -> None:
            answer = await converse(server, case, page.own.loop)
            status = answer[:12]
            if answer and not answer.startswith((b"HTTP/1.1 ", b"HTTP/1.0 ")):
                raise BrokenPromiseError(f"an answer that is none: {answer[:80]!r}")
            if status[9:10] == b"5" and status[9:12] != b"503":
                raise BrokenPromiseError(f"answered {answer[:200]!r}")
            if b"root:" in answer or (
                b"import " in answer.partition(b"\r\n\r\n")[2][:2_000] and b"text/javascript" not in answer
            ):
                raise BrokenPromiseError("a file of the machine was told")

        page.own.run(conversation())
        page.turn()

    with patch("installation.control.page.rest.revision", lambda: None):  # which asks git, a process
        yield read
    product.cache_clear()
    page.own.close()


@st.composite
def _spoken(draw: DrawFn) -> bytes:
    """Draw some messages of a page, a line each."""
    values = st.one_of(st.sampled_from(HOSTILE), st.floats(), st.integers(), st.text(max_size=30))
    addresses = st.one_of(st.sampled_from(tuple(PARAMETERS)), st.text(max_size=20))
    sets = st.fixed_dictionaries({"type": st.just("set"), "id": values, "address": addresses, "value": values})
    edits = st.fixed_dictionaries(
        {"type": st.just("output"), "name": st.sampled_from(("wall", "x", "")), "change": edited([_LAYOUT])}
    )
    others = st.fixed_dictionaries(
        {"type": st.sampled_from(("ping", "picture", "hello", "", None)), "fps": values, "t": values}
    )
    spoken = draw(st.lists(st.one_of(sets, edits, others), min_size=1, max_size=6))
    return b"\n".join(json.dumps(one).encode() for one in spoken)


async def _live(app: ASGIApp, case: bytes) -> None:
    said = [line if line.startswith(b"\0") else line.decode("utf-8", "replace") for line in case.split(b"\n")[:40]]
    for message in await speak(app, "/api/live", said):
        if message.get("text") is not None:
            json.loads(message["text"], parse_constant=_no_number)


def _no_number(name: str) -> None:
    raise BrokenPromiseError(f"a page is told {name}, which is no JSON")


@contextmanager
def _websocket(folder: Path) -> Iterator[Callable[[bytes], None]]:
    page = _Page(folder)

    def read(case: bytes) -> None:
        page.own.run(_live(page.app, case))
        page.turn()

    yield read
    page.own.close()


HTTP: Final = Family(
    "http",
    seeds,
    requests,
    _http,
    words=WORDS,
    share=340,
)
WEBSOCKET: Final = Family(
    "websocket",
    lambda _folder: [
        b'{"type":"set","id":1,"address":"/audio/gain","value":-6}',
        b'{"type":"output","name":"wall","change":{"corner":{"1":[0.1,0.2]}}}',
        b'{"type":"picture","fps":5}\n{"type":"ping","t":1}',
    ],
    lambda _seeds: _spoken(),
    _websocket,
    words=(b'"type":"set"', b'"value":', b'{"type":"output"', b"\n\0", b'"mask":', b"NaN", b"1e999"),
    share=80,
)
