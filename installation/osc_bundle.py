"""OSC bundles opened, with a guard against what a network can send. Pure; sound and control both read through it.

Not left to python-osc: an element of negative size keeps its reader in a loop for ever, and it recurses without end.
"""

import struct
from typing import Final

IMMEDIATELY: Final = 1
"""The time tag of what counts at once (OSC 1.0)."""

_BUNDLE: Final = b"#bundle\0"
_HEADER_BYTES: Final = len(_BUNDLE) + 8  # and its time tag
_SIZE_BYTES: Final = 4
_MAX_DEPTH: Final = 4


class OscBundleError(ValueError):
    """A bundle that ends early or claims what is not there; the message is one line."""


def elements(datagram: bytes) -> list[bytes]:
    """Return a datagram's messages, unread: itself, or those of a bundle one by one (OSC 1.0, time tags ignored).

    Raises OscBundleError, and then nothing of the datagram is to be used.
    """
    return [message for _, message in timed_elements(datagram)]


def timed_elements(datagram: bytes, time_tag: int = IMMEDIATELY, depth: int = 0) -> list[tuple[int, bytes]]:
    """Return a datagram's messages, unread, each with the time tag of its bundle; inside another never an earlier one.

    Raises OscBundleError, and then nothing of the datagram is to be used.
    """
    if not datagram.startswith(_BUNDLE):
        return [(time_tag, datagram)]
    if depth == _MAX_DEPTH:
        raise OscBundleError(f"bundles are nested at most {_MAX_DEPTH} deep")
    if len(datagram) < _HEADER_BYTES:
        raise OscBundleError("a bundle ends before its time tag does")
    own_tag = max(time_tag, int.from_bytes(datagram[len(_BUNDLE) : _HEADER_BYTES]))
    messages: list[tuple[int, bytes]] = []
    index = _HEADER_BYTES
    while index < len(datagram):
        (size,) = struct.unpack(">i", datagram[index : index + _SIZE_BYTES].ljust(_SIZE_BYTES, b"\0"))
        index += _SIZE_BYTES
        if not 0 < size <= len(datagram) - index:
            raise OscBundleError(
                f"a bundle's element has the size {size}, {max(len(datagram) - index, 0)} bytes follow"
            )
        messages += timed_elements(datagram[index : index + size], own_tag, depth + 1)
        index += size
    return messages
