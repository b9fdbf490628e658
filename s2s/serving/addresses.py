"""How a listener is called: its address, and those under which others reach it."""

import ipaddress
import socket

import psutil


def bind(host: str, port: int) -> socket.socket:
    """Return a socket that listens at `host`:`port`; port 0 lets the system choose. Raises OSError."""
    family = socket.AF_INET6 if ":" in host else socket.AF_INET
    return socket.create_server((host, port), family=family)


def url_of(host: str, port: int) -> str:
    """Return the address of the page at `host`:`port`."""
    return f"http://[{host}]:{port}/" if ":" in host else f"http://{host}:{port}/"


def reachable(host: str) -> list[str]:
    """Return the addresses under which others find a listener at `host`."""
    try:
        bound = ipaddress.ip_address(host)
    except ValueError:
        return [host]
    if not bound.is_unspecified:
        return [host]
    family = socket.AF_INET6 if bound.version == 6 else socket.AF_INET
    addresses = [item.address for items in psutil.net_if_addrs().values() for item in items if item.family == family]
    outside = [text for text in addresses if not _is_of_this_machine(text)]
    return outside or ["::1" if bound.version == 6 else "127.0.0.1"]


def _is_of_this_machine(text: str) -> bool:
    address = ipaddress.ip_address(text.partition("%")[0])
    return address.is_loopback or address.is_link_local
