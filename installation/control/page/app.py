"""The operator page as a web application: the table of parameters, how the show is doing, what is on the wall.

Runs in the page's thread (`page.py` imports it there, because Starlette takes its time); endpoints that are no
coroutines run on worker threads of that and must only read what any thread may read, and post to the desk.
"""

import asyncio
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from typing import Final

from starlette.applications import Starlette
from starlette.background import BackgroundTask
from starlette.requests import ClientDisconnect, Request
from starlette.responses import JSONResponse, Response
from starlette.routing import BaseRoute, Route, WebSocketRoute
from starlette.types import ASGIApp
from starlette.websockets import WebSocket

from installation.control.page.files import answer_file, answer_page, door, tagged
from installation.control.page.live import serve_live
from installation.control.page.live_hub import ORIGIN, LiveHub
from installation.control.page.live_outbox import Changes
from installation.control.page.outputs_api import outputs_routes
from installation.control.page.page_json import describe, plain, table
from installation.control.page.rest import WATCHED, rest_routes
from installation.control.page.sources import Sources
from installation.control.rejections import why_unknown
from installation.desk import Desk
from installation.parameter import ParameterError
from installation.parameters import parameter
from installation.plain import to_plain
from s2s.files.document import DocumentError, parse_json
from s2s.files.quote import quoted
from s2s.serving.access import Access
from s2s.serving.body import SMALL_BODY, read_body
from s2s.serving.guard import RequestGuard, token_cookie
from s2s.serving.keys import Key, Tokens
from s2s.serving.limits import PeerLimits
from s2s.serving.policy import headers_for_files

__all__ = ["ORIGIN", "BodyError", "PageApp", "Sources", "describe", "make_app", "plain"]

_NO_STORE: Final = {"Cache-Control": "no-store"}


class BodyError(ValueError):
    """A request body that says no value; the message is one line."""


@dataclass(frozen=True, slots=True)
class PageApp:
    """What stands behind the page. `access` says who may ask (by default this machine), `refused` is told why somebody
    may not, in one line, `cookie` is the name under which a browser keeps the token. `renew` makes new tokens count and
    keeps them; None where none are asked for. `more` are routes that others add.
    """

    sources: Sources
    access: Access = field(default_factory=lambda: Access("127.0.0.1"))
    refused: Callable[[str], None] = lambda _reason: None
    cookie: str = "show"
    changes: Changes = field(default_factory=Changes)
    limits: PeerLimits = field(default_factory=PeerLimits)
    renew: Callable[[], Tokens] | None = None
    more: Sequence[BaseRoute] = ()

    def guarded(self) -> tuple[ASGIApp, LiveHub]:
        """Return the application behind its guard, and who tells the pages that are connected."""
        hub = LiveHub(self.sources, self.changes, self.refused, self._is_out)
        ours = [
            *_pages(),
            *self._tells(hub),
            *self._takes(hub),
            *rest_routes(self.sources),
            *outputs_routes(self.sources),
        ]
        app = Starlette(routes=[*self.more, *ours])
        guard = RequestGuard(
            *(app, self.access, headers_for_files(), self.refused, self.cookie, self.limits),
            door=door(),
            watched=WATCHED,
        )
        return guard, hub

    def _tells(self, hub: LiveHub) -> list[BaseRoute]:
        """Return the routes that only tell how things are."""
        sources = self.sources

        def parameters(_request: Request) -> Response:
            return JSONResponse(table(sources.desk), headers=_NO_STORE)

        def status(_request: Request) -> Response:
            return JSONResponse(plain(to_plain(sources.status())), headers=_NO_STORE)

        def presets(_request: Request) -> Response:
            return JSONResponse(list(sources.presets()), headers=_NO_STORE)

        def models(_request: Request) -> Response:
            return JSONResponse(list(sources.models()), headers=_NO_STORE)

        async def picture(_request: Request) -> Response:
            jpeg = await hub.pictures.glance()
            return _picture(jpeg or await asyncio.to_thread(sources.picture))

        def thumbnail(request: Request) -> Response:
            jpeg = sources.thumbnail(_preset_name(request))
            return Response(status_code=404) if jpeg is None else tagged(request, jpeg, "image/jpeg")

        return [
            Route("/api/parameters", parameters),
            Route("/api/presets", presets),
            Route("/api/presets/{name}/thumbnail", thumbnail),
            Route("/api/models", models),
            Route("/api/status", status),
            Route("/api/picture.jpg", picture),
        ]

    def _takes(self, hub: LiveHub) -> list[BaseRoute]:
        """Return the routes by which something is changed."""

        async def set_parameter(request: Request) -> Response:
            try:
                body = await read_body(request)
            except ClientDisconnect:  # nobody is there to be answered
                return Response(status_code=400)
            return _set(self.sources.desk, "/" + request.path_params["address"].lstrip("/"), body)

        async def live(websocket: WebSocket) -> None:
            await serve_live(websocket, hub, self.refused)

        async def renew(_request: Request) -> Response:
            return await self._renewed(hub)

        return [
            Route("/api/parameters/{address:path}", set_parameter, methods=["PUT"]),
            Route("/api/token", renew, methods=["POST"]),
            WebSocketRoute("/api/live", live),
        ]

    async def _renewed(self, hub: LiveHub) -> Response:
        """Make new tokens, give the new one to who asked, and hang up all others."""
        if self.renew is None:
            return _refuse(404, "this page asks for no token: it is served on this machine alone")
        tokens = await asyncio.to_thread(self.renew)
        headers = {**_NO_STORE, "Set-Cookie": token_cookie(self.cookie, tokens.full)}
        return JSONResponse({"token": tokens.full}, headers=headers, background=BackgroundTask(hub.hang_up_strangers))

    def _is_out(self, key: Key) -> bool:
        """Return whether somebody who was let in by `key` would not be any more."""
        return self.access.admit([] if key.token is None else [key.token]) is None


