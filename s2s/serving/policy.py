"""What every answer tells the browser: a page's own script and style and nothing else, in nobody's frame. Pure."""

import base64
import hashlib
import re
from typing import Final

_NOBODYS_FRAME: Final = "base-uri 'none'; form-action 'none'; frame-ancestors 'none'"
_AUTHORITY: Final = re.compile(r"[A-Za-z0-9.:\-\[\]]{1,255}")


def headers_for(html: str) -> dict[str, str]:
    """Return the headers for the answers behind a page with one inline script and one inline style."""
    return _headers(
        "default-src 'none'; connect-src 'self'; img-src 'self' blob: data:; media-src 'self' blob:; "
        f"script-src {_digest(html, 'script')}; style-src {_digest(html, 'style')}; {_NOBODYS_FRAME}"
    )


def headers_for_files() -> dict[str, str]:
    """Return the headers for the answers behind a page whose scripts and styles are files of its own."""
    return _headers(policy_for_files(""))


def policy_for_files(authority: str) -> str:
    """Return what such a page may do that was asked for as `authority`, a request's Host: nothing from elsewhere, and
    nothing that stands in the page's own text. Its WebSocket is named: older browsers do not count it to 'self'.
    """
    sockets = f" ws://{authority} wss://{authority}" if _AUTHORITY.fullmatch(authority) else ""
    return (
        f"default-src 'self'; connect-src 'self'{sockets}; img-src 'self' blob: data:; object-src 'none'; "
        f"{_NOBODYS_FRAME}"
    )


def policy_for_door(html: str) -> str:
    """Return what a page may do that only asks for a token: be seen in its own style, and send its form here."""
    return (
        f"default-src 'none'; style-src {_digest(html, 'style')}; base-uri 'none'; form-action 'self'; "
        "frame-ancestors 'none'"
    )


def _headers(policy: str) -> dict[str, str]:
    return {
        **{"content-security-policy": policy, "x-frame-options": "DENY", "x-content-type-options": "nosniff"},
        **{"referrer-policy": "no-referrer", "cross-origin-resource-policy": "same-origin"},
        **{"cross-origin-opener-policy": "same-origin", "cache-control": "no-store"},
    }


def _digest(html: str, tag: str) -> str:
    """Return the source by which a policy knows the one inline `tag` of `html`."""
    match = re.search(rf"<{tag}>(.*?)</{tag}>", html, re.DOTALL)
    assert match is not None, f"the page has no {tag}"
    return f"'sha256-{base64.b64encode(hashlib.sha256(match[1].encode()).digest()).decode()}'"
