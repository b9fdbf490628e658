"""What an OSC message means to the show: set, ask, `/subscribe`, `/unsubscribe`, `/ping`; `/output/…` moves outputs.

No sockets and no threads: a message and who said it come in, the desk is posted to and the peer is answered.
"""

from collections.abc import Callable, Iterable, Sequence
from functools import lru_cache
from typing import Final, Protocol

from installation.control.osc.allowance import Allowance
from installation.control.osc.echo import EVERYTHING, MAX_SUBSCRIBERS, Echo, Values, meant
from installation.control.osc.messages import ControlMessage, write_message
from installation.control.osc.outputs import COST, ROOT, OutputCommands
from installation.control.osc.patterns import PatternError, is_pattern, matching
from installation.control.osc.peers import Peer
from installation.control.rejections import RejectionCounter, why_unknown
from installation.desk import Desk
from installation.outputs.layout import LayoutError
from installation.parameter import Kind, ParameterError
from installation.parameters import PARAMETERS
from s2s.files.quote import quoted

ORIGIN: Final = "osc"
ADDRESSES: Final = tuple(PARAMETERS)
_PORTS: Final = range(1, 65_536)

_ANSWERS_A_SECOND: Final = 2000.0
_ANSWERS_AT_ONCE: Final = 1000.0
"""More than ten who ask for everything in the same moment."""

Reach = Callable[[Peer, int], Peer]
"""From who asks and a port of its machine to who is to be told."""


class Others(Protocol):
    """Addresses beside the table of parameters, such as `/isf/NAME/INPUT`. Any thread; ParameterError says why not."""

    def has(self, address: str) -> bool:
        """Return whether `address` is one of these, or means to be."""
        ...

    def post(self, address: str, arguments: Sequence[object]) -> None: ...

    def get(self, address: str) -> Sequence[float | int | bool]: ...


