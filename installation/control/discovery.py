"""Announces in the network where the show is controlled (DNS service discovery over multicast DNS, RFC 6762 and 6763).

`_osc._udp` is the control over OSC, `_oscjson._tcp` OSCQuery, which tells the rest. A listener on loopback is announced
on the loopback interface alone: nobody else could reach it. All of it happens in a thread of its own, which looks now
and then whether listeners or the network have come or gone; the show never waits for it.
"""

import itertools
import logging
import socket
import threading
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from types import MappingProxyType
from typing import TYPE_CHECKING, Final

from installation.control.rejections import RejectionCounter
from installation.control_status import DiscoveryStatus
from s2s.files.quote import one_line
from s2s.serving.access import is_loopback
from s2s.serving.addresses import reachable

if TYPE_CHECKING:
    from zeroconf import Zeroconf

OSC: Final = "_osc._udp"
OSC_QUERY: Final = "_oscjson._tcp"

_PRODUCT: Final = "Sound to Scene"
_LONGEST_NAME_BYTES: Final = 63 - len("-999")  # RFC 6763, section 4.1.1, with room for what tells it from others
_HEAD_START_S: Final = 1.0
_LOOK_EVERY_S: Final = 3.0
_CLOSE_TIMEOUT_S: Final = 2.0
_ASKING_MS: Final = 1_000

_log = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True)
class Service:
    """One listener: its type as DNS-SD calls it, and where it is bound."""

    kind: str
    host: str
    port: int


@dataclass(slots=True)
class _Open:
    """What is announced on one set of interfaces."""

    zeroconf: "Zeroconf"
    services: tuple[Service, ...]
    names: Mapping[str, str]


class Discovery:
    """Announces what `services` returns, those listeners that are open now; it is called from a thread of its own."""

    def __init__(self, services: Callable[[], Sequence[Service]], name: str | None = None) -> None:
        self._services = services
        self._name = name or own_name(socket.gethostname())
        self._open: dict[tuple[str, ...], _Open] = {}
        self._status = DiscoveryStatus(problem="not started")
        self._rejections = RejectionCounter("discovery", _log)
        self._closing = threading.Event()
        self._thread = threading.Thread(target=self._run, name="discovery", daemon=True)

    def start(self) -> None:
        """Start the thread; returns at once, and never raises."""
        self._thread.start()

    def poll(self, now: float) -> None:
        """Log what was in the way; show thread, `now` in monotonic seconds."""
        self._rejections.report(now)

    def status(self) -> DiscoveryStatus:
        """Return the names that the show is found by, and why it is not where it cannot be."""
        return self._status

    def close(self) -> None:
        """Take the announcements back; waits a moment for it, not for ever."""
        self._closing.set()
        if self._thread.is_alive():
            self._thread.join(_CLOSE_TIMEOUT_S)

    def _run(self) -> None:
        logging.getLogger("zeroconf").setLevel(logging.CRITICAL)  # what matters of it is said in our status
        if self._closing.wait(_HEAD_START_S):
            return
        while True:
            problem = self._keep_up()
            if problem and problem != self._status.problem:
                self._rejections.add(problem)
            self._tell(problem)
            if self._closing.wait(_LOOK_EVERY_S):
                break
        self._withdraw(tuple(self._open))

    def _keep_up(self) -> str:
        """Announce what is new, take back what has gone; return in one line what was in the way."""
        try:
            wanted = by_interfaces(self._services())
            self._withdraw([key for key, one in self._open.items() if wanted.get(key) != one.services])
            for interfaces, services in wanted.items():
                if interfaces not in self._open and not self._closing.is_set():
                    self._announce(interfaces, services)
        except Exception as error:  # no network, no multicast, no socket: the next look may find it
            return f"cannot announce the show: {type(error).__name__}: {one_line(error)}"
        return ""

    def _announce(self, interfaces: tuple[str, ...], services: tuple[Service, ...]) -> None:
        from zeroconf import IPVersion, ServiceInfo, Zeroconf

        version = IPVersion.V6Only if ":" in interfaces[0] else IPVersion.V4Only
        family = socket.AF_INET6 if version is IPVersion.V6Only else socket.AF_INET
        zeroconf = Zeroconf(interfaces=list(interfaces), ip_version=version)
        names: dict[str, str] = {}
        try:
            for service in services:
                info = ServiceInfo(
                    f"{service.kind}.local.",
                    f"{free_name(zeroconf, service.kind, self._name)}.{service.kind}.local.",
                    port=service.port,
                    addresses=[socket.inet_pton(family, address) for address in interfaces],
                    properties={"txtvers": "1"},
                    server=f"{local_name(self._name)}.",
                )
                zeroconf.register_service(info, allow_name_change=True)
                names[service.kind] = info.name.removesuffix(f".{service.kind}.local.")
        except BaseException:
            zeroconf.close()
            raise
        self._open[interfaces] = _Open(zeroconf, services, names)
        told = ", ".join(f"{name!r} ({kind})" for kind, name in names.items())
        _log.info("announced on %s: %s", ", ".join(interfaces), told)

    def _withdraw(self, keys: Sequence[tuple[str, ...]]) -> None:
        for key in keys:
            self._open.pop(key).zeroconf.close()

    def _tell(self, problem: str) -> None:
        names = {kind: name for one in self._open.values() for kind, name in one.names.items()}
        interfaces = tuple(address for key in self._open for address in key)
        self._status = DiscoveryStatus(
            problem=problem,
            refused=self._rejections.count,
            last_refusal=self._rejections.last,
            announced=MappingProxyType(names),
            interfaces=interfaces,
        )


