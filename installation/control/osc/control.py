"""OSC control of the desk over UDP and TCP: the surface, which looks after ports and threads.

One thread receives (`ports`) and does what messages say (`commands`), one tells subscribers (`echo`); the
show thread only calls `poll`. Nothing that arrives raises, and under a flood the receiver rests, so that the picture
keeps its share of the machine.
"""

import logging
import threading
from collections.abc import Callable, Mapping, Sequence
from typing import Final

from installation.clock import MonotonicClock, unix_time_s
from installation.control.osc.allowance import Allowance
from installation.control.osc.backlog import Backlog
from installation.control.osc.commands import OscCommands, Others
from installation.control.osc.echo import Echo
from installation.control.osc.messages import ControlMessage, OscFormatError, read_packet
from installation.control.osc.output_news import OutputNews
from installation.control.osc.outputs import OutputCommands, Values
from installation.control.osc.peers import Connection, Peer
from installation.control.osc.ports import OscPorts
from installation.control.osc.schedule import Schedule, seconds_ahead
from installation.control.rejections import RejectionCounter
from installation.control_status import OscStatus
from installation.desk import Desk
from installation.outputs.store import LayoutStore
from installation.values import ParameterValue
from s2s.serving.access import is_loopback

_RETRY_S: Final = 3.0
_LISTEN_S: Final = 0.1
_CLOSE_TIMEOUT_S: Final = 1.0

# In a flood four thousand messages are read a second: every parameter at display rate.
_COST_A_SECOND: Final = 4000.0
_BURST_COST: Final = 80.0
_COLLECT_EVERY_S: Final = 0.01
_BYTES_PER_COST: Final = 128

_log = logging.getLogger(__name__)


