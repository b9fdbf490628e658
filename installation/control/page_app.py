"""The operator page as a web application: the table of parameters, how the show is doing, what it shows.

Runs in the page's thread (`page.py` imports it there, because Starlette takes its time); endpoints run on worker
threads of that and must only read what any thread may read, and post to the desk.
"""

import math
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Final

from starlette.applications import Starlette
from starlette.requests import ClientDisconnect, Request
from starlette.responses import HTMLResponse, JSONResponse, Response
from starlette.routing import BaseRoute, Route
from starlette.types import ASGIApp

from installation.control.rejections import why_unknown
from installation.control.rest import rest_routes
from installation.desk import Desk
from installation.parameters import PARAMETERS, Kind, Parameter, ParameterError
from installation.plain import to_plain
from installation.status import ShowStatus
from s2s.files.document import DocumentError, parse_json
from s2s.files.quote import quoted
from s2s.serving.access import Access
from s2s.serving.body import SMALL_BODY, read_body
from s2s.serving.guard import RequestGuard
from s2s.serving.policy import headers_for

ORIGIN: Final = "page"
_PAGE: Final = Path(__file__).with_name("page.html")
_NO_STORE: Final = {"Cache-Control": "no-store"}


class BodyError(ValueError):
    """A request body that says no value; the message is one line."""


@dataclass(frozen=True, slots=True)
class Sources:
    """What the page shows and moves. The functions are called on worker threads and must not block for long."""

    desk: Desk
    status: Callable[[], ShowStatus]
    picture: Callable[[], bytes | None]
    presets: Callable[[], Sequence[str]]
    models: Callable[[], Sequence[str]] = tuple


def make_app(
    sources: Sources,
    access: Access | None = None,
    refused: Callable[[str], None] = lambda _reason: None,
    cookie: str = "show",
) -> ASGIApp:
    """Return the application behind its guard.

    `access` says who may ask (by default this machine), `refused` is told why somebody may not, in one line, and
    `cookie` is the name under which a browser keeps the token.
    """
    html = _PAGE.read_text(encoding="utf-8")

    def page(_request: Request) -> Response:
        return HTMLResponse(html, headers=_NO_STORE)

    def parameters(_request: Request) -> Response:
        return JSONResponse([describe(row, sources.desk) for row in PARAMETERS.values()], headers=_NO_STORE)

    async def set_parameter(request: Request) -> Response:
        try:
            body = await read_body(request)
        except ClientDisconnect:  # nobody is there to be answered
            return Response(status_code=400)
        return _set(sources.desk, "/" + request.path_params["address"].lstrip("/"), body)

    def status(_request: Request) -> Response:
        return JSONResponse(plain(to_plain(sources.status())), headers=_NO_STORE)

    def presets(_request: Request) -> Response:
        return JSONResponse(list(sources.presets()), headers=_NO_STORE)

    def models(_request: Request) -> Response:
        return JSONResponse(list(sources.models()), headers=_NO_STORE)

    def picture(_request: Request) -> Response:
        jpeg = sources.picture()
        if jpeg is None:
            return Response(status_code=204, headers=_NO_STORE)
        return Response(jpeg, media_type="image/jpeg", headers=_NO_STORE)

    routes: list[BaseRoute] = [
        Route("/", page),
        Route("/api/parameters", parameters),
        Route("/api/parameters/{address:path}", set_parameter, methods=["PUT"]),
        Route("/api/presets", presets),
        Route("/api/models", models),
        Route("/api/status", status),
        Route("/api/picture.jpg", picture),
        *rest_routes(sources.desk, describe, sources.status, sources.presets),
    ]
    return RequestGuard(Starlette(routes=routes), access or Access("127.0.0.1"), headers_for(html), refused, cookie)


def describe(row: Parameter, desk: Desk) -> dict[str, object]:
    """Return all that a page needs to draw the control of `row`, with its value now."""
    return {
        "address": row.address,
        "kind": str(row.kind),
        "value": None if row.kind is Kind.TRIGGER else desk.get(row.address),
        "default": row.default,
        "low": row.low,
        "high": row.high,
        "unit": row.unit,
        "scaling": str(row.scaling),
        "choices": list(row.choices),
        "description": row.description,
    }


def plain(value: object) -> object:
    """Return `value` as strict JSON has it: what is not finite is null, what is unknown is its text."""
    match value:
        case None | bool() | int() | str():
            return value
        case float():
            return value if math.isfinite(value) else None
        case Mapping():
            return {str(key): plain(item) for key, item in value.items()}
        case list() | tuple() | set() | frozenset():
            return [plain(item) for item in value]
    return str(value)


def _set(desk: Desk, address: str, body: bytes) -> Response:
    if address not in PARAMETERS:
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
