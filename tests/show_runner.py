"""Runs the real program, `run_show.py`, in a process of its own, as a technician would, and reads what it leaves."""

import json
import os
import secrets
import signal
import socket
import subprocess
import sys
import threading
import time
from collections.abc import Callable, Mapping, Sequence
from pathlib import Path
from types import TracebackType
from typing import Any, Final, Self

ROOT: Final = Path(__file__).resolve().parent.parent
RAIN: Final = f"file:{ROOT / 's2s' / 'examples' / 'rain.ogg'}"
"""A source for shows that only need some sound: the built-in performance (`demo`) computes for seconds first."""
_NEVER_GIVEN: Final = range(20_000, 32_000)  # below the ports of clients, which are 32768 to 60999 on Linux
_DEVICES: Final = ("DISPLAY", "XAUTHORITY", "PULSE_SERVER", "ALSA_CONFIG_PATH", "MIDO_BACKEND", "JACK_DEFAULT_SERVER")


class ShowRun:
    """One run of the show. Quiet by default: no page, no controller, its own OSC port, a report in `folder`."""

    def __init__(
        self,
        folder: Path,
        *arguments: str,
        environment: Mapping[str, str] | None = None,
        program: Sequence[str] = ("run_show.py",),
        osc_port: int | None = None,
    ) -> None:
        self.report_path = folder / "report.json"
        self.osc_port = free_udp_port() if osc_port is None else osc_port
        bare = {name: value for name, value in os.environ.items() if name not in _DEVICES}
        common = ["--report", str(self.report_path), "--osc-port", str(self.osc_port)]
        quiet = [] if "--page" in arguments else ["--no-page"]
        quiet += [] if "--venue" in arguments else ["--no-logs"]
        quiet += [] if "--oscquery" in arguments else ["--oscquery", "none"]
        quiet += [] if "--midi" in arguments else ["--midi", "none"]
        self._process = subprocess.Popen(
            [sys.executable, *program, *arguments, *common, *quiet],
            cwd=ROOT,
            env={**bare, **(environment or {})},
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            text=True,
        )
        self.lines: list[str] = []
        self._reader = threading.Thread(target=self._read, daemon=True)
        self._reader.start()

    @property
    def log(self) -> str:
        """Everything it said on stderr so far."""
        return "".join(self.lines)

    @property
    def pid(self) -> int:
        return self._process.pid

    def wait_for(self, words: str, limit_s: float = 90.0) -> None:
        """Wait until the log holds `words`."""
        self.wait_until(lambda: words in self.log, limit_s)

    def wait_until(self, happened: Callable[[], bool], limit_s: float = 90.0) -> None:
        """Wait until something happened, while the show is alive."""
        ends_at = time.monotonic() + limit_s
        while not happened():
            assert self._process.poll() is None, f"the show ended with {self._process.returncode}:\n{self.log}"
            assert time.monotonic() < ends_at, f"it did not happen in {limit_s} s:\n{self.log}"
            time.sleep(0.05)

    def wait_for_film(self, path: Path, pieces: int) -> None:
        """Wait until a film that is being recorded holds its head and so many `pieces` of a second."""
        for _ in range(1 + pieces):
            before = path.stat().st_size if path.exists() else 0
            self.wait_until(lambda before=before: path.exists() and path.stat().st_size > before)  # type: ignore[misc]

    def stop(self, number: int = signal.SIGTERM) -> int:
        """End the show by a signal and return its exit code."""
        self._process.send_signal(number)
        return self.wait()

    def wait(self, limit_s: float = 120.0) -> int:
        """Wait for the end and return the exit code."""
        code = self._process.wait(limit_s)
        self._reader.join(5.0)
        return code

    def report(self) -> dict[str, Any]:
        """The report it wrote."""
        document: dict[str, Any] = json.loads(self.report_path.read_text())
        return document

    def stdout(self) -> str:
        """What it printed, once it has ended."""
        assert self._process.stdout is not None
        return self._process.stdout.read()

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, traceback: TracebackType | None
    ) -> None:
        if self._process.poll() is None:
            self._process.kill()
            self._process.wait(10.0)
        self._reader.join(5.0)
        for pipe in (self._process.stdout, self._process.stderr):
            if pipe is not None:
                pipe.close()

    def _read(self) -> None:
        assert self._process.stderr is not None
        for line in self._process.stderr:
            self.lines.append(line)


def free_udp_port() -> int:
    """Return a port nobody listens on now, by UDP or TCP, and that the system gives to nobody who names none."""
    while True:
        port = secrets.choice(_NEVER_GIVEN)
        try:
            for kind in (socket.SOCK_DGRAM, socket.SOCK_STREAM):
                with socket.socket(socket.AF_INET, kind) as probe:
                    probe.bind(("127.0.0.1", port))
        except OSError:
            continue
        return port