def free_name(zeroconf: "Zeroconf", kind: str, name: str) -> str:
    """Return `name`, or with a number behind it that nobody has, for a service of this `kind`. Takes a second or so.

    Before it announces, zeroconf asks for an answer to itself alone. Two shows on one machine have one address and
    port, and the system gives that answer to one of them, always the same: so it is asked aloud first.
    """
    from zeroconf import DNSQuestionType

    def is_taken(one: str) -> bool:
        asked = f"{kind}.local.", f"{one}.{kind}.local."
        return zeroconf.get_service_info(*asked, timeout=_ASKING_MS, question_type=DNSQuestionType.QM) is not None

    names = itertools.chain([name], (f"{name}-{number}" for number in itertools.count(2)))
    return next(one for one in names if not is_taken(one))


def by_interfaces(services: Sequence[Service]) -> dict[tuple[str, ...], tuple[Service, ...]]:
    """Return the services by the addresses of the interfaces on which each can be reached."""
    groups: dict[tuple[str, ...], tuple[Service, ...]] = {}
    for service in services:
        key = interfaces_of(service.host)
        groups[key] = (*groups.get(key, ()), service)
    return groups


def interfaces_of(host: str) -> tuple[str, ...]:
    """Return the addresses of the interfaces on which a listener bound to `host` is reached. Raises OSError."""
    if is_loopback(host):
        return ("::1",) if ":" in host else ("127.0.0.1",)
    addresses = [address.partition("%")[0] for address in reachable(host)]
    return tuple(sorted(socket.gethostbyname(one) if _is_name(one) else one for one in addresses))


def own_name(hostname: str) -> str:
    """Return the name under which a show on this machine is announced."""
    name = f"{_PRODUCT} ({hostname.partition('.')[0]})"
    return name.encode("utf-8", "replace")[:_LONGEST_NAME_BYTES].decode("utf-8", "ignore")


def local_name(name: str) -> str:
    """Return the name by which a show that is announced as `name` is looked up: a label of letters, digits, hyphens.

    One of its own, because the machine's may be somebody else's to announce.
    """
    label = "".join(letter if letter.isascii() and letter.isalnum() else "-" for letter in name.lower())
    return f"{'-'.join(part for part in label.split('-') if part)[:63] or 'show'}.local"


def _is_name(host: str) -> bool:
    return ":" not in host and not host.replace(".", "").isdecimal()
