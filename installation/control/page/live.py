"""The page's WebSocket, `/api/live`: one connection, both ways."""

import asyncio
import contextlib
from collections.abc import Callable
from typing import Final

from starlette.responses import JSONResponse
from starlette.websockets import WebSocket, WebSocketDisconnect

from installation.control.page import page_json
from installation.control.page.live_client import LiveClient
from installation.control.page.live_hub import LiveHub
from installation.control.page.live_messages import (
    AskForPictures,
    EditOutput,
    FromPage,
    MessageError,
    Ping,
    SetValue,
    read_message,
)
from s2s.serving.keys import Key

_TRY_AGAIN_S: Final = 10
_TOO_MUCH: Final = 1008
_LAST_WORD_S: Final = 1.0
_MOST_NONSENSE: Final = 100
"""Messages that say nothing, from one connection."""


async def serve_live(websocket: WebSocket, hub: LiveHub, refused: Callable[[str], None]) -> None:
    """Serve one connection until it ends."""
    peer = websocket.client.host if websocket.client else ""
    client = LiveClient(key=websocket.scope.get("state", {}).get("key", Key()), peer=peer)
    if reason := hub.why_full(client):
        refused(reason)
        await _deny(websocket, reason)
        return
    await websocket.accept()
    try:
        await hub.add(client)
        async with asyncio.TaskGroup() as both:
            sender = both.create_task(_send(websocket, client))
            await _receive(websocket, client, hub, refused)
            if client.closing is not None:  # whoever is hung up is told why, unless it reads nothing
                await asyncio.wait([sender], timeout=_LAST_WORD_S)
            sender.cancel()
    except* WebSocketDisconnect:
        pass
    finally:
        hub.remove(client)


async def _send(websocket: WebSocket, client: LiveClient) -> None:
    while (message := await client.next_message()) is not None:
        # Waits while the other side does not read: what comes meanwhile takes the place of what is not sent yet.
        await (websocket.send_text(message) if isinstance(message, str) else websocket.send_bytes(message))
    code, reason = client.closing or (1000, "")
    with contextlib.suppress(RuntimeError):  # it has hung up itself
        await websocket.close(code, reason)


async def _receive(websocket: WebSocket, client: LiveClient, hub: LiveHub, refused: Callable[[str], None]) -> None:
    loop, nonsense = asyncio.get_running_loop(), 0
    while True:
        received = await websocket.receive()
        if received["type"] == "websocket.disconnect":
            return
        now = loop.time()
        if not client.messages.take(now):
            refused("a page that sends thousands of messages a second was hung up")
            client.close(_TOO_MUCH, "too many messages")
            return
        try:
            _take(read_message(_text_of(received)), client, hub, now)
        except MessageError as error:
            refused(str(error))
            client.refuse(error.number, None, str(error))
            nonsense += 1
            if nonsense > _MOST_NONSENSE:
                client.close(_TOO_MUCH, "too much that says nothing")
                return


def _text_of(received: object) -> str:
    text = received.get("text") if isinstance(received, dict) else None
    if not isinstance(text, str):
        raise MessageError("a message is text, got bytes")
    return text


def _take(message: FromPage, client: LiveClient, hub: LiveHub, now: float) -> None:
    match message:
        case SetValue():
            if client.sets.take(now):
                client.later.pop(message.address, None)
                hub.set(client, message)
            else:
                hub.set_later(client, message)
        case EditOutput():
            before = client.later.pop(message.address, None)
            if isinstance(before, EditOutput):  # a corner that was moved since must not be lost to a later other one
                message = message.after(before)
            if client.sets.take(now):
                hub.edit_output(client, message)
            else:
                hub.edit_later(client, message)
        case AskForPictures(fps):
            hub.ask_for_pictures(client, fps)
        case Ping(t):
            client.outbox.put("pong", page_json.as_text({"type": "pong", "t": t}))
            client.wake()


async def _deny(websocket: WebSocket, reason: str) -> None:
    """Turn away with a status and when to come again, where the server can say so."""
    answer = JSONResponse({"error": reason}, status_code=503, headers={"Retry-After": str(_TRY_AGAIN_S)})
    if "websocket.http.response" in websocket.scope.get("extensions", {}):
        await websocket.send_denial_response(answer)
    else:
        await websocket.close(1013, reason)
