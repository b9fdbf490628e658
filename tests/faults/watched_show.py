"""A run of the real program that is watched while it is hurt: how long it was black, what was said, what stays."""

import http.client
import io
import json
import os
import re
import threading
import time
from collections.abc import Iterator, Mapping
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field
from itertools import pairwise
from pathlib import Path
from types import TracebackType
from typing import Any, Final, Self

import numpy as np
import psutil
from PIL import Image
from websockets.exceptions import WebSocketException
from websockets.sync.client import connect

from installation import shared
from tests.show_runner import ShowRun

_EVERY_S: Final = 0.1
_PICTURES_A_SECOND: Final = 10
_VISIBLE: Final = 0.01
"""The mean of a picture, 0..1, below which it is black."""
_CACHE_OF_TORCH: Final = "torchinductor_"
"""One folder a user, whatever happens."""
_MORE_HANDLES: Final = 8
"""Connections of the page come and go; a leak would be one a fault, and grow."""
_STAGE: Final = ("--size", "320x180", "--fps", "20", "--page", "127.0.0.1:0")


@dataclass(slots=True)
class Seen:
    """What was seen of the show, by monotonic seconds: pictures that were not black, its condition and its reasons."""

    pictures: list[float] = field(default_factory=list)
    conditions: list[tuple[float, str, dict[str, str]]] = field(default_factory=list)

    def longest_without_a_picture_s(self, begin: float, end: float) -> float:
        """Return the longest time between two pictures that were not black, from `begin` to `end`."""
        before = max((at for at in self.pictures if at <= begin), default=begin)
        times = [before, *(at for at in self.pictures if begin < at <= end), end]
        return max(later - earlier for earlier, later in pairwise(times))


class WatchedShow(ShowRun):
    """One run, with a page at a free port; `with` ends it, and then nothing of it may be left."""

    def __init__(
        self,
        folder: Path,
        *arguments: str,
        environment: Mapping[str, str] | None = None,
        output: str = "headless",
        **more: Any,
    ) -> None:
        self.temporary = folder / "tmp"
        self.temporary.mkdir(exist_ok=True)
        own = {"TMPDIR": str(self.temporary), "FAULTS": str(folder), "PYTHONFAULTHANDLER": "1", **(environment or {})}
        arguments = (*_STAGE, "--output", output, "--venue", str(folder / "venue"), *arguments)
        super().__init__(folder, *arguments, environment=own, **more)
        self.seen = Seen()
        self._over = threading.Event()
        self._threads = [threading.Thread(target=watch, daemon=True) for watch in (self._look, self._ask)]
        self._family: list[psutil.Process] = []

    def __enter__(self) -> Self:
        for thread in self._threads:
            thread.start()
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, traceback: TracebackType | None
    ) -> None:
        self._over.set()
        super().__exit__(kind, error, traceback)
        for thread in self._threads:
            thread.join(5.0)

    @property
    def port(self) -> int | None:
        """Where the page is, None while it is not yet."""
        found = re.findall(r"operator page at http://127.0.0.1:(\d+)/", self.log)
        return int(found[-1]) if found else None

    def wait_until_well(self, since: float = 0.0, limit_s: float = 90.0) -> float:
        """Wait until all has been well since `since` at the earliest; return when that was first seen."""
        self.wait_until(lambda: self._well(since) is not None, limit_s)
        at = self._well(since)
        assert at is not None
        return at

    def wait_for_reason(self, words: str, since: float = 0.0, limit_s: float = 90.0) -> tuple[float, str]:
        """Wait until the page gives a reason with `words` in it; return when that was first seen, and all of it."""
        self.wait_until(lambda: self._said(words, since) is not None, limit_s)
        said = self._said(words, since)
        assert said is not None
        return said

    def put(self, address: str, value: object) -> None:
        """Set a parameter by the page's REST."""
        self._request("PUT", f"/api/parameters{address}", json.dumps({"value": value}))

    def get(self, address: str) -> Any:
        """Return a parameter's value, by the page's REST."""
        return self._request("GET", f"/api/parameters{address}")["value"]

    def hang_up(self) -> None:
        """Read nothing any more of what it prints: its pipe breaks at the next line."""
        assert self._process.stderr is not None
        nothing = os.open(os.devnull, os.O_RDONLY)
        os.dup2(nothing, self._process.stderr.fileno())
        os.close(nothing)

    def _request(self, method: str, path: str, body: str | None = None) -> Any:
        connection = http.client.HTTPConnection("127.0.0.1", self.port, timeout=10)
        connection.request(method, path, body, {"Content-Type": "application/json"})
        answer = connection.getresponse()
        told = json.loads(answer.read())
        connection.close()
        assert answer.status == 200, told
        return told

    def workers(self) -> list[psutil.Process]:
        """Return its workers, the oldest first: inference, then capture, at the start."""
        children = []
        for child in psutil.Process(self.pid).children():
            with suppress(psutil.NoSuchProcess):
                if "spawn_main" in " ".join(child.cmdline()):
                    children.append(child)
        return sorted(children, key=lambda child: child.create_time())

    def worker(self, name: str) -> psutil.Process:
        """Return the worker of that name: what imports torch is inference."""
        for child in self.workers():
            maps = Path(f"/proc/{child.pid}/maps").read_text()
            if ("libtorch" in maps) is (name == "inference"):
                return child
        raise AssertionError(f"there is no {name} now")

    def holds(self) -> tuple[int, int]:
        """Return how many handles and threads the show's own process has."""
        process = psutil.Process(self.pid)
        return process.num_fds(), process.num_threads()

    def end(self, code: int = 0) -> None:
        """End it, and look that nothing is left of it: processes, shared memory, temporary files."""
        family = psutil.Process(self.pid).children(recursive=True)
        assert self.stop() == code, self.log
        assert psutil.wait_procs(family, timeout=20)[1] == [], "processes were left"
        self.look_that_nothing_is_left()

    def look_that_nothing_is_left(self) -> None:
        """Of a show that has ended."""
        assert list(shared.FOLDER.glob(f"{shared.PREFIX}{self.pid}-*")) == [], "shared memory was left"
        left = [path.name for path in self.temporary.iterdir() if not path.name.startswith(_CACHE_OF_TORCH)]
        assert left == [], f"temporary files were left: {left}"

    def _well(self, since: float) -> float | None:
        return next((at for at, how, _ in list(self.seen.conditions) if how == "ok" and at >= since), None)

    def _said(self, words: str, since: float) -> tuple[float, str] | None:
        for at, _how, reasons in list(self.seen.conditions):
            for part, said in reasons.items() if at >= since else ():
                if words in f"{part}: {said}":
                    return at, f"{part}: {said}"
        return None

    def _look(self) -> None:
        """Watch the wall, as the page shows it."""
        while not self._over.is_set():
            if self.port is None:
                self._over.wait(_EVERY_S)
                continue
            with suppress(OSError, WebSocketException, TimeoutError):
                self._look_until_it_breaks(self.port)

    def _look_until_it_breaks(self, port: int) -> None:
        with connect(f"ws://127.0.0.1:{port}/api/live", compression=None, max_size=None) as page:
            page.send(json.dumps({"type": "picture", "fps": _PICTURES_A_SECOND}))
            while not self._over.is_set():
                message = page.recv(timeout=5.0)
                if isinstance(message, bytes) and brightness(message) > _VISIBLE:
                    self.seen.pictures.append(time.monotonic())

    def _ask(self) -> None:
        """Ask how it is, as a monitor would."""
        while not self._over.wait(_EVERY_S):
            if self.port is None:
                continue
            with suppress(OSError, http.client.HTTPException, ValueError):
                connection = http.client.HTTPConnection("127.0.0.1", self.port, timeout=5)
                connection.request("GET", "/api/health")
                told = json.loads(connection.getresponse().read())
                connection.close()
                self.seen.conditions.append((time.monotonic(), told["condition"], told["reasons"]))


