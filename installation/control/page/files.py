"""The files of the operator page: what they are, whether a browser has them already, what the page may do with them."""

import hashlib
from pathlib import Path
from typing import Final

from starlette.requests import Request
from starlette.responses import Response

from s2s.serving.policy import policy_for_files

FOLDER: Final = Path(__file__).with_name("web")
_INDEX: Final = "index.html"
_TYPES: Final = {
    ".html": "text/html; charset=utf-8",
    ".js": "text/javascript; charset=utf-8",
    ".css": "text/css; charset=utf-8",
    ".json": "application/json",
    ".webmanifest": "application/manifest+json",
    ".svg": "image/svg+xml",
    ".png": "image/png",
    ".jpg": "image/jpeg",
    ".webp": "image/webp",
    ".ico": "image/x-icon",
    ".woff2": "font/woff2",
    ".txt": "text/plain; charset=utf-8",
}
"""A system's own table may call a script plain text, and then no browser runs it."""


def door() -> str:
    """Return the page that asks a browser for a token: it stands alone, whoever has none gets no other file."""
    return (FOLDER / "door.html").read_text(encoding="utf-8")


def answer_file(request: Request, name: str, folder: Path = FOLDER) -> Response:
    """Return the file called `name`, never one from elsewhere; 304 where the browser has it as it is."""
    path = folder / name
    kind = _TYPES.get(path.suffix)
    # Compared after all links and dots are resolved: what lies elsewhere is not the page's.
    if kind is None or "\0" in name or not path.resolve().is_relative_to(folder.resolve()) or not path.is_file():
        return Response(status_code=404)
    return tagged(request, path.read_bytes(), kind, {"Content-Security-Policy": _policy(request)})


def answer_page(request: Request, folder: Path = FOLDER) -> Response:
    """Return the page itself, which is not kept: it is where a new version begins."""
    headers = {"Content-Security-Policy": _policy(request), "Cache-Control": "no-store"}
    return Response((folder / _INDEX).read_bytes(), media_type=_TYPES[".html"], headers=headers)


def tagged(request: Request, content: bytes, kind: str, headers: dict[str, str] | None = None) -> Response:
    """Return `content` with its ETag, to be asked for each time and sent only when it is another."""
    tag = f'"{hashlib.sha256(content).hexdigest()[:24]}"'
    headers = {**(headers or {}), "ETag": tag, "Cache-Control": "no-cache"}
    if tag in request.headers.get("if-none-match", ""):
        return Response(status_code=304, headers=headers)
    return Response(content, media_type=kind, headers=headers)


def _policy(request: Request) -> str:
    return policy_for_files(request.headers.get("host", ""))