class OscControl:
    """Receives at `host`:`port`, both UDP and TCP; port 0 lets the system choose. A taken port is tried again, the
    show goes on. `outputs` are what `/output/…` moves; `others` have addresses beside the table's. `unix_time_s` tells
    the time by which senders stamp bundles.
    """

    def __init__(
        self,
        desk: Desk,
        port: int,
        host: str = "127.0.0.1",
        *,
        outputs: LayoutStore | None = None,
        others: Sequence[Others] = (),
        unix_time_s: Callable[[], float] = unix_time_s,
    ) -> None:
        self._address = host, port
        self._unix_time_s = unix_time_s
        self._clock = MonotonicClock()
        self._ports: OscPorts | None = None
        self._thread: threading.Thread | None = None
        self._closing = threading.Event()
        self._echo = Echo()
        self._rejections = RejectionCounter("OSC", _log)
        moves = None if outputs is None else OutputCommands(outputs)
        if outputs is not None:
            OutputNews(outputs, self._on_outputs)
        self._commands = OscCommands(desk, self._echo, self._rejections, self._reach, moves, others)
        self._backlog: Backlog[Peer] = Backlog()
        self._schedule: Schedule[tuple[ControlMessage, Peer]] = Schedule()
        self._received = 0
        self._rests = 0
        self._allowance = Allowance(_COST_A_SECOND, _BURST_COST)
        self._problem = "not started"
        self._next_try_at = -float("inf")
        desk.watch(self._on_change)

    @property
    def port(self) -> int:
        """The port it receives at, or the one it is still trying to get."""
        return self._address[1] if self._ports is None else self._ports.port

    def start(self) -> None:
        """Open the ports and the threads. Never raises: a taken port is one line in the log, `poll` tries again."""
        if self._bind() is not None:
            self._start_threads()

    def poll(self, now: float) -> None:
        """Retry a taken port, restart what died, log what was refused; show thread, `now` in monotonic seconds."""
        self._rejections.report(now)
        if self._closing.is_set() or (self._thread is not None and self._thread.is_alive()):
            return
        if now >= self._next_try_at:
            self._next_try_at = now + _RETRY_S
            self._start_threads()  # and not opened here: a host's name may take long to be found

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
            overtaken=self._backlog.overtaken + self._backlog.dropped,
            waiting=len(self._schedule),
            connections=0 if self._ports is None else self._ports.connections,
        )

    def close(self) -> None:
        """Stop receiving and give the port back."""
        self._closing.set()
        self._echo.close()
        if self._thread is not None:
            self._thread.join(_CLOSE_TIMEOUT_S)
        if self._ports is not None:
            self._ports.close()
            self._ports = None

    def _run(self) -> None:
        """Open the ports unless they are open, and listen until the end; where one is taken, the thread ends."""
        ports = self._ports or self._bind()
        if ports is not None:
            self._listen(ports)

    def _start_threads(self) -> None:
        self._echo.start()
        self._thread = threading.Thread(target=self._run, name="osc", daemon=True)
        self._thread.start()

    def _bind(self) -> OscPorts | None:
        host, port = self._address
        try:
            self._ports = OscPorts(host, port, self._rejections.add)
        except (OSError, UnicodeError) as error:  # a name with an endless part is no Unicode to the resolver
            self._say(f"cannot receive OSC at {host}:{port}: {getattr(error, 'strerror', error)}; trying again")
            return None
        self._problem = ""
        _log.info("OSC control at %s:%d, UDP and TCP", host, self.port)
        if not is_loopback(host):
            _log.warning(
                "OSC at %s: whoever reaches this machine there can move everything; it asks for no token", host
            )
        return self._ports

    def _say(self, problem: str) -> None:
        if problem != self._problem:
            _log.warning(problem)
        self._problem = problem

    def _listen(self, ports: OscPorts) -> None:
        while not self._closing.is_set():
            now = self._clock.now()
            self._received += ports.collect(self._backlog, self._wait_s(now), now)
            self._do_due()
            rest_s = self._allowance.rest_s(self._clock.now())
            if rest_s > 0:
                self._closing.wait(min(rest_s, _COLLECT_EVERY_S))
            elif self._backlog:
                self._read_backlog()

    def _wait_s(self, now: float) -> float:
        """Return how long to wait for what comes."""
        if self._backlog:
            return 0.0
        due_s = self._schedule.wait_s(now)
        return _LISTEN_S if due_s is None else min(due_s, _LISTEN_S)

    def _read_backlog(self) -> None:
        cost = 0
        while self._backlog and cost < _BURST_COST:
            cost += self._read(*self._backlog.take())
        if self._allowance.spend(cost, self._clock.now()):
            self._rests += 1

    def _read(self, packet: bytes, sender: Peer) -> int:
        """Do what one packet says; return what it cost, in small messages."""
        cost = 1 + len(packet) // _BYTES_PER_COST
        try:
            content = read_packet(packet)
        except OscFormatError as error:
            self._rejections.add(f"{error}, from {sender}", "malformed")
            return cost
        for reason in content.unreadable:
            self._rejections.add(f"{reason}, from {sender}", "malformed")
        for time_tag, message in content.messages:
            cost += self._do_in_time(time_tag, message, sender)
        return cost

    def _do_in_time(self, time_tag: int, message: ControlMessage, sender: Peer) -> int:
        try:
            ahead_s = seconds_ahead(time_tag, self._unix_time_s())
            if ahead_s > 0:
                self._schedule.put(self._clock.now() + ahead_s, (message, sender))
                return 1
        except OscFormatError as error:
            self._rejections.add(f"{error}, from {sender}", "bundle")
            return 1
        return self._commands.do(message, sender, self._clock.now())

    def _do_due(self) -> None:
        now = self._clock.now()
        for message, sender in self._schedule.take(now):
            self._commands.do(message, sender, now)

    def _reach(self, sender: Peer, port: int) -> Peer:
        """Return a UDP port of the sender's machine; who has a connection is told along it."""
        if self._ports is None or isinstance(sender, Connection):
            return sender
        return self._ports.udp_peer(sender.host, port)

    def _on_change(self, address: str, value: ParameterValue, _origin: str) -> None:
        self._echo.tell(address, value)

    def _on_outputs(self, changed: Mapping[str, Values]) -> None:
        for address, values in changed.items():
            self._echo.tell(address, *values)
