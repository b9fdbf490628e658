"""What a request may hold: a bounded JSON document."""

from typing import Final

from starlette.requests import Request

from s2s.files.document import Bounds

SMALL_BODY: Final = Bounds(bytes=4_096, levels=8, values=64)


async def read_body(request: Request, bounds: Bounds = SMALL_BODY) -> bytes:
    """Return the body, or its beginning when it is too long, which `parse_json` refuses; nothing longer is ever held.

    Raises ClientDisconnect where nobody is there to be answered.
    """
    body = b""
    async for chunk in request.stream():
        body += chunk
        if len(body) > bounds.bytes:
            break
    return body[: bounds.bytes + 1]
