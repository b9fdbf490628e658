"""A client of OSCQuery written from the proposal alone: it knows nothing of this program but an address.

It walks the namespace over HTTP, sets over UDP or over the WebSocket, and listens. What the proposal says a client does
it does: it asks HOST_INFO where OSC is received, and sends again what UDP may have lost.
"""

import json
import socket
import time
import urllib.error
import urllib.request
from collections.abc import Iterator
from contextlib import ExitStack
from functools import partial
from types import TracebackType
from typing import Any, Final, Self
from urllib.parse import urlsplit

from pythonosc.osc_message import OscMessage
from pythonosc.osc_message_builder import OscMessageBuilder
from websockets.sync.client import ClientConnection, connect

WRITABLE: Final = 2
_AGAIN_S: Final = 0.5
_GIVE_UP_S: Final = 30.0

Node = dict[str, Any]


class Walker:
    """Speaks to the server at `url`; as a context it holds a WebSocket."""

    def __init__(self, url: str) -> None:
        self.url = url.rstrip("/")
        self.host_info: Node = self.get("/?HOST_INFO")
        self._udp: socket.socket | None = None
        self._socket: ClientConnection | None = None
        self._opened = ExitStack()

    def __enter__(self) -> Self:
        ip = self.host_info.get("WS_IP", urlsplit(self.url).hostname)
        port = self.host_info.get("WS_PORT", urlsplit(self.url).port)
        self._udp = self._opened.enter_context(socket.socket(socket.AF_INET, socket.SOCK_DGRAM))
        self._socket = self._opened.enter_context(connect(f"ws://{ip}:{port}/", compression=None))
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, traceback: TracebackType | None
    ) -> None:
        self._opened.close()

    def get(self, target: str) -> Node:
        """Return what there is at a path with a query, as an object."""
        status, body = self.ask(target)
        assert status == 200, f"{target}: {status} {body!r}"
        document: Node = json.loads(body)
        return document

    def ask(self, target: str) -> tuple[int, bytes]:
        """Return status and body."""
        try:
            with urllib.request.urlopen(self.url + target, timeout=30) as answer:
                return answer.status, answer.read()
        except urllib.error.HTTPError as error:
            with error:
                return error.code, error.read()

    def methods(self, node: Node | None = None) -> Iterator[Node]:
        """Walk the namespace; every node is where its FULL_PATH says."""
        node = self.get("/") if node is None else node
        for name, below in node.get("CONTENTS", {}).items():
            assert below["FULL_PATH"] == f"{node['FULL_PATH'].rstrip('/')}/{name}"
            yield from self.methods(below)
        if "CONTENTS" not in node:
            yield node

    def value(self, path: str) -> Any:
        """Return the one value at `path`."""
        (value,) = self.get(f"{path}?VALUE")["VALUE"]
        return value

    def set_over_udp(self, path: str, tag: str, value: Any) -> None:
        """Send, and again after a while, until the value is there."""
        assert self._udp is not None
        ip = self.host_info.get("OSC_IP", urlsplit(self.url).hostname)
        whole = (packet(path, tag, value), (ip, self.host_info["OSC_PORT"]))
        self._set(path, value, partial(self._udp.sendto, *whole))

    def set_over_socket(self, path: str, tag: str, value: Any) -> None:
        """The same over the WebSocket."""
        self._set(path, value, lambda: self.send(packet(path, tag, value)))

    def send(self, message: bytes | str) -> None:
        """Send an OSC packet or a command over the WebSocket."""
        assert self._socket is not None
        self._socket.send(message)

    def command(self, name: str, path: str) -> None:
        """LISTEN or IGNORE."""
        self.send(json.dumps({"COMMAND": name, "DATA": path}))

    def receive(self, within_s: float = _GIVE_UP_S) -> tuple[str, Any]:
        """Return the next thing told: an address with its value, or a command with its data."""
        assert self._socket is not None
        told = self._socket.recv(within_s)
        if isinstance(told, str):
            command = json.loads(told)
            return command["COMMAND"], command["DATA"]
        if told.endswith(b",I\0\0"):  # an impulse, which python-osc does not read
            return told.partition(b"\0")[0].decode(), None
        message = OscMessage(told)
        return message.address, message.params[0] if len(message.params) == 1 else tuple(message.params)

    def wait_for(self, address: str, value: Any) -> None:
        """Wait until it is told that `address` has `value`, whatever else is told meanwhile."""
        ends_at = time.monotonic() + _GIVE_UP_S
        while (told := self.receive())[0] != address or not near(told[1], value):
            assert time.monotonic() < ends_at, f"{address} {value!r} was not told"

    def _set(self, path: str, value: Any, send: Any) -> None:
        ends_at = time.monotonic() + _GIVE_UP_S
        while True:
            send()
            again_at = time.monotonic() + _AGAIN_S
            while time.monotonic() < again_at:
                if near(self.value(path), value):
                    return
                time.sleep(0.005)
            assert time.monotonic() < ends_at, f"{path} does not take {value!r}"


def ends_of(node: Node) -> list[tuple[str, Any]]:
    """Return the type tags and values at the ends of what a method takes; none where the proposal names none."""
    tag = node["TYPE"]
    if tag in ("T", "F"):
        return [("T", True), ("F", False)]
    (limits,) = node.get("RANGE", [{}])
    if "VALS" in limits:
        return [(tag, limits["VALS"][0]), (tag, limits["VALS"][-1])]
    return [(tag, limits[end]) for end in ("MIN", "MAX") if end in limits]


def packet(path: str, tag: str, value: Any) -> bytes:
    """Return the OSC message."""
    builder = OscMessageBuilder(address=path)
    if tag in ("T", "F"):
        builder.add_arg(tag == "T", tag)
    elif tag == "I":
        builder.add_arg(True)
    else:
        builder.add_arg(value, tag)
    datagram: bytes = builder.build().dgram
    return datagram


def near(one: Any, other: Any) -> bool:
    """Whether two values are the same but for what 32 bits lose."""
    if isinstance(one, float) and isinstance(other, int | float):
        return abs(one - other) <= 1e-5 * max(1.0, abs(other))
    return bool(one == other)
