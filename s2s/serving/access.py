"""Who may speak to a listener: by which names, from which sites, with which token. Pure.

On loopback everybody of this machine may, and no foreign site under a name of its own (DNS rebinding). On any other
address a token is asked for: one that is made anew at each start, or those of a keyring.
"""

import ipaddress
import re
import socket
from collections.abc import Iterable
from dataclasses import dataclass, field
from typing import Final, Self

from s2s.serving.keys import Key, Keyring, Role, new_token, same

_AUTHORITY: Final = re.compile(r"(?:\[([^\[\]]*)\]|([^:\[\]]*))(?::\d{0,5})?")


@dataclass(frozen=True, slots=True)
class Access:
    """The rule of a listener bound to `host`; `names` are what it may be called besides its address.

    Everybody may ask where there is neither a `token` nor a keyring; `keys` come before `token`.
    """

    host: str
    token: str | None = field(default=None, repr=False)
    names: frozenset[str] = frozenset({"localhost"})
    keys: Keyring | None = None

    @classmethod
    def of(cls, host: str, keys: Keyring | None = None) -> Self:
        """Return the rule for a listener at `host`; where that is more than loopback `keys` open it, or a new token."""
        if is_loopback(host):
            return cls(host)
        own = socket.gethostname().lower()
        names = {"localhost", host.lower(), own, own.partition(".")[0], f"{own.partition('.')[0]}.local"}
        return cls(host, new_token() if keys is None else None, frozenset(names) - {""}, keys)

    @property
    def asks(self) -> bool:
        """Whether a token is asked for."""
        return self.token is not None or self.keys is not None

    def knows(self, authority: str) -> bool:
        """Return whether `authority`, a request's Host, is this listener: its address or one of its names."""
        name = _without_port(authority)
        address = _address(name)
        if address is None:
            return name in self.names
        if not self.asks:
            return address.is_loopback
        bound = _address(self.host)
        return bound is None or bound.is_unspecified or address == bound

    def admit(self, offered: Iterable[str], *, watches: bool = False) -> Key | None:
        """Return how far the tokens `offered` open, None where they do not; all is open where none is asked for. Who
        only `watches` how it is may do so by the token for looking, whether or not there is a view to look at.
        """
        if self.keys is not None:
            return self.keys.admit(offered, watches=watches)
        if self.token is None:
            return Key()
        return next((Key(Role.FULL, token) for token in offered if same(token, self.token)), None)

    def admits(self, offered: Iterable[str]) -> bool:
        """Return whether one of the tokens `offered` opens; all may be where none is asked for."""
        return self.admit(offered) is not None


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
    """Return the name in a Host, empty for what is none: behind the name may stand a port, and nothing else."""
    found = _AUTHORITY.fullmatch(authority)
    return "" if found is None else (found[1] or found[2]).lower()
