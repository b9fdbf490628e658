"""SRT's sockets, by the system's libsrt (Haivision's Secure Reliable Transport, 1.4 or later) through ctypes.

The FFmpeg that comes with PyAV is built without SRT; libsrt is a package of every Linux, of Homebrew, and of vcpkg.
"""

import ctypes
import ctypes.util
import functools
import socket
import struct
import sys
from collections.abc import Mapping
from typing import Any, Final

from installation.output.senders.transport import SenderError

INSTALL: Final = "wants libsrt: sudo apt install libsrt1.5-gnutls (macOS: brew install srt)"

_NAMES: Final = ("srt-gnutls", "srt-openssl", "srt")
_PAYLOAD_BYTES: Final = 1316
"""Seven MPEG-TS packets: what SRT's live mode carries at once."""
_TIME_LIMIT_MS: Final = 3000
# SRT_SOCKOPT of srt.h
_SEND_TIME_LIMIT: Final = 13
_LATENCY: Final = 23
_PASSPHRASE: Final = 26
_KEY_BYTES: Final = 27
_CONNECT_TIME_LIMIT: Final = 36
_STREAM_ID: Final = 46


@functools.cache
def libsrt() -> Any:
    """Return libsrt, started. Raises SenderError where there is none."""
    found = next((path for path in map(ctypes.util.find_library, _NAMES) if path), None)
    if found is None:
        raise SenderError(f"SRT {INSTALL}")
    try:
        loaded = ctypes.CDLL(found)
    except OSError as error:
        raise SenderError(f"SRT {INSTALL}; {found} cannot be loaded") from error
    loaded.srt_getlasterror_str.restype = ctypes.c_char_p
    loaded.srt_setloglevel(0)  # its own lines would stand between the show's; what fails is said here
    loaded.srt_startup()
    return loaded


def is_there() -> bool:
    """Return whether libsrt is installed; it is not loaded for that."""
    return any(map(ctypes.util.find_library, _NAMES))


class SrtWriter:
    """A connection to an SRT listener that takes bytes, as a file does. Raises SenderError where it breaks."""

    def __init__(self, host: str, port: int, options: Mapping[str, str]) -> None:
        """`options`: `latency` in ms, `passphrase` of 10 to 79 letters, `pbkeylen` 16, 24 or 32, `streamid`."""
        self._srt = libsrt()
        self._socket: int = self._srt.srt_create_socket()
        self._waiting = bytearray()
        try:
            self._set(_SEND_TIME_LIMIT, _TIME_LIMIT_MS)
            self._set(_CONNECT_TIME_LIMIT, _TIME_LIMIT_MS)
            for key, number in (("latency", _LATENCY), ("pbkeylen", _KEY_BYTES)):
                if key in options:
                    self._set(number, _whole(key, options[key]))
            for key, number in (("passphrase", _PASSPHRASE), ("streamid", _STREAM_ID)):
                if key in options:
                    self._set(number, options[key])
            address = socket_address(host, port)
            if self._srt.srt_connect(self._socket, address, len(address)) < 0:
                raise SenderError(self._reason())
        except BaseException:
            self.close()
            raise

    def write(self, data: bytes) -> int:
        """Send `data`, a packet's worth at a time; waits at most three seconds for room."""
        self._waiting += data
        while len(self._waiting) >= _PAYLOAD_BYTES:
            self._send(bytes(self._waiting[:_PAYLOAD_BYTES]))
            del self._waiting[:_PAYLOAD_BYTES]
        return len(data)

    def flush(self) -> None:
        """Send the rest."""
        if self._waiting:
            self._send(bytes(self._waiting))
            self._waiting.clear()

    def close(self) -> None:
        """End the connection."""
        if self._socket >= 0:
            self._srt.srt_close(self._socket)
            self._socket = -1

    def _send(self, payload: bytes) -> None:
        if self._srt.srt_sendmsg2(self._socket, payload, len(payload), None) < 0:
            raise SenderError(self._reason())

    def _set(self, option: int, value: int | str) -> None:
        raw = struct.pack("=i", value) if isinstance(value, int) else value.encode()
        if self._srt.srt_setsockflag(self._socket, option, raw, len(raw)) < 0:
            raise SenderError(self._reason())

    def _reason(self) -> str:
        return "SRT: " + bytes(self._srt.srt_getlasterror_str() or b"no reason given").decode(errors="replace")


def _whole(key: str, text: str) -> int:
    if not text.isdecimal() or int(text) > 60_000:
        raise SenderError(f"srt's {key} is a whole number, got {text[:20]!r}")
    return int(text)


def socket_address(host: str, port: int) -> bytes:
    """Return the `sockaddr` of `host`. Raises OSError where it has no address."""
    family, _, _, _, found = socket.getaddrinfo(host, port, type=socket.SOCK_DGRAM)[0]
    raw = socket.inet_pton(family, str(found[0]).partition("%")[0])
    body = struct.pack("!H4s8x", port, raw)
    if family == socket.AF_INET6:
        body = struct.pack("!HI16s", port, 0, raw) + struct.pack("=I", found[3] if len(found) > 3 else 0)
    # BSD systems have the length in front of a shorter family.
    head = bytes([2 + len(body), family]) if sys.platform == "darwin" else struct.pack("=H", family)
    return head + body
