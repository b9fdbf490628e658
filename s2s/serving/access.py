"""Who may speak to a listener: by which names, from which sites, with which token. Pure.

On loopback everybody of this machine may, and no foreign site under a name of its own (DNS rebinding). On any other
address a token is asked for, made anew at each start.
"""

import hmac
import ipaddress
import secrets
import socket
from collections.abc import Iterable
from dataclasses import dataclass
from typing import Final, Self

_TOKEN_BYTES: Final = 24


@dataclass(frozen=True, slots=True)
class Access:
    """The rule of a listener bound to `host`; `names` are what it may be called besides its address."""

    host: str
    token: str | None = None
    names: frozenset[str] = frozenset({"localhost"})

    @classmethod
    def of(cls, host: str) -> Self:
        """Return the rule for a listener at `host`, with a new token where that is more than loopback."""
        if is_loopback(host):
            return cls(host)
        own = socket.gethostname().lower()
        names = {"localhost", host.lower(), own, own.partition(".")[0], f"{own.partition('.')[0]}.local"}
        return cls(host, secrets.token_urlsafe(_TOKEN_BYTES), frozenset(names) - {""})

    def knows(self, authority: str) -> bool:
        """Return whether `authority`, a request's Host, is this listener: its address or one of its names."""
        name = _without_port(authority)
        address = _address(name)
        if address is None:
            return name in self.names
        if self.token is None:
            return address.is_loopback
        bound = _address(self.host)
        return bound is None or bound.is_unspecified or address == bound

    def admits(self, offered: Iterable[str]) -> bool:
        """Return whether one of the tokens `offered` is the one; all may be where none is asked for."""
        if self.token is None:
            return True
        expected = self.token.encode()
        return any(hmac.compare_digest(token.encode("utf-8", "surrogateescape"), expected) for token in offered)


def is_same_site(origin: str, authority: str) -> bool:
    """Return whether a request's Origin is the page itself; what sends none is no browser, or no foreign site."""
    return origin.lower() in (f"http://{authority.lower()}", f"https://{authority.lower()}")


def is_loopback(host: str) -> bool:
    """Return whether a listener at `host` hears this machine alone."""
    address = _address(host)
    return host.lower() == "localhost" if address is None else address.is_loopback


def _address(name: str) -> ipaddress.IPv4Address | ipaddress.IPv6Address | None:
    try:
        return ipaddress.ip_address(name.partition("%")[0])
    except ValueError:
        return None


def _without_port(authority: str) -> str:
    if authority.startswith("["):
        return authority[1:].partition("]")[0].lower()
    return authority.partition(":")[0].lower()