class OscCommands:
    """Does what messages say; what cannot be done is counted with its reason, and nothing raises."""

    def __init__(
        self,
        desk: Desk,
        echo: Echo,
        rejections: RejectionCounter,
        reach: Reach,
        outputs: OutputCommands | None = None,
        others: Sequence[Others] = (),
    ) -> None:
        self._outputs, self._others = outputs, tuple(others)
        self._desk, self._echo, self._rejections, self._reach = desk, echo, rejections, reach
        self._answers = Allowance(_ANSWERS_A_SECOND, _ANSWERS_AT_ONCE)

    def do(self, message: ControlMessage, sender: Peer, now: float) -> int:
        """Do what `message` says and answer `sender`; return what that cost, in small messages."""
        try:
            return self._do(message, sender, now)
        except (ParameterError, PatternError, LayoutError) as error:
            self._rejections.add(str(error), message.address)
            return 1

    def _do(self, message: ControlMessage, sender: Peer, now: float) -> int:
        if message.address == "/ping":
            self._count_answers(1, now)
            sender.send(write_message("/pong"))
            return 1
        if message.address in ("/subscribe", "/unsubscribe"):
            return self._subscribe(message, sender, now)
        if self._outputs is not None and message.address.startswith(ROOT):
            return self._do_to_outputs(self._outputs, message, sender, now)
        addresses = self._meant(message.address)
        for others in self._others if not addresses else ():
            if others.has(message.address):
                return self._do_other(others, message, sender, now)
        if not addresses:
            self._rejections.add(lambda: why_unknown(message.address), message.address)
            return 1
        if message.is_empty and not self._is_trigger(message.address):
            self._count_answers(len(addresses), now)
            self._answer(addresses, sender)
        else:
            self._set(addresses, message)
        return len(addresses)

    def _do_to_outputs(self, outputs: OutputCommands, message: ControlMessage, sender: Peer, now: float) -> int:
        answers = outputs.do(message)
        if answers:
            self._count_answers(len(answers), now)
        for address, values in answers:
            if not sender.send(write_message(address, *values)):
                break
        return COST + len(answers)

    def _do_other(self, others: Others, message: ControlMessage, sender: Peer, now: float) -> int:
        if message.is_empty:
            self._count_answers(1, now)
            sender.send(write_message(message.address, *others.get(message.address)))
        else:
            others.post(message.address, message.arguments)
        return 1

    def _count_answers(self, count: int, now: float) -> None:
        """Raise ParameterError where more is asked than is answered: who asks on and on must not hold up who sets."""
        if self._answers.rest_s(now) > 0:
            raise ParameterError(f"more is asked than {_ANSWERS_A_SECOND:g} values a second, which are answered")
        self._answers.spend(count, now)

    def _answer(self, addresses: Iterable[str], sender: Peer) -> None:
        for address in addresses:
            if not self._is_trigger(address) and not sender.send(write_message(address, self._desk.get(address))):
                break  # who does not read its answers has no use for more

    def _set(self, addresses: tuple[str, ...], message: ControlMessage) -> None:
        """Set all that take the value; a pattern is refused only where none does."""
        refusals: list[ParameterError] = []
        for address in addresses:
            try:
                self._desk.post(address, self._value(address, message), ORIGIN)
            except ParameterError as error:
                refusals.append(error)
        if len(refusals) == len(addresses):
            raise refusals[0]

    def _subscribe(self, message: ControlMessage, sender: Peer, now: float) -> int:
        port, pattern = _whom_and_what(message)
        peer = sender if port is None else self._reach(sender, port)
        if message.address == "/unsubscribe":
            self._echo.unsubscribe(peer, pattern)
            return 1
        wanted = EVERYTHING if pattern is None else pattern
        standing = self._standing(wanted)
        if not standing:
            raise ParameterError(f"/subscribe: {why_unknown(wanted)}")
        self._count_answers(len(standing), now)
        forgotten = self._echo.subscribe(peer, wanted)
        if forgotten is not None:
            self._rejections.add(f"to tell {forgotten} any more: there are {MAX_SUBSCRIBERS} subscribers", "/subscribe")
        self._echo.tell_state(peer, wanted, {address: values for address, values in standing.items() if values})
        return len(standing)

    def _standing(self, pattern: str) -> dict[str, Values]:
        """Return how all that a subscription means stands, by address; a trigger has no value. Raises PatternError."""
        addresses = tuple(self._desk.rows) if pattern == EVERYTHING else self._meant(pattern)
        table = {address: () if self._is_trigger(address) else (self._desk.get(address),) for address in addresses}
        outputs = {} if self._outputs is None else self._outputs.standing()
        return table | {address: outputs[address] for address in meant(pattern, outputs)}

    def _meant(self, address: str) -> tuple[str, ...]:
        """Return the parameters that an address or a pattern means. Raises PatternError."""
        rows = self._desk.rows
        if address in rows:
            return (address,)
        if not is_pattern(address):
            return ()
        return (*_matching(address), *matching(address, (one for one in rows if one not in PARAMETERS)))

    def _is_trigger(self, address: str) -> bool:
        row = self._desk.rows.get(address)
        return row is not None and row.kind is Kind.TRIGGER

    def _value(self, address: str, message: ControlMessage) -> object:
        if self._is_trigger(address):
            return True
        if len(message.arguments) != 1:
            raise ParameterError(f"{address} takes one value, got {len(message.arguments)}")
        return message.arguments[0]


@lru_cache(maxsize=128)
def _matching(pattern: str) -> tuple[str, ...]:
    """Return the parameters of the table that a pattern means. Raises PatternError."""
    return matching(pattern, ADDRESSES)


def _whom_and_what(message: ControlMessage) -> tuple[int | None, str | None]:
    """Return port and pattern of a subscription, None for what it leaves out. Raises ParameterError."""
    said = message.arguments
    patterns = [one.rstrip("/") or "/" for one in said if isinstance(one, str) and one.startswith("/")]
    ports = [one for one in said if not (isinstance(one, str) and one.startswith("/"))]
    if len(patterns) > 1 or len(ports) > 1:
        raise _refuse(message)
    return _port(message, ports[0]) if ports else None, patterns[0] if patterns else None


def _port(message: ControlMessage, said: object) -> int:
    try:
        port = float(said) if isinstance(said, int | float | str) and not isinstance(said, bool) else 0.0
    except (ValueError, OverflowError):
        port = 0.0
    if port not in _PORTS:
        raise _refuse(message)
    return int(port)


def _refuse(message: ControlMessage) -> ParameterError:
    return ParameterError(
        f"{message.address} takes a port, 1..65535, and an address or pattern, or neither; "
        f"got {quoted(list(message.arguments))}"
    )
