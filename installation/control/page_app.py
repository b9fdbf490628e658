"""The operator page as a web application: the table of parameters, how the show is doing, what it shows.

Runs in the page's thread (`page.py` imports it there, because Starlette takes its time); endpoints run on worker
threads of that and must only read what any thread may read, and post to the desk.
"""

import json
import math
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Final

from starlette.applications import Starlette
from starlette.middleware import Middleware
from starlette.middleware.trustedhost import TrustedHostMiddleware
from starlette.requests import Request
from starlette.responses import FileResponse, JSONResponse, Response
from starlette.routing import Route

from installation.control.surface import Desk, why_unknown
from installation.parameters import PARAMETERS, Kind, Parameter, ParameterError

ORIGIN: Final = "page"
_PAGE: Final = Path(__file__).with_name("page.html")
_MAX_BODY_BYTES: Final = 4096
_NO_STORE: Final = {"Cache-Control": "no-store"}


class BodyError(ValueError):
    """A request body that says no value; the message is one line."""


@dataclass(frozen=True, slots=True)
class Sources:
    """What the page shows and moves. The functions are called on worker threads and must not block for long."""

    desk: Desk
    status: Callable[[], Mapping[str, Any]]
    picture: Callable[[], bytes | None]
    presets: Callable[[], Sequence[str]]


def make_app(sources: Sources, allowed_hosts: Sequence[str] = ("*",)) -> Starlette:
    """Return the application. `allowed_hosts` are the names by which browsers may call it.

    On loopback they keep a foreign site from reaching the page under a name of its own (DNS rebinding).
    """

    def page(_request: Request) -> Response:
        return FileResponse(_PAGE, headers=_NO_STORE)

    def parameters(_request: Request) -> Response:
        return JSONResponse([describe(row, sources.desk) for row in PARAMETERS.values()], headers=_NO_STORE)

    async def set_parameter(request: Request) -> Response:
        return _set(sources.desk, "/" + request.path_params["address"].lstrip("/"), await _read_body(request))

    def status(_request: Request) -> Response:
        return JSONResponse(plain(sources.status()), headers=_NO_STORE)

    def presets(_request: Request) -> Response:
        return JSONResponse(list(sources.presets()), headers=_NO_STORE)

    def picture(_request: Request) -> Response:
        jpeg = sources.picture()
        if jpeg is None:
            return Response(status_code=204, headers=_NO_STORE)
        return Response(jpeg, media_type="image/jpeg", headers=_NO_STORE)

    routes = [
        Route("/", page),
        Route("/api/parameters", parameters),
        Route("/api/parameters/{address:path}", set_parameter, methods=["PUT"]),
        Route("/api/presets", presets),
        Route("/api/status", status),
        Route("/api/picture.jpg", picture),
    ]
    return Starlette(routes=routes, middleware=[Middleware(TrustedHostMiddleware, allowed_hosts=list(allowed_hosts))])


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
    """Return `value` as strict JSON has it: what is no number is null, what is unknown is its text."""
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


def _set(desk: Desk, address: str, body: bytes | None) -> Response:
    if address not in PARAMETERS:
        return _refuse(404, why_unknown(address))
    try:
        desk.post(address, _read_value(body), ORIGIN)
    except (ParameterError, BodyError) as error:
        return _refuse(400, str(error))
    return JSONResponse({"address": address}, headers=_NO_STORE)


def _refuse(code: int, words: str) -> Response:
    return JSONResponse({"error": words}, status_code=code, headers=_NO_STORE)


async def _read_body(request: Request) -> bytes | None:
    """Return the body, None when it is too long; nothing longer is ever held."""
    body = b""
    async for chunk in request.stream():
        body += chunk
        if len(body) > _MAX_BODY_BYTES:
            return None
    return body


def _read_value(body: bytes | None) -> object:
    if body is None:
        raise BodyError(f"a value has at most {_MAX_BODY_BYTES} bytes, got more")
    try:
        document = json.loads(body)
    except ValueError as error:
        raise BodyError(f'the body is JSON such as {{"value": 1}}, got {body[:40]!r}') from error
    except RecursionError as error:
        raise BodyError("the body is nested without end") from error
    if not isinstance(document, dict) or "value" not in document:
        raise BodyError(f'the body is JSON such as {{"value": 1}}, got {body[:40]!r}')
    return document["value"]