def make_app(
    sources: Sources,
    access: Access | None = None,
    refused: Callable[[str], None] = lambda _reason: None,
    cookie: str = "show",
) -> ASGIApp:
    """Return the application behind its guard, as `PageApp` explains."""
    return PageApp(sources, access or Access("127.0.0.1"), refused, cookie).guarded()[0]


def _pages() -> list[BaseRoute]:
    def file(request: Request) -> Response:
        return answer_file(request, request.path_params["name"])

    return [Route("/", answer_page), Route("/web/{name:path}", file)]


def _preset_name(request: Request) -> str:
    """Return the preset that was asked for, empty for what can be no name."""
    try:
        return str(parameter("/show/preset").check(request.path_params["name"]))
    except ParameterError:
        return ""


def _picture(jpeg: bytes | None) -> Response:
    if jpeg is None:
        return Response(status_code=204, headers=_NO_STORE)
    return Response(jpeg, media_type="image/jpeg", headers=_NO_STORE)


def _set(desk: Desk, address: str, body: bytes) -> Response:
    if address not in desk.rows:
        return _refuse(404, why_unknown(address))
    try:
        desk.post(address, _read_value(body), ORIGIN)
    except (ParameterError, BodyError) as error:
        return _refuse(400, str(error))
    return JSONResponse({"address": address}, headers=_NO_STORE)


def _refuse(code: int, words: str) -> Response:
    return JSONResponse({"error": words}, status_code=code, headers=_NO_STORE)


def _read_value(body: bytes) -> object:
    try:
        document = parse_json(body, SMALL_BODY)
    except DocumentError as error:
        raise BodyError(f'the body is JSON such as {{"value": 1}}: it {error}') from error
    if not isinstance(document, dict) or "value" not in document:
        raise BodyError(f'the body is JSON such as {{"value": 1}}, got {quoted(body)}')
    return document["value"]
