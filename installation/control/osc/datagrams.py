"""Takes many datagrams from a UDP socket at once, where the system can (recvmmsg of Linux), and one by one elsewhere.

Python gives its lock away at each of its own system calls, and gets it back only when the thread that draws has had its
turn, which takes as long as a picture does: one call for each of twenty thousand datagrams a second would never keep up
with them. This one takes hundreds, waits for nothing, and keeps the lock meanwhile (`PyDLL`), some tenths of a ms.
"""

import ctypes
import socket
import sys
from collections.abc import Callable
from typing import Any, Final

MOST_DATAGRAMS: Final = 512
_ADDRESS_BYTES: Final = 28  # sockaddr_in6

Address = tuple[str, int]
Datagrams = list[tuple[bytes, Address]]


class _Vector(ctypes.Structure):
    _fields_ = (("base", ctypes.c_void_p), ("length", ctypes.c_size_t))


class _Header(ctypes.Structure):
    """`struct msghdr` (recvmsg(2))."""

    _fields_ = (
        ("name", ctypes.c_void_p),
        ("name_length", ctypes.c_uint32),
        ("vectors", ctypes.POINTER(_Vector)),
        ("vector_count", ctypes.c_size_t),
        ("control", ctypes.c_void_p),
        ("control_length", ctypes.c_size_t),
        ("flags", ctypes.c_int),
    )


class _Message(ctypes.Structure):
    """`struct mmsghdr` (recvmmsg(2)): a header, and how many bytes came."""

    _fields_ = (("header", _Header), ("received", ctypes.c_uint))


class DatagramReader:
    """Reads what waits at a non-blocking socket, each datagram up to `longest` bytes. One thread; never waits."""

    def __init__(self, receiver: socket.socket, longest: int) -> None:
        self._socket, self._longest = receiver, longest
        self._receive_many = _recvmmsg()
        if self._receive_many is None:
            return
        count = MOST_DATAGRAMS
        self._data = bytearray(count * longest)
        self._names = bytearray(count * _ADDRESS_BYTES)
        self._data_view, self._names_view = memoryview(self._data), memoryview(self._names)
        data = (ctypes.c_char * len(self._data)).from_buffer(self._data)
        names = (ctypes.c_char * len(self._names)).from_buffer(self._names)
        data_at, names_at = ctypes.addressof(data), ctypes.addressof(names)
        self._vectors = (_Vector * count)(*(_Vector(data_at + longest * index, longest) for index in range(count)))
        self._messages = (_Message * count)()
        for index, message in enumerate(self._messages):
            message.header.name = names_at + _ADDRESS_BYTES * index
            message.header.vectors = ctypes.pointer(self._vectors[index])
            message.header.vector_count = 1

    def read(self) -> Datagrams:
        """Return up to MOST_DATAGRAMS that have come, with where they come from; what fails is as if none had."""
        return self._read_one_by_one() if self._receive_many is None else self._read_at_once(self._receive_many)

    def _read_one_by_one(self) -> Datagrams:
        datagrams: Datagrams = []
        while len(datagrams) < MOST_DATAGRAMS:
            try:
                packet, address = self._socket.recvfrom(self._longest)
            except OSError:  # nothing there any more, or the echo of an answer that nobody wanted
                break
            datagrams.append((packet, address[:2]))
        return datagrams

    def _read_at_once(self, receive_many: Callable[..., int]) -> Datagrams:
        for message in self._messages:
            message.header.name_length = _ADDRESS_BYTES
        count = receive_many(self._socket.fileno(), self._messages, MOST_DATAGRAMS, socket.MSG_DONTWAIT, None)
        addresses: dict[bytes, Address] = {}
        datagrams: Datagrams = []
        for index in range(max(count, 0)):
            message = self._messages[index]
            start, name_at = index * self._longest, index * _ADDRESS_BYTES
            name = self._names_view[name_at : name_at + message.header.name_length].tobytes()
            address = addresses.get(name)
            if address is None:
                address = addresses[name] = _address(name)
            datagrams.append((self._data_view[start : start + message.received].tobytes(), address))
        return datagrams


def _recvmmsg() -> Callable[..., int] | None:
    """Return the system's call, None where there is none."""
    if not sys.platform.startswith("linux"):
        return None
    try:
        call: Any = ctypes.PyDLL(None).recvmmsg
    except (OSError, AttributeError):
        return None
    call.restype = ctypes.c_int
    call.argtypes = (ctypes.c_int, ctypes.POINTER(_Message), ctypes.c_uint, ctypes.c_int, ctypes.c_void_p)
    found: Callable[..., int] = call
    return found


def _address(name: bytes) -> Address:
    """Return host and port of a `sockaddr_in` or `sockaddr_in6`."""
    port = int.from_bytes(name[2:4])
    if int.from_bytes(name[:2], sys.byteorder) == socket.AF_INET:
        return socket.inet_ntop(socket.AF_INET, name[4:8]), port
    return socket.inet_ntop(socket.AF_INET6, name[8:24]), port
