"""The study as a web application: the page, its sounds and pictures, and how far a participant is.

Nothing that it serves tells which picture is whose. Endpoints wait for the disk, so they run on worker threads.
"""

import logging
from collections.abc import Callable
from pathlib import Path
from typing import Any, Final, TypeVar

import pydantic
from starlette.applications import Starlette
from starlette.concurrency import run_in_threadpool
from starlette.requests import ClientDisconnect, Request
from starlette.responses import FileResponse, HTMLResponse, JSONResponse, Response
from starlette.routing import Route
from starlette.types import ASGIApp

from s2s.files.document import DocumentError, parse_json
from s2s.serving.access import Access
from s2s.serving.body import SMALL_BODY, read_body
from s2s.serving.guard import RequestGuard
from s2s.serving.policy import headers_for
from s2s.study.answers import LONGEST_S
from s2s.study.check_tones import CHECK_TONES
from s2s.study.manifest import MEDIA, Study
from s2s.study.sitting import Participant, RefusedError, Sitting

_PAGE: Final = Path(__file__).with_name("page.html")
_KINDS: Final = {".wav": "audio/wav", ".png": "image/png"}
_KEPT: Final = {"cache-control": "private, max-age=86400, immutable"}  # names are what files hold
_Kind = TypeVar("_Kind", bound=pydantic.BaseModel)
_log = logging.getLogger(__name__)


class _Consent(pydantic.BaseModel):
    model_config = pydantic.ConfigDict(extra="forbid", strict=True)
    agreed: bool


class _Choice(pydantic.BaseModel):
    model_config = pydantic.ConfigDict(extra="forbid")
    question: str = pydantic.Field(max_length=16)
    chosen: list[int] = pydantic.Field(max_length=16)
    seconds: float = pydantic.Field(ge=0, allow_inf_nan=False)


def make_app(
    folder: Path,
    study: Study,
    sitting: Sitting,
    access: Access | None = None,
    refused: Callable[[str], None] = lambda _reason: None,
) -> ASGIApp:
    """Return the application behind its guard; `access` and `refused` are the guard's."""
    html = _PAGE.read_text(encoding="utf-8")

    def page(_request: Request) -> Response:
        return HTMLResponse(html)

    def about(_request: Request) -> Response:
        check = {"sound": f"media/{study.check}", "tones": CHECK_TONES}
        return JSONResponse({"questions": study.num_questions, "check": check, "open": sitting.is_open})

    def media(request: Request) -> Response:
        name = request.path_params["name"]
        if name not in study.files:  # what the manifest does not name is not served, whatever lies in the folder
            return JSONResponse({"error": "there is no such sound or picture"}, 404)
        return FileResponse(folder / MEDIA / name, media_type=_KINDS[Path(name).suffix], headers=_KEPT)

    def state(request: Request) -> Response:
        return _guarded(lambda: sitting.participant(request.path_params["participant"]))

    async def begin(request: Request) -> Response:
        return await _posted(request, lambda body: _begin(sitting, body))

    async def answer(request: Request) -> Response:
        return await _posted(request, lambda body: _answer(sitting, request.path_params["participant"], body))

    routes = [
        Route("/", page),
        Route("/api/study", about),
        Route("/media/{name}", media),
        Route("/api/participants", begin, methods=["POST"]),
        Route("/api/participants/{participant}", state),
        Route("/api/participants/{participant}/answers", answer, methods=["POST"]),
    ]
    guarded = Starlette(routes=routes)
    return RequestGuard(guarded, access or Access("127.0.0.1"), headers_for(html), refused, "study")


def as_seen(participant: Participant) -> dict[str, Any]:
    """Return what the browser of a participant is told: nothing by which the right pictures can be known."""
    asked = participant.next
    seen: dict[str, Any] = {
        "participant": participant.id,
        "answered": len(participant.answers),
        "questions": len(participant.questions),
        "question": None,
    }
    if asked is not None:
        seen["question"] = {
            "id": asked.question.id,
            "choose": "all" if asked.experiment == "i" else "one",
            "sound": f"media/{asked.question.sound}",
            "pictures": [f"media/{asked.question.pictures[number].file}" for number in asked.shown],
        }
    return seen


async def _posted(request: Request, act: Callable[[bytes], Participant]) -> Response:
    try:
        body = await read_body(request)
    except ClientDisconnect:  # nobody is there to be answered
        return Response(status_code=400)
    return await run_in_threadpool(_guarded, lambda: act(body))


def _begin(sitting: Sitting, body: bytes) -> Participant:
    if not _read(body, _Consent).agreed:
        raise RefusedError(400, "Nobody takes part who has not agreed to.")
    return sitting.begin()


def _answer(sitting: Sitting, participant: str, body: bytes) -> Participant:
    choice = _read(body, _Choice)
    return sitting.answer(participant, choice.question, choice.chosen, min(choice.seconds, LONGEST_S))


def _guarded(act: Callable[[], Participant]) -> Response:
    try:
        return JSONResponse(as_seen(act()))
    except RefusedError as error:
        return JSONResponse({"error": str(error)}, error.status)
    except OSError as error:
        _log.error("an answer could not be kept: %s", error)
        return JSONResponse({"error": "Your answer could not be kept: please tell whoever runs the study."}, 507)


def _read(body: bytes, kind: type[_Kind]) -> _Kind:
    """Return what a body says. Raises RefusedError."""
    try:
        return kind.model_validate(parse_json(body, SMALL_BODY))
    except DocumentError as error:
        raise RefusedError(400, f"The body {error}.") from error
    except pydantic.ValidationError as error:
        first = error.errors(include_url=False)[0]
        key = ".".join(map(str, first["loc"]))
        raise RefusedError(400, f"{key or 'The body'}: {first['msg']}.") from error
