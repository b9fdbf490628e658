"""The hands of a soak: they reach the show as people and networks do, never from within."""

import json
import os
import signal
import socket
import threading
import time
import urllib.error
import urllib.request
from collections.abc import Callable, Mapping
from contextlib import suppress
from typing import Any, Final

import numpy as np

from installation.control.osc.messages import write_message
from installation.soak.plan import LASTS_S, Deed, Kind
from installation.soak.stage import EDITED, Stage

_ANSWER_S: Final = 5.0
_BREAKS_AFTER_S: Final = 4.0
_FLOOD_A_SECOND: Final = 2_000
_PCM_SAMPLES: Final = 320
_MALFORMED: Final = (
    b"\xff" * 40,
    b"#bundle\0" + bytes(8) + b"\xff\xff\xff\xfc",
    b"/render/hue\0,zz\0" + bytes(8),
    b"/render/hue\0,f\0\0\x7f\xc0\0\0",  # NaN
    b"/render/heu\0,f\0\0\0\0\0\0",
    b"/[" * 200,
)

Later = tuple[float, Callable[[], None]]


class Hands:
    """Does deeds to the show whose page is at `url`; `pids` are its processes by name, kept by the driver."""

    def __init__(self, url: str, osc_port: int, stage: Stage) -> None:
        self.url, self._osc_port, self._stage = url, osc_port, stage
        self.pids: Mapping[str, int] = {}
        self.unanswered = 0
        self._plugged = threading.Event()

    def do(self, deed: Deed) -> list[Later]:
        """Do it; return what belongs to it and comes later, in seconds from now."""
        match deed.kind:
            case Kind.CONTROL | Kind.SOUND:
                self.set(deed.what, deed.value)
            case Kind.PRESET | Kind.MODEL:
                self.set(f"/show/{deed.kind}", deed.what)
            case Kind.PLUG | Kind.UNPLUG:
                self._plug(wanted=deed.kind is Kind.PLUG)
            case Kind.PAGES:
                _begin(self._browse)
            case Kind.KILL | Kind.STOP:
                self._signal(deed.what, signal.SIGKILL if deed.kind is Kind.KILL else signal.SIGSTOP)
            case Kind.FLOOD:
                _begin(self._flood_values if deed.what == "values" else self._flood_malformed)
            case Kind.EDIT:
                self.set("/show/preset", EDITED)
                return [(_BREAKS_AFTER_S, lambda: self._stage.break_edited(deed.what)), (LASTS_S, self._stage.mend)]
        return []

    def set(self, address: str, value: object) -> None:
        """Move a control over REST, as a hub does; one that is not answered is counted."""
        body = json.dumps({"value": value}).encode()
        request = urllib.request.Request(f"{self.url}api/parameters{address}", body, method="PUT")
        request.add_header("Content-Type", "application/json")
        try:
            with urllib.request.urlopen(request, timeout=_ANSWER_S) as answer:
                answer.read()
        except urllib.error.HTTPError as error:  # refused in words: that is an answer
            error.close()
        except (OSError, ValueError):
            self.unanswered += 1

    def get(self, path: str) -> str | None:
        """Return what the page answers, None where it does not."""
        try:
            with urllib.request.urlopen(self.url + path, timeout=_ANSWER_S) as answer:
                return str(answer.read().decode())
        except urllib.error.HTTPError as error:  # 503 is how health says that the show has failed
            with error:
                return str(error.read().decode())
        except (OSError, ValueError):
            self.unanswered += 1
            return None

    def health(self) -> dict[str, Any]:
        """Return what the show says of its health, empty where it does not answer."""
        try:
            document = json.loads(self.get("health") or "{}")
        except ValueError:
            return {}
        return document if isinstance(document, dict) else {}

    def rest(self) -> None:
        """Let go of everything."""
        self._plugged.clear()

    def _signal(self, name: str, number: int) -> None:
        with suppress(KeyError, ProcessLookupError):  # it is just being started again
            os.kill(self.pids[name], number)

    def _plug(self, *, wanted: bool) -> None:
        was_there = self._plugged.is_set()
        if not wanted:
            self._plugged.clear()
        elif not was_there:
            self._plugged.set()
            _begin(self._stream)

    def _stream(self) -> None:
        draw, number, due_at = np.random.default_rng(1), 0, time.monotonic()
        with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as sender:
            while self._plugged.is_set():
                swell = 0.5 + 0.5 * np.sin(number / 100)
                block = (draw.normal(0.0, 2000.0 * swell, _PCM_SAMPLES)).astype("<i2").tobytes()
                with suppress(OSError):  # nobody listens just now
                    sender.sendto(_pcm(number, block), ("127.0.0.1", self._stage.pcm_port))
                number, due_at = number + 1, due_at + _PCM_SAMPLES / 16_000
                time.sleep(max(due_at - time.monotonic(), 0.0))

    def _flood_malformed(self) -> None:
        self._flood(lambda number: _MALFORMED[number % len(_MALFORMED)])

    def _flood_values(self) -> None:
        self._flood(lambda number: write_message("/render/hue", (number % 100) / 500))

    def _flood(self, packet: Callable[[int], bytes]) -> None:
        ends_at, number = time.monotonic() + LASTS_S, 0
        with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as sender:
            while time.monotonic() < ends_at:
                for _ in range(_FLOOD_A_SECOND // 100):
                    with suppress(OSError):
                        sender.sendto(packet(number), ("127.0.0.1", self._osc_port))
                    number += 1
                time.sleep(0.01)

    def _browse(self) -> None:
        host, _, port = self.url.removeprefix("http://").rstrip("/").rpartition(":")
        for number in range(8):
            with suppress(OSError), socket.create_connection((host, int(port)), timeout=_ANSWER_S) as one:
                whole = f"GET /api/status HTTP/1.1\r\nHost: {host}:{port}\r\nConnection: close\r\n\r\n".encode()
                one.sendall(whole[: len(whole) // (1 + number % 2)])
                if number % 2 == 0:
                    while one.recv(65_536):
                        pass


def _pcm(number: int, block: bytes) -> bytes:
    """Return one block of mono as DESIGN's `/stream/pcm ,iiisb` has it."""
    head = b"/stream/pcm\0,iiisb\0\0"
    numbers = b"".join(value.to_bytes(4, "big") for value in (number, 16_000, 1))
    padding = bytes(-len(block) % 4)
    return head + numbers + b"s16le\0\0\0" + len(block).to_bytes(4, "big") + block + padding


def _begin(work: Callable[[], None]) -> None:
    threading.Thread(target=work, name="soak", daemon=True).start()
