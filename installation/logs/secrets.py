"""Takes secrets out of a line before it is kept: a log is read by many and lies about for long. Pure.

Nothing of the program logs a secret knowingly; this is for what others put into an error: a library that quotes the
address it could not open, a stranger who sends a token in a query.
"""

import re
from typing import Final

_HIDDEN: Final = "…"
_NAMED: Final = re.compile(
    r"(?i)\b((?:[a-z0-9_-]*(?:token|secret|password|passwd|passphrase|api[-_]?key)|stream[-_]?(?:key|id)|pwd|sig)"
    r"[\"']?\s*[=:]\s*[\"']?)[^\s&\"',;)}\]]+"
)
_BEARER: Final = re.compile(r"(?i)\b(bearer|basic)\s+[a-z0-9._~+/=-]{6,}")
_USER: Final = re.compile(r"(?i)\b([a-z][a-z0-9+.-]*://)[^\s/@]+@")
_STREAM: Final = re.compile(r"(?i)\b(rtmps?://[^\s/]+/)[^\s\"']*[^\s\"':;,.)]")


def without_secrets(text: str) -> str:
    """Return `text` with what looks like a secret replaced by an ellipsis."""
    text = _STREAM.sub(rf"\1{_HIDDEN}", text)
    text = _USER.sub(rf"\1{_HIDDEN}@", text)
    text = _BEARER.sub(rf"\1 {_HIDDEN}", text)
    return _NAMED.sub(rf"\1{_HIDDEN}", text)
