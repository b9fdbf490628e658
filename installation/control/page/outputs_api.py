"""REST for the outputs: where the picture lies, and changes of it, which count on the wall at once.

Mounted beside the operator page's own routes, behind its guard. What is no JSON is refused with 400, what is none of
the outputs with 404, what cannot be shown with 422; each in one line.
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from functools import partial
from typing import Any, Final, TypeVar

from starlette.concurrency import run_in_threadpool
from starlette.requests import ClientDisconnect, Request
from starlette.responses import JSONResponse, Response
from starlette.routing import BaseRoute, Route

from installation.control.page import page_json
from installation.control.page.rest import RequestError, told
from installation.control.page.sources import Sources
from installation.outputs.edits import added, changed, output_document, removed
from installation.outputs.layout import BOUNDS, Layout, LayoutError, parse_layout
from installation.outputs.store import LayoutStore
from s2s.files.document import Bounds, DocumentError, parse_json
from s2s.files.quote import quoted
from s2s.serving.body import read_body

_ONE: Final = Bounds(bytes=65_536, levels=6, values=2_500)
_NO_STORE: Final = {"Cache-Control": "no-store"}
_UNPROCESSABLE: Final = 422

Document = Mapping[str, Any]
T = TypeVar("T")


@dataclass(frozen=True, slots=True)
class _Outputs:
    sources: Sources

    def all(self, _request: Request) -> Response:
        return self._listed()

    def one(self, request: Request) -> Response:
        return self._answer(_name(request))

    def replace(self, _request: Request, document: Document) -> Response:
        document = {key: value for key, value in document.items() if key != "monitors"}  # as GET has told it
        layout = _done(lambda: parse_layout(document))
        _done(lambda: self._store().replace(layout))
        return self._listed()

    def add(self, _request: Request, document: Document) -> Response:
        layout = _done(lambda: self._store().edit(lambda layout: added(layout, document)))
        return JSONResponse(output_document(layout.outputs[-1]), status_code=201, headers=_NO_STORE)

    def change(self, request: Request, document: Document) -> Response:
        name = self._known(_name(request))
        _done(lambda: self._store().edit(lambda layout: changed(layout, name, document)))
        return self._answer(str(document.get("name", name)))

    def remove(self, request: Request) -> Response:
        name = self._known(_name(request))
        _done(lambda: self._store().edit(lambda layout: removed(layout, name)))
        return self._listed()

    def _store(self) -> LayoutStore:
        if self.sources.outputs is None:
            raise RequestError(404, "this show has no outputs")
        return self.sources.outputs

    def _listed(self) -> Response:
        listed = page_json.outputs(self._store().get(), self.sources.monitors())
        return JSONResponse(listed, headers=_NO_STORE)

    def _answer(self, name: str) -> Response:
        layout = self._store().get()
        return JSONResponse(output_document(layout.output(self._known(name, layout))), headers=_NO_STORE)

    def _known(self, name: str, layout: Layout | None = None) -> str:
        """Return the name of an output that there is."""
        try:
            return (layout or self._store().get()).output(name).name
        except LayoutError as error:
            raise RequestError(404, str(error)) from None


def outputs_routes(sources: Sources) -> list[BaseRoute]:
    """Return the routes, each an absolute path."""
    api = _Outputs(sources)
    return [
        _asked("/api/outputs", "GET", api.all),
        _told("/api/outputs", "PUT", api.replace, BOUNDS),
        _told("/api/outputs", "POST", api.add, _ONE),
        _asked("/api/outputs/{name}", "GET", api.one),
        _told("/api/outputs/{name}", "PATCH", api.change, _ONE),
        _asked("/api/outputs/{name}", "DELETE", api.remove),
    ]


def _asked(path: str, method: str, answer: Callable[[Request], Response]) -> Route:
    def endpoint(request: Request) -> Response:
        return told(partial(answer, request))

    return Route(path, endpoint, methods=[method])


def _told(path: str, method: str, answer: Callable[[Request, Document], Response], bounds: Bounds) -> Route:
    async def endpoint(request: Request) -> Response:
        try:
            body = await read_body(request, bounds)
        except ClientDisconnect:  # nobody is there to be answered
            return Response(status_code=400)
        return await run_in_threadpool(told, lambda: answer(request, _document(body, bounds)))

    return Route(path, endpoint, methods=[method])


def _name(request: Request) -> str:
    return str(request.path_params["name"])


def _document(body: bytes, bounds: Bounds) -> Document:
    example = 'JSON such as {"flip": "horizontal"}'
    try:
        document = parse_json(body, bounds)
    except DocumentError as error:
        raise RequestError(400, f"the body is {example}: it {error}") from None
    if not isinstance(document, dict):
        raise RequestError(400, f"the body is {example}, got {quoted(document)}")
    return document


def _done(edit: Callable[[], T]) -> T:
    """Return what an edit comes to, refused where it cannot be shown."""
    try:
        return edit()
    except LayoutError as error:
        raise RequestError(_UNPROCESSABLE, str(error)) from None
