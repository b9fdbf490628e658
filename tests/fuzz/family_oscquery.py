"""OSCQuery: requests as bytes on a connection through the real protocol, and a WebSocket's commands and OSC packets."""

import asyncio
import json
import logging
import struct
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import Any, Final

from hypothesis import strategies as st
from hypothesis.strategies import SearchStrategy

from installation.control.osc.messages import read_packet, write_message
from installation.control.oscquery.app import QuerySources, make_query_app
from installation.control.oscquery.listeners import Listeners
from installation.control.oscquery.namespace import ATTRIBUTES
from installation.control.oscquery.service import choices_of
from installation.control.rejections import RejectionCounter
from installation.desk import Desk
from installation.outputs.layout import Layout, Output
from installation.outputs.store import LayoutStore
from installation.parameters import PARAMETERS
from installation.values import Features
from s2s.serving.access import Access
from s2s.serving.server import make_server
from tests.fuzz.conversation import OwnLoop, converse, speak
from tests.fuzz.documents import HOSTILE, json_of
from tests.fuzz.family import BrokenPromiseError, Family
from tests.fuzz.family_osc import ADDRESSES, bundles_of, messages_of
from tests.fuzz.http_requests import WORDS, request, requests_of

_PATHS: Final = (
    *("/", "/?HOST_INFO", "/audio?CONTENTS", "/audio/gain", "/audio/gain?VALUE", "/audio/gain?RANGE&TYPE", "/output"),
    *("/output/wall/corner/1?VALUE", "/show/preset?RANGE", "/show/next?VALUE", "/show/record?TAGS", "//audio//gain/"),
    *("/audio/gain?value", "/?" + "VALUE&" * 300, "/?token=x&VALUE", "/a/" * 500, "/%2e%2e/", "/audio/%00", "/*", "*"),
)
_COMMANDS: Final[list[Any]] = [
    {"COMMAND": "LISTEN", "DATA": "/audio/gain"},
    {"COMMAND": "IGNORE", "DATA": "/audio/gain"},
    {"COMMAND": "LISTEN", "DATA": "/show/next"},
]
_NOWHERE: Final = logging.getLogger("nowhere")
_BINARY: Final = 0x8000
"""In the two bytes before each message of a conversation: an OSC packet, and no command."""
_MOST_MESSAGES: Final = 40
_MOST_ANSWERS: Final = 3_000


class _Query:
    """The application before a desk and outputs, without a network."""

    def __init__(self, folder: Path) -> None:
        self.desk, self.listeners, self.own = Desk(), Listeners(), OwnLoop()
        self.rejections = RejectionCounter("OSCQuery", _NOWHERE)
        sources = QuerySources(
            self.desk,
            osc=lambda: ("0.0.0.0", 9_000),
            choices=lambda: choices_of(["gallery"], ["default"]),
            listeners=self.listeners,
            rejections=self.rejections,
            outputs=LayoutStore(folder / "outputs.yaml", Layout((Output("wall"), Output("left")))),
        )
        self.app = make_query_app(sources, Access("127.0.0.1"))
        self._now = 0.0

    def turn(self) -> None:
        """Let the show take what was asked for, and look at what was said."""
        self._now += 0.05
        self.desk.tick(self._now, Features())
        reason = self.rejections.last
        if reason.startswith("no answer to") or not reason.isprintable() or len(reason) > 201:
            raise BrokenPromiseError(f"said {reason[:300]!r}")
        if len(self.listeners):
            raise BrokenPromiseError("somebody who has gone is still told")


def _seeds(_folder: Path) -> list[bytes]:
    upgrade = ["Connection: Upgrade", "Upgrade: websocket", "Sec-WebSocket-Version: 13"]
    socket = request(
        "GET", "/", ["Host: localhost", *upgrade, "Sec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ=="], b"", honest=False
    )
    command = json.dumps(_COMMANDS[0]).encode()
    return [
        *(request("GET", path, [], b"", honest=True) for path in _PATHS[:14]),
        socket + bytes([0x81, 0x80 | len(command)]) + bytes(4) + command,
    ]


