"""What stands before the page: refuses foreign names, foreign sites and strangers, and tells browsers what is allowed.

An ASGI application around another; nothing behind it sees a request that it refused. What it lets through carries in
its scope's `state` the `key` by which it came in. A query string is never told to anybody: it may hold a token.
"""

import asyncio
import json
import logging
import math
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field
from typing import Final, NamedTuple
from urllib.parse import parse_qsl

from starlette.datastructures import Headers, MutableHeaders
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from s2s.files.quote import one_line, quoted
from s2s.serving.access import Access, is_same_site
from s2s.serving.keys import Key, Role
from s2s.serving.limits import PeerLimits
from s2s.serving.policy import policy_for_door

_READING: Final = ("GET", "HEAD")
_MOST_QUERY_FIELDS: Final = 16
_ASK_FOR_IT: Final = "the page asks for its token: open the address that was printed when it started"
_ONLY_LOOKS: Final = "who only looks sets nothing: this address is that of the view"
_SLOWER: Final = "too many requests: come again later"
_KEPT_S: Final = 365 * 24 * 3600
"""How long a browser keeps the token: a telephone that was let in once is not asked again next week."""

_log = logging.getLogger(__name__)


class Refusal(NamedTuple):
    """The status and the words with which a request is turned away; `again_s` says after how long it may come again."""

    status: int
    words: str
    again_s: float = 0.0


@dataclass(frozen=True, slots=True)
class RequestGuard:
    """Lets through to `app` what `access` allows; adds `headers` to every answer. `refused` is told each reason.

    A browser without a token is shown `door`, HTML that asks for one; whatever else asks, or without a door, gets JSON.
    """

    app: ASGIApp
    access: Access
    headers: Mapping[str, str]
    refused: Callable[[str], None]
    cookie: str
    limits: PeerLimits = field(default_factory=PeerLimits)
    door: str = ""
    watched: frozenset[str] = frozenset()
    """Paths that tell how it is, and may be asked for by the token for looking while there is no view."""

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] not in ("http", "websocket"):
            await self.app(scope, receive, send)
            return
        headers, query = Headers(scope=scope), _query_of(scope)
        answer = await self._judge(scope, headers, query)
        if isinstance(answer, Refusal):
            self.refused(answer.words)
            door = self.door if answer.status == 401 and "text/html" in headers.get("accept", "") else ""
            await _answer(scope, _with(send, self.headers), answer, door)
            return
        scope.setdefault("state", {})["key"] = answer
        added = dict(self.headers)
        if answer.token is not None and answer.token == query.get("token"):
            added["set-cookie"] = token_cookie(self.cookie, answer.token)
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
                await _answer(scope, _with(send, self.headers), Refusal(500, "there is no answer to this"))

    async def _judge(self, scope: Scope, headers: Headers, query: Mapping[str, str]) -> Key | Refusal:
        """Return by which key a request may pass, or why it may not."""
        now, peer = asyncio.get_running_loop().time(), _peer_of(scope)
        writes = scope["type"] == "websocket" or scope["method"] not in _READING or "upgrade" in headers
        if refusal := self._foreign(headers, writes=writes):
            return refusal
        offered = list(self._tokens(headers, query))
        key = self.access.admit(offered, watches=not writes and scope["path"] in self.watched)
        # Counted apart: a stranger behind the same router must not use up what the owner may ask.
        if again_s := self.limits.ask(peer if key is None else f"{peer} {key.role}", now):
            return Refusal(429, _SLOWER, again_s)
        if key is None:
            return await self._refuse_stranger(peer, now, offered)
        if query.get("view") == "read":  # whoever may do all may also only look, as on a screen in the foyer
            key = Key(Role.READ, key.token)
        if key.role is Role.READ and writes and scope["type"] == "http":
            return Refusal(403, _ONLY_LOOKS)
        return key

    def _foreign(self, headers: Headers, *, writes: bool) -> Refusal | None:
        host, origin = headers.get("host", ""), headers.get("origin")
        if not self.access.knows(host):
            return Refusal(400, f"this page is not called {quoted(host)}")
        if writes and origin is not None and not is_same_site(origin, host):
            return Refusal(403, f"nothing is set from the site {quoted(origin)}")
        if writes and headers.get("sec-fetch-site", "none") not in ("same-origin", "none"):
            return Refusal(403, "nothing is set from another site")
        return None

    async def _refuse_stranger(self, peer: str, now: float, offered: list[str]) -> Refusal:
        """Turn away whoever has no token that opens; one who offers wrong ones is answered later and later."""
        if not any(offered):
            return Refusal(401, _ASK_FOR_IT)
        delay_s = self.limits.wrong_token(peer, now)
        if not self.limits.begin_waiting():
            return Refusal(429, "too many wrong tokens", delay_s)
        try:
            await asyncio.sleep(delay_s)
        finally:
            self.limits.end_waiting()
        return Refusal(401, f"a token that is not this page's; {_ASK_FOR_IT}")

    def _tokens(self, headers: Headers, query: Mapping[str, str]) -> Iterable[str]:
        if "token" in query:
            yield query["token"]
        kind, _, bearer = headers.get("authorization", "").partition(" ")
        if kind.lower() == "bearer":
            yield bearer.strip()
        for cookie in headers.get("cookie", "").split(";"):
            name, _, value = cookie.strip().partition("=")
            if name == self.cookie:
                yield value


def token_cookie(name: str, token: str) -> str:
    """Return the header by which a browser keeps a token: no script reads it, no other site sends it."""
    return f"{name}={token}; Path=/; Max-Age={_KEPT_S}; HttpOnly; SameSite=Strict"


def _peer_of(scope: Scope) -> str:
    return scope["client"][0] if scope.get("client") else ""


def _query_of(scope: Scope) -> Mapping[str, str]:
    try:
        return dict(parse_qsl(scope["query_string"].decode("latin-1"), max_num_fields=_MOST_QUERY_FIELDS))
    except ValueError:
        return {}


def _with(send: Send, headers: Mapping[str, str]) -> Send:
    async def send_with(message: Message) -> None:
        if message["type"] in ("http.response.start", "websocket.http.response.start"):
            answer = MutableHeaders(scope=message)
            for name, value in headers.items():
                answer.setdefault(name, value)
        await send(message)

    return send_with


async def _answer(scope: Scope, send: Send, refusal: Refusal, door: str = "") -> None:
    kind = "http"
    if scope["type"] == "websocket":
        kind = "websocket.http"
        if "websocket.http.response" not in scope.get("extensions", {}):
            await send({"type": "websocket.close", "code": 1008, "reason": refusal.words[:100]})
            return
    body = (door or json.dumps({"error": refusal.words})).encode()
    media_type = b"text/html; charset=utf-8" if door else b"application/json"
    headers = [(b"content-type", media_type), (b"content-length", str(len(body)).encode())]
    if door:
        headers.append((b"content-security-policy", policy_for_door(door).encode()))
    if refusal.status == 401:
        headers.append((b"www-authenticate", b"Bearer"))
    if refusal.again_s:
        headers.append((b"retry-after", str(math.ceil(refusal.again_s)).encode()))
    # What the request goes on to send is nobody's business any more.
    headers.append((b"connection", b"close"))
    await send({"type": f"{kind}.response.start", "status": refusal.status, "headers": headers})
    await send({"type": f"{kind}.response.body", "body": b"" if scope.get("method") == "HEAD" else body})
