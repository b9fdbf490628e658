"""OSC control of the desk: `/group/name value` sets, `/group/name` alone is answered, `/subscribe port` listens along.

One thread receives, one echoes (osc_echo); the show thread only calls `poll`. Nothing that arrives raises, and under
a flood the receiver rests, so that the picture keeps its share of the machine.
"""

import logging
import select
import socket
import threading
from functools import partial
from typing import Final

from installation.control.osc_echo import MAX_SUBSCRIBERS, Echo, Peer
from installation.control.osc_messages import (
    MAX_PACKET_BYTES,
    ControlMessage,
    OscFormatError,
    read_packet,
    write_message,
)
from installation.control.rejections import RejectionCounter, why_unknown
from installation.desk import Desk
from installation.parameters import PARAMETERS, Kind, ParameterError
from installation.status import OscStatus
from installation.values import ParameterValue
from s2s.files.quote import quoted

_RETRY_S: Final = 3.0
_LISTEN_S: Final = 0.1
_CLOSE_TIMEOUT_S: Final = 1.0

# About four thousand messages a second: every parameter at display rate, twice over.
_BURST_COST: Final = 80
_REST_S: Final = 0.02
_BYTES_PER_COST: Final = 128

_log = logging.getLogger(__name__)


class OscControl:
    """Receives at UDP `host`:`port`; port 0 lets the system choose. A taken port is tried again, the show goes on."""

    def __init__(self, desk: Desk, port: int, host: str = "127.0.0.1") -> None:
        self._desk = desk
        self._host = host
        self._requested_port = port
        self._socket: socket.socket | None = None
        self._thread: threading.Thread | None = None
        self._closing = threading.Event()
        self._echo = Echo()
        self._rejections = RejectionCounter("OSC", _log)
        self._received = 0
        self._rests = 0
        self._problem = "not started"
        self._next_try_at = -float("inf")
        desk.watch(self._on_change)

    @property
    def port(self) -> int:
        """The port it receives at, or the one it is still trying to get."""
        return self._requested_port if self._socket is None else int(self._socket.getsockname()[1])

    def start(self) -> None:
        """Open the port and the threads. Never raises: a taken port is one line in the log, `poll` tries again."""
        self._open()

    def poll(self, now: float) -> None:
        """Retry a taken port, restart what died, log what was refused; show thread, `now` in monotonic seconds."""
        self._rejections.report(now)
        if self._closing.is_set() or (self._thread is not None and self._thread.is_alive()):
            return
        if now >= self._next_try_at:
            self._next_try_at = now + _RETRY_S
            self._open()

    def status(self) -> OscStatus:
        """Return port, counts and the last refusal in words; `problem` is empty while it receives."""
        return OscStatus(
            port=self.port,
            problem=self._problem,
            received=self._received,
            refused=self._rejections.count,
            last_refusal=self._rejections.last,
            rests=self._rests,
            subscribers=len(self._echo.subscribers),
        )

    def close(self) -> None:
        """Stop receiving and give the port back."""
        self._closing.set()
        self._echo.close()
        if self._thread is not None:
            self._thread.join(_CLOSE_TIMEOUT_S)
        if self._socket is not None:
            self._socket.close()
            self._socket = None

    def _open(self) -> None:
        receiver = self._socket or self._bind()
        if receiver is None:
            return
        self._echo.start(receiver)
        self._thread = threading.Thread(target=self._listen, args=(receiver,), name="osc", daemon=True)
        self._thread.start()

    def _bind(self) -> socket.socket | None:
        receiver = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
        try:
            receiver.bind((self._host, self._requested_port))
        except OSError as error:
            receiver.close()
            self._say(f"cannot receive OSC at {self._host}:{self._requested_port}: {error.strerror}; trying again")
            return None
        receiver.setblocking(False)
        self._socket = receiver
        self._problem = ""
        _log.info("OSC control at %s:%d", self._host, self.port)
        return receiver

    def _say(self, problem: str) -> None:
        if problem != self._problem:
            _log.warning(problem)
        self._problem = problem

    def _listen(self, receiver: socket.socket) -> None:
        cost = 0
        while not self._closing.is_set():
            if not select.select([receiver], [], [], 0)[0]:
                cost = 0
                if not select.select([receiver], [], [], _LISTEN_S)[0]:
                    continue
            cost += self._receive(receiver)
            if cost >= _BURST_COST:
                self._rests += 1
                cost = 0
                self._closing.wait(_REST_S)

    def _receive(self, receiver: socket.socket) -> int:
        """Handle one datagram; return what it cost, in small messages."""
        try:
            packet, sender = receiver.recvfrom(MAX_PACKET_BYTES + 1)
        except OSError:  # nothing there after all, or the echo of an answer nobody wanted
            return 1
        self._received += 1
        try:
            messages = read_packet(packet)
        except OscFormatError as error:
            self._rejections.add(f"{error}, from {sender[0]}:{sender[1]}")
            messages = []
        for message in messages:
            self._handle(message, sender, receiver)
        return max(len(messages), 1) + len(packet) // _BYTES_PER_COST

    def _handle(self, message: ControlMessage, sender: Peer, receiver: socket.socket) -> None:
        try:
            if message.address in ("/subscribe", "/unsubscribe"):
                self._subscribe(message, sender)
            elif message.address not in PARAMETERS:
                self._rejections.add(partial(why_unknown, message.address))
            elif not message.arguments and PARAMETERS[message.address].kind is not Kind.TRIGGER:
                self._answer(message.address, sender, receiver)
            else:
                self._desk.post(message.address, _value(message), "osc")
        except ParameterError as error:
            self._rejections.add(str(error))

    def _subscribe(self, message: ControlMessage, sender: Peer) -> None:
        port = message.arguments[0] if len(message.arguments) == 1 else None
        if not isinstance(port, int | float) or port not in range(1, 65_536):
            raise ParameterError(f"{message.address} takes one port, 1..65535, got {quoted(list(message.arguments))}")
        peer = (sender[0], int(port))
        if message.address == "/unsubscribe":
            self._echo.unsubscribe(peer)
        elif (forgotten := self._echo.subscribe(peer)) is not None:
            self._rejections.add("to tell {}:{} any more: there are {} subscribers".format(*forgotten, MAX_SUBSCRIBERS))

    def _answer(self, address: str, sender: Peer, receiver: socket.socket) -> None:
        try:
            receiver.sendto(write_message(address, self._desk.get(address)), sender)
        except OSError as error:
            _log.debug("OSC answer to %s:%d: %s", *sender, error)

    def _on_change(self, address: str, value: ParameterValue, _origin: str) -> None:
        self._echo.tell(address, value)


def _value(message: ControlMessage) -> object:
    if PARAMETERS[message.address].kind is Kind.TRIGGER:
        return True
    if len(message.arguments) != 1:
        raise ParameterError(f"{message.address} takes one value, got {len(message.arguments)}")
    return message.arguments[0]
