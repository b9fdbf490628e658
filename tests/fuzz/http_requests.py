"""Requests as no browser sends them: methods, headers and bodies that do not fit together. Pure."""

from collections.abc import Sequence
from typing import Final

from hypothesis import strategies as st
from hypothesis.strategies import SearchStrategy

METHODS: Final = ("GET", "PUT", "POST", "PATCH", "DELETE", "HEAD", "OPTIONS", "TRACE", "CONNECT", "get", "PUT\0", "")
HEADERS: Final = (
    *(
        "Host: localhost",
        "Host: 127.0.0.1:8080",
        "Host: evil.example",
        "Host: [::1]",
        "Host:",
        "Host: localhost\r\nHost: x",
    ),
    *("Origin: null", "Origin: http://evil.example", "Origin: http://localhost", "Sec-Fetch-Site: cross-site"),
    *("Transfer-Encoding: chunked", "Transfer-Encoding: gzip, chunked", "Content-Length: 5", "Content-Length: -1"),
    *(
        "Content-Length: 99999999999",
        "Connection: Upgrade\r\nUpgrade: websocket",
        "Upgrade: h2c",
        "Expect: 100-continue",
    ),
    *("Sec-WebSocket-Version: 13\r\nSec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==", "Sec-WebSocket-Key: !"),
    *("Authorization: Bearer \xff", "Cookie: show=a; show=b; =; ;", 'If-None-Match: "' + "x" * 600, "Range: bytes=0-"),
    *("Accept: text/html", "X: " + "y" * 3_000, "Content-Encoding: gzip", "X-Forwarded-For: 127.0.0.1", " folded: x"),
)
WORDS: Final = (
    *(header.encode("latin-1") + b"\r\n" for header in HEADERS),
    *(b"\r\n\r\n", b"0\r\n\r\n", b"z\r\n", b"%2e%2e/", b"?view=read"),
)
"""What a mutation may put in."""


def request(method: str, path: str, headers: Sequence[str], body: bytes, *, honest: bool) -> bytes:
    """Return one request; an `honest` one says its length and for whom it is."""
    told = [f"Content-Length: {len(body)}", "Host: localhost"] if honest else []
    head = "\r\n".join([f"{method} {path} HTTP/1.1", *told, *headers])
    return head.encode("latin-1", "replace") + b"\r\n\r\n" + body


def requests_of(paths: SearchStrategy[str], bodies: SearchStrategy[bytes]) -> SearchStrategy[bytes]:
    """Draw one request, or two or three on one connection."""
    some = st.lists(st.sampled_from(HEADERS), max_size=3)
    one = st.builds(request, st.sampled_from(METHODS), paths, some, bodies, honest=st.booleans())
    return st.one_of(one, one, st.lists(one, min_size=2, max_size=3).map(b"".join))
