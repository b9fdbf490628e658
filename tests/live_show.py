"""A small show that speaks the page's WebSocket to real browsers: one table of values, and no picture but a grey one.

It can be lost and regained at the same port, and counts what it was asked.
"""

import io
import json
import mimetypes
import threading
from collections.abc import Mapping, Sequence
from contextlib import suppress
from http import HTTPStatus
from types import TracebackType
from typing import Any, Final, Self

from PIL import Image
from websockets import ConnectionClosed
from websockets.datastructures import Headers
from websockets.http11 import Request, Response
from websockets.sync.server import Server, ServerConnection, serve

from installation.control.page import files
from installation.parameter import Kind
from installation.parameters import DEEDS, PARAMETERS
from installation.plain import to_plain
from installation.status import ShowStatus

WEB: Final = files.FOLDER
POLICY: Final = "default-src 'self'; base-uri 'none'; frame-ancestors 'none'"
PRESETS: Final = (
    {"name": "gallery", "description": "Unattended and calm.", "thumbnail": None, "from": "shipped"},
    {"name": "performance", "description": "Quick, for a hand.", "thumbnail": "/thumbnail", "from": "venue"},
)


class LiveShow:
    """`with LiveShow() as show`; `values` are what the desk holds, `sets` what pages have asked for, in order."""

    def __init__(self, access: str = "full") -> None:
        self.access = access
        self.values: dict[str, Any] = {a: p.default for a, p in PARAMETERS.items() if p.kind is not Kind.TRIGGER}
        self.sets: list[tuple[str, Any]] = []
        self.pictures_asked: list[float] = []
        self.status: Mapping[str, Any] = dict(to_plain(ShowStatus()))
        self.events: Sequence[Mapping[str, Any]] = ()
        self.refuse: set[str] = set()
        self.needs_token = False
        self.picture = grey((96, 54))
        self._server: Server | None = None
        self._port = 0
        self._pages: set[ServerConnection] = set()
        self._ended = threading.Event()

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self._port}/"

    def __enter__(self) -> Self:
        self.start()
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.stop()

    def start(self) -> None:
        """Answer, at the same port as before."""
        self._ended.clear()
        self._server = serve(self._hold, "127.0.0.1", self._port, process_request=self._answer, compression=None)
        self._port = int(self._server.socket.getsockname()[1])
        threading.Thread(target=self._server.serve_forever, daemon=True).start()

    def stop(self) -> None:
        """Be gone, as a killed show is."""
        self._ended.set()
        for page in list(self._pages):
            page.socket.close()
        if self._server is not None:
            self._server.shutdown()

    def set(self, address: str, value: Any) -> None:
        """Move a control from elsewhere."""
        self.values[address] = value
        self.say({"type": "values", "values": {address: value}})

    def say(self, message: object) -> None:
        """Tell every page."""
        for page in list(self._pages):
            _send(page, json.dumps(message))

    def show_picture(self) -> None:
        for page in list(self._pages):
            _send(page, self.picture)

    def hello(self) -> dict[str, Any]:
        rows = [{**_row(address), "value": self.values.get(address)} for address in PARAMETERS]
        about = {"type": "hello", "version": 1, "access": self.access, "product": "Sound to Scene"}
        return {**about, "parameters": rows, "presets": PRESETS, "models": ["default", "wild"], "deeds": sorted(DEEDS)}

    def _hold(self, page: ServerConnection) -> None:
        _send(page, json.dumps(self.hello()))
        self._pages.add(page)
        ticking = threading.Thread(target=self._tick, args=(page,), daemon=True)
        ticking.start()
        with suppress(ConnectionClosed, OSError):
            for text in page:
                self._hear(page, json.loads(text))
        self._pages.discard(page)

    def _tick(self, page: ServerConnection) -> None:
        while not self._ended.is_set() and page in self._pages:
            _send(page, json.dumps({"type": "status", "status": self.status}))
            _send(page, json.dumps({"type": "events", "events": self.events}))
            self._ended.wait(1)

    def _hear(self, page: ServerConnection, message: dict[str, Any]) -> None:
        match message["type"]:
            case "ping":
                _send(page, json.dumps({"type": "pong", "t": message["t"]}))
            case "picture":
                self.pictures_asked.append(message["fps"])
                _send(page, self.picture)
            case "set" if message["address"] in self.refuse:
                error = f"{message['address']} is not to be moved tonight"
                _send(page, json.dumps({**message, "type": "refused", "error": error}))
            case "set":
                self.sets.append((message["address"], message["value"]))
                if message["address"] in self.values:
                    self.set(message["address"], message["value"])

    def _answer(self, _page: ServerConnection, request: Request) -> Response | None:
        path = request.path.partition("?")[0]
        if self.needs_token:
            return _respond(HTTPStatus.UNAUTHORIZED, b"", "application/json")
        if path == "/api/live":
            return None
        if path == "/thumbnail":
            return _respond(HTTPStatus.OK, self.picture, "image/jpeg")
        file = WEB / (path.removeprefix("/web/") if path != "/" else "index.html")
        if not file.is_file():
            return _respond(HTTPStatus.OK, b"{}", "application/json")
        return _respond(HTTPStatus.OK, file.read_bytes(), mimetypes.guess_type(file)[0] or "text/plain")


def grey(size: tuple[int, int], shade: int = 90) -> bytes:
    """Return a JPEG of one shade."""
    file = io.BytesIO()
    Image.new("RGB", size, (shade, shade, shade)).save(file, "jpeg")
    return file.getvalue()


def _row(address: str) -> dict[str, Any]:
    p = PARAMETERS[address]
    numbers = {"default": p.default, "low": p.low, "high": p.high, "unit": p.unit, "scaling": str(p.scaling)}
    return {"address": address, "kind": str(p.kind), "choices": p.choices, "description": p.description, **numbers}


def _respond(status: HTTPStatus, body: bytes, kind: str) -> Response:
    headers = {"Content-Type": kind, "Content-Length": str(len(body)), "Content-Security-Policy": POLICY}
    return Response(status, status.phrase, Headers({**headers, "Connection": "close"}), body)


def _send(page: ServerConnection, message: str | bytes) -> None:
    with suppress(ConnectionClosed, OSError):
        page.send(message)
