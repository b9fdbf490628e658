"""OSCQuery as a web application: the namespace over HTTP, LISTEN, IGNORE and OSC packets over a WebSocket.

Runs in a thread of its own (`oscquery.py` imports it there, because Starlette takes its time). After the OSCQuery
proposal by Vidvox; of what it says of errors: 400 for an attribute that there is not, 404 for a node that there is not,
204 for an attribute that this node does not have, such as the value of a container or of a trigger.
"""

import asyncio
from collections.abc import Callable
from dataclasses import dataclass, replace
from functools import partial
from typing import Final

from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import JSONResponse, Response
from starlette.routing import Route, WebSocketRoute
from starlette.types import ASGIApp
from starlette.websockets import WebSocket, WebSocketDisconnect

from installation.control.osc.messages import (
    ControlMessage,
    OscFormatError,
    read_packet,
    write_message,
)
from installation.control.osc.outputs import COST, ROOT, OutputCommands
from installation.control.osc.patterns import PatternError, is_pattern, matching
from installation.control.oscquery.listeners import Listener, Listeners, Values
from installation.control.oscquery.namespace import ATTRIBUTES, Choices, Node, asked_attributes, host_info, tree
from installation.control.oscquery.outputs import PATH, outputs_tree
from installation.control.rejections import RejectionCounter, why_unknown
from installation.desk import Desk
from installation.outputs.layout import LayoutError
from installation.outputs.store import LayoutStore
from installation.parameter import Kind, Parameter, ParameterError
from s2s.files.document import Bounds, DocumentError, parse_json
from s2s.files.quote import quoted
from s2s.serving.access import Access
from s2s.serving.guard import RequestGuard
from s2s.serving.keys import Key, Role

ORIGIN: Final = "oscquery"
NAME: Final = "Sound to Scene"

_COMMAND: Final = Bounds(bytes=1_024, levels=3, values=16)
_TELL_EVERY_S: Final = 1 / 30
# About four thousand messages a second from all clients together; what is sent faster waits in the network.
_BURST: Final = 80
_REST_S: Final = 0.02

_HEADERS: Final = {
    **{"content-security-policy": "default-src 'none'; frame-ancestors 'none'", "x-content-type-options": "nosniff"},
    **{"cache-control": "no-store", "referrer-policy": "no-referrer"},
}


@dataclass(frozen=True, slots=True)
class QuerySources:
    """What OSCQuery tells and moves. `osc` says at which host and port OSC is received, `choices` what texts may be."""

    desk: Desk
    osc: Callable[[], tuple[str, int]]
    choices: Callable[[], Choices]
    listeners: Listeners
    rejections: RejectionCounter
    closing: Callable[[], bool] = lambda: False
    announced_as: str = "sound-to-scene.local"
    """The host's name that hosts find in the network, and may call this by."""
    outputs: LayoutStore | None = None


class CommandError(ValueError):
    """A text message over the WebSocket that is no command; one line."""


def make_query_app(sources: QuerySources, access: Access, cookie: str = "query") -> ASGIApp:
    """Return the application behind its guard; `access` says who may ask.

    Hosts that have found it call it by the name that was announced. On loopback no token keeps a browser out that a
    neighbour has led to this machine under that name: such a one may read there and sets nothing.
    """
    named = replace(access, names=access.names | {sources.announced_as})

    async def node(request: Request) -> Response:
        return _answer(sources, request)

    async def talk(websocket: WebSocket) -> None:
        calls_by_name = not access.knows(websocket.headers.get("host", ""))
        if calls_by_name and "origin" in websocket.headers:
            sources.rejections.add(f"nothing is set from the site {quoted(websocket.headers['origin'])}")
            await websocket.close(1008)
            return
        key: Key = websocket.scope["state"]["key"]
        held = [] if key.token is None else [key.token]
        await _talk(sources, websocket, lambda: named.admit(held))

    app = Starlette(routes=[Route("/{path:path}", node), WebSocketRoute("/{path:path}", talk)])
    return RequestGuard(app, named, _HEADERS, sources.rejections.add, cookie)


def _answer(sources: QuerySources, request: Request) -> Response:
    names = asked_attributes(request.url.query)
    if "HOST_INFO" in names:  # of no node: the path does not matter
        web_host, web_port = request.scope["server"]
        osc_host, osc_port = sources.osc()
        # A listener at every address has none to tell but the one under which it was found.
        reached = web_host if osc_host in ("0.0.0.0", "::") else osc_host
        return JSONResponse(host_info(NAME, (reached, osc_port), (web_host, web_port)))
    unknown = next((name for name in names if name not in ATTRIBUTES), None)
    if unknown is not None:
        words = f"the attributes are {', '.join(ATTRIBUTES)} and HOST_INFO, got {quoted(unknown)}"
        return JSONResponse({"error": words}, status_code=400)
    path = "/" + request.path_params["path"].strip("/")
    found = _found(sources, path)
    if found is None:
        return JSONResponse({"error": why_unknown(path)}, status_code=404)
    if not names:
        return JSONResponse(found)
    asked = {name: found[name] for name in names if name in found}
    return JSONResponse(asked) if asked else Response(status_code=204)


def _found(sources: QuerySources, path: str) -> Node | None:
    layout = None if sources.outputs is None else sources.outputs.get()
    if layout is not None and f"{path}/".startswith(ROOT):
        return outputs_tree(path, layout)
    try:
        node = tree(path, sources.desk.get, sources.choices(), sources.desk.rows)
    except ParameterError:  # a shader has left meanwhile, and its inputs with it
        node = tree(path, sources.desk.get, sources.choices())
    if layout is not None and path == "/" and node is not None and isinstance(node["CONTENTS"], dict):
        node["CONTENTS"][PATH.strip("/")] = outputs_tree(PATH, layout)
    return node


