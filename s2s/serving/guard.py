"""What stands before the page: refuses foreign names, foreign sites and strangers, and tells browsers what is allowed.

An ASGI application around another; nothing behind it sees a request that it refused.
"""

import json
import logging
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from typing import Final
from urllib.parse import parse_qsl

from starlette.datastructures import Headers, MutableHeaders
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from s2s.files.quote import one_line, quoted
from s2s.serving.access import Access, is_same_site

_READING: Final = ("GET", "HEAD")
_MOST_QUERY_FIELDS: Final = 16
_ASK_FOR_IT: Final = "the page asks for its token: open the address that was printed when it started"

_log = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True)
class RequestGuard:
    """Lets through to `app` what `access` allows; adds `headers` to every answer. `refused` is told each reason."""

    app: ASGIApp
    access: Access
    headers: Mapping[str, str]
    refused: Callable[[str], None]
    cookie: str

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] not in ("http", "websocket"):
            await self.app(scope, receive, send)
            return
        headers, query = Headers(scope=scope), _query_token(scope)
        if (refusal := self._refusal(scope, headers, query)) is not None:
            self.refused(refusal[1])
            await _answer(scope, _with(send, self.headers), *refusal)
            return
        added = dict(self.headers)
        if query is not None and self.access.token is not None:
            added["set-cookie"] = f"{self.cookie}={self.access.token}; Path=/; HttpOnly; SameSite=Strict"
        begun: list[Message] = []

        async def send_noted(message: Message) -> None:
            begun[:] = [message]
            await send(message)

        try:
            await self.app(scope, receive, _with(send_noted, added))
        except Exception as error:  # one line, however often it is asked for; all else goes on without this answer
            self.refused(f"no answer to {quoted(scope['path'])}: {type(error).__name__}: {one_line(error)}")
            _log.debug("answering %s", scope["path"], exc_info=True)
            if not begun:
                await _answer(scope, _with(send, self.headers), 500, "there is no answer to this")

    def _refusal(self, scope: Scope, headers: Headers, query: str | None) -> tuple[int, str] | None:
        """Return the status and the words with which a request is turned away, None for one that may pass."""
        host, origin = headers.get("host", ""), headers.get("origin")
        if not self.access.knows(host):
            return 400, f"this page is not called {quoted(host)}"
        writes = scope["type"] == "websocket" or scope["method"] not in _READING or "upgrade" in headers
        if writes and origin is not None and not is_same_site(origin, host):
            return 403, f"nothing is set from the site {quoted(origin)}"
        if writes and headers.get("sec-fetch-site", "none") not in ("same-origin", "none"):
            return 403, "nothing is set from another site"
        if not self.access.admits(self._tokens(headers, query)):
            return 401, _ASK_FOR_IT
        return None

    def _tokens(self, headers: Headers, query: str | None) -> Iterable[str]:
        if query is not None:
            yield query
        kind, _, bearer = headers.get("authorization", "").partition(" ")
        if kind.lower() == "bearer":
            yield bearer.strip()
        for cookie in headers.get("cookie", "").split(";"):
            name, _, value = cookie.strip().partition("=")
            if name == self.cookie:
                yield value


def _query_token(scope: Scope) -> str | None:
    try:
        fields = parse_qsl(scope["query_string"].decode("latin-1"), max_num_fields=_MOST_QUERY_FIELDS)
    except ValueError:
        return None
    return dict(fields).get("token")


def _with(send: Send, headers: Mapping[str, str]) -> Send:
    async def send_with(message: Message) -> None:
        if message["type"] == "http.response.start":
            answer = MutableHeaders(scope=message)
            for name, value in headers.items():
                answer.setdefault(name, value)
        await send(message)

    return send_with


async def _answer(scope: Scope, send: Send, status: int, words: str) -> None:
    if scope["type"] == "websocket":
        await send({"type": "websocket.close", "code": 1008, "reason": words[:100]})
        return
    body = json.dumps({"error": words}).encode()
    headers = [(b"content-type", b"application/json"), (b"content-length", str(len(body)).encode())]
    if status == 401:
        headers.append((b"www-authenticate", b"Bearer"))
    # What the request goes on to send is nobody's business any more.
    headers.append((b"connection", b"close"))
    await send({"type": "http.response.start", "status": status, "headers": headers})
    await send({"type": "http.response.body", "body": b"" if scope["method"] == "HEAD" else body})