def _requests(_seeds: Sequence[bytes]) -> SearchStrategy[bytes]:
    attributes = st.lists(st.sampled_from((*ATTRIBUTES, "HOST_INFO", "X", "")), max_size=4).map("&".join)
    addresses = st.one_of(st.sampled_from(ADDRESSES), st.text(st.characters(max_codepoint=255), max_size=20))
    paths = st.one_of(st.sampled_from(_PATHS), st.builds(lambda path, what: f"{path}?{what}", addresses, attributes))
    return requests_of(paths, st.binary(max_size=40))


@contextmanager
def _http(folder: Path) -> Iterator[Callable[[bytes], None]]:
    query = _Query(folder)
    server = make_server(query.app, websockets=True)
    server.config.load()

    def read(case: bytes) -> None:
        async def conversation() -> None:
            told = await converse(server, case, query.own.loop)
            if told and not told.startswith((b"HTTP/1.1 ", b"HTTP/1.0 ")):
                raise BrokenPromiseError(f"an answer that is none: {told[:80]!r}")
            if told[9:10] == b"5" and told[9:12] != b"503":
                raise BrokenPromiseError(f"answered {told[:200]!r}")
            for _ in range(50):
                if not len(query.listeners):
                    break
                await asyncio.sleep(0)

        query.own.run(conversation())
        query.turn()

    yield read
    query.own.close()


def _conversation(messages: Sequence[str | bytes]) -> bytes:
    said = [(one.encode("utf-8", "replace"), 0) if isinstance(one, str) else (one, _BINARY) for one in messages]
    return b"".join(struct.pack(">H", len(one) | kind) + one for one, kind in said if len(one) < _BINARY)


def _messages(case: bytes) -> list[str | bytes]:
    found: list[str | bytes] = []
    while len(case) > 1 and len(found) < _MOST_MESSAGES:
        (head,) = struct.unpack_from(">H", case)
        size = head % _BINARY
        one, case = case[2 : 2 + size], case[2 + size :]
        found.append(one if head & _BINARY else one.decode("utf-8", "replace"))
    return found


def _conversations(_seeds: Sequence[bytes]) -> SearchStrategy[bytes]:
    data = st.one_of(st.sampled_from(ADDRESSES), st.sampled_from(tuple(PARAMETERS)), st.sampled_from(HOSTILE))
    commands = st.fixed_dictionaries({"COMMAND": st.sampled_from(("LISTEN", "IGNORE", "", None, 1)), "DATA": data})
    texts = st.one_of(commands.map(json.dumps), json_of(_COMMANDS, ("COMMAND", "DATA")).map(_as_text))
    packets = bundles_of(messages_of(ADDRESSES))
    return st.lists(st.one_of(texts, packets), min_size=1, max_size=8).map(_conversation)


def _as_text(document: bytes) -> str:
    return document.decode("utf-8", "replace")


@contextmanager
def _socket(folder: Path) -> Iterator[Callable[[bytes], None]]:
    query = _Query(folder)

    def read(case: bytes) -> None:
        async def conversation() -> None:
            heard = await speak(query.app, "/", _messages(case))
            if len(heard) > _MOST_ANSWERS:
                raise BrokenPromiseError(f"{len(heard)} answers to {len(case)} bytes")
            for one in heard:
                if one.get("bytes") is not None and read_packet(one["bytes"]).unreadable:
                    raise BrokenPromiseError(f"told {one['bytes']!r}, which is no OSC")

        query.own.run(conversation())
        query.turn()

    yield read
    query.own.close()


OSCQUERY: Final = Family(
    "oscquery",
    _seeds,
    _requests,
    _http,
    words=(*WORDS, b"?HOST_INFO", *(f"?{name}".encode() for name in ATTRIBUTES)),
    share=150,
)
OSCQUERY_SOCKET: Final = Family(
    "oscquery-socket",
    lambda _folder: [
        _conversation([json.dumps(one) for one in _COMMANDS]),
        _conversation([json.dumps(_COMMANDS[0]), write_message("/audio/gain", -6.0), write_message("/audio/gain")]),
        _conversation([write_message("/output/wall/corner/1", 0.1, 0.2), write_message("/latent/*", 0.5)]),
    ],
    _conversations,
    _socket,
    words=(b'{"COMMAND":"LISTEN","DATA":"/audio/gain"}', b"#bundle\0", b",f\0\0", b"/*\0\0", b"/{a,b}"),
    share=80,
)