async def _talk(sources: QuerySources, websocket: WebSocket, key_now: Callable[[], Key | None]) -> None:
    """Serve one client; `key_now` is how far it is let in by now, None after the token was changed."""
    listener = sources.listeners.join()
    if listener is None:
        sources.rejections.add("another OSCQuery client: there are too many")
        await websocket.close(1013)
        return
    try:
        await websocket.accept()
        teller = asyncio.create_task(_tell(sources, websocket, listener, key_now))
        try:
            await _hear(sources, websocket, listener, key_now)
        finally:
            teller.cancel()
            await asyncio.gather(teller, return_exceptions=True)
    finally:
        sources.listeners.leave(listener)


async def _tell(
    sources: QuerySources, websocket: WebSocket, listener: Listener, key_now: Callable[[], Key | None]
) -> None:
    """Send what the client listens to, each address at most thirty times a second, for as long as it is there."""
    try:
        while True:
            paths, values = await listener.take()
            if key_now() is None:
                await websocket.close(1008)
                return
            rows = sources.desk.rows
            for path, news in paths.items():
                await websocket.send_json({"COMMAND": str(news), "DATA": path})
            for address, told in values.items():
                await websocket.send_bytes(_packet(address, told, rows.get(address)))
            await asyncio.sleep(_TELL_EVERY_S)
    except (WebSocketDisconnect, RuntimeError):  # it went while it was told; `_hear` sees that too
        return


async def _hear(
    sources: QuerySources, websocket: WebSocket, listener: Listener, key_now: Callable[[], Key | None]
) -> None:
    heard = 0
    # Behind a flood the news that it is over would come late: whoever ends the server says so beside it.
    while not sources.closing() and (message := await websocket.receive())["type"] != "websocket.disconnect":
        packet = message.get("bytes")
        try:
            if packet is None:
                _obey(sources, listener, message.get("text") or "")
            elif (key := key_now()) is None or key.role is not Role.FULL:
                sources.rejections.add("who only looks, or has an old token, sets nothing")
            else:
                heard += _take(sources, listener, packet)
        except (CommandError, OscFormatError) as error:
            sources.rejections.add(str(error))
        heard += 1
        if heard >= _BURST:
            heard = 0
            await asyncio.sleep(_REST_S * len(sources.listeners))


def _obey(sources: QuerySources, listener: Listener, text: str) -> None:
    """Do what a command says: LISTEN, with the value of now for a beginning, or IGNORE."""
    try:
        command = parse_json(text.encode("utf-8", "surrogatepass"), _COMMAND)
    except DocumentError as error:
        raise CommandError(
            f'a command is JSON such as {{"COMMAND": "LISTEN", "DATA": "/audio/gain"}}: it {error}'
        ) from None
    if not isinstance(command, dict) or command.get("COMMAND") not in ("LISTEN", "IGNORE"):
        raise CommandError(f"the commands are LISTEN and IGNORE, got {quoted(text)}")
    address = command.get("DATA")
    if not isinstance(address, str):
        raise CommandError(f"DATA is an address, got {quoted(text)}")
    if command["COMMAND"] == "IGNORE":
        listener.addresses.discard(address)
        return
    standing = _standing(sources, address)
    listener.addresses.add(address)
    if standing:
        listener.note(address, *standing)


def _standing(sources: QuerySources, address: str) -> Values:
    """Return how a parameter or a field of an output stands; a trigger has no value. Raises CommandError."""
    if (row := sources.desk.rows.get(address)) is not None:
        return () if row.kind is Kind.TRIGGER else (sources.desk.standing(address),)
    field = None if sources.outputs is None else outputs_tree(address, sources.outputs.get())
    values = None if field is None or not address.startswith(ROOT) else field.get("VALUE")
    if not isinstance(values, list):
        raise CommandError(why_unknown(address))
    return tuple(values)


def _take(sources: QuerySources, listener: Listener, packet: bytes) -> int:
    """Set what an OSC packet says, at once; return how many values that meant. Raises OscFormatError."""
    read, meant = read_packet(packet), 0
    for error in read.unreadable:
        sources.rejections.add(str(error))
    for _, message in read.messages:
        try:
            meant += _set(sources, listener, message)
        except (ParameterError, PatternError, LayoutError) as error:
            sources.rejections.add(str(error))
    return meant


def _set(sources: QuerySources, listener: Listener, message: ControlMessage) -> int:
    """Set, or where it says nothing ask for, all that the address of a message means; return how many that are."""
    if sources.outputs is not None and message.address.startswith(ROOT):
        OutputCommands(sources.outputs).do(message)
        return COST
    addresses: tuple[str, ...] = (message.address,)
    rows = sources.desk.rows
    if message.address not in rows:
        addresses = matching(message.address, rows) if is_pattern(message.address) else ()
        if not addresses:
            sources.rejections.add(partial(why_unknown, message.address))
    for address in addresses:
        if rows[address].kind is Kind.TRIGGER:
            sources.desk.post(address, True, ORIGIN)
        elif message.is_empty:
            listener.note(address, sources.desk.standing(address))
        elif len(message.arguments) == 1:
            sources.desk.post(address, message.arguments[0], ORIGIN)
        else:
            raise ParameterError(f"{address} takes one value, got {len(message.arguments)}")
    return len(addresses)


def _packet(address: str, values: Values, row: Parameter | None) -> bytes:
    if row is not None and row.kind is Kind.TRIGGER:  # an impulse, which python-osc does not write
        name = address.encode()
        return name + bytes(4 - len(name) % 4) + b",I\0\0"
    return write_message(address, *values)