@dataclass(slots=True)
class Measured:
    """How a show fared: times in seconds, None where it did not come to it; `words` is what the page said."""

    black_s: float | None = None
    recovered_s: float | None = None
    words: str = ""


class Fault:
    """One fault in a running show, from its injection to its cure and the recovery from it."""

    def __init__(self, show: WatchedShow) -> None:
        self._show = show
        self.began_at = self.cured_at = self._said_at = time.monotonic()
        self._words = ""
        self._handles, self._threads = show.holds()
        self.measured = Measured()

    def said(self, words: str, limit_s: float = 90.0) -> None:
        """Wait until the page gives this reason, and the log has it."""
        self._said_at, self._words = self._show.wait_for_reason(words, self.began_at, limit_s)
        self._show.wait_for(words)

    def cured(self) -> None:
        """From now on it should get well."""
        self.cured_at = time.monotonic()

    def recovered(self, limit_s: float = 90.0) -> Measured:
        """Wait until it is well, and look that it holds no more than before."""
        well_at = self._show.wait_until_well(max(self.cured_at, self._said_at), limit_s)
        time.sleep(0.3)
        handles, threads = self._show.holds()
        assert handles <= self._handles + _MORE_HANDLES, f"handles: {self._handles} before, {handles} after"
        assert threads <= self._threads + _MORE_HANDLES, f"threads: {self._threads} before, {threads} after"
        black_s = self._show.seen.longest_without_a_picture_s(self.began_at, well_at)
        self.measured = Measured(black_s, well_at - self.cured_at, self._words)
        return self.measured


@contextmanager
def fault(show: WatchedShow) -> Iterator[Fault]:
    """Hurt a show that is well."""
    show.wait_until_well()
    yield Fault(show)


def brightness(jpeg: bytes) -> float:
    """Return the mean of a picture, 0..1."""
    with Image.open(io.BytesIO(jpeg)) as picture:
        return float(np.asarray(picture, np.float32).mean() / 255.0)
