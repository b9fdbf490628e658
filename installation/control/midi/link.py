"""The show's end of the MIDI port process: starts it, hears what it says, ends it when it is stuck, starts it again.

`poll` belongs to the show thread and never waits for a driver; `on_report` is called on a thread of this object's own.
"""

import json
import logging
import os
import subprocess
import sys
import threading
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any, Final

_SCRIPT: Final = Path(__file__).with_name("ports.py")
_SILENCE_LIMIT_S: Final = 5.0
"""Ports are reported twice a second; a process that says nothing for this long is stuck in a driver."""

_BACK_OFF_S: Final = (1.0, 2.0, 4.0)
_CLOSE_TIMEOUT_S: Final = 1.0

_log = logging.getLogger(__name__)


class PortLink:
    """One port process of one `api` at a time. `problem` says in words why there is none, and is empty otherwise."""

    def __init__(self, api: str, on_report: Callable[[Mapping[str, Any]], None]) -> None:
        self.problem = ""
        self._api = api
        self._on_report = on_report
        self._process: subprocess.Popen[str] | None = None
        self._reader: threading.Thread | None = None
        self._reports = 0
        self._reports_before = 0
        self._report_at: float | None = None
        self._last_problem = ""
        self._failures = 0
        self._retry_at = -float("inf")

    @property
    def pid(self) -> int | None:
        """The process that holds the ports, None while there is none."""
        return None if self._process is None else self._process.pid

    def start(self) -> None:
        """Start the process; takes milliseconds, the driver is opened over there."""
        self._reports_before, self._report_at, self._last_problem = self._reports, None, ""
        self._process = subprocess.Popen(
            [sys.executable, "-P", str(_SCRIPT), self._api],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=subprocess.DEVNULL,  # libjack and ALSA write there whatever happens
            env={**os.environ, "JACK_NO_START_SERVER": "1"},
            text=True,
        )
        if os.name == "posix":
            assert self._process.stdin is not None
            os.set_blocking(self._process.stdin.fileno(), False)
        self._reader = threading.Thread(target=self._read, args=(self._process,), name="midi", daemon=True)
        self._reader.start()

    def poll(self, now: float) -> None:
        """Notice what has died or hangs, and start it again after a while."""
        if self._process is None:
            if now >= self._retry_at:
                self.start()
        elif self._process.poll() is not None:
            self._fail(self._last_problem or "the MIDI port process ended without a word", now)
        elif self._report_at is None or self._reports != self._reports_before:
            if self._reports != self._reports_before:
                self._failures, self.problem = 0, ""
            self._reports_before, self._report_at = self._reports, now
        elif now - self._report_at > _SILENCE_LIMIT_S:
            self._fail(f"the MIDI driver has not answered for {_SILENCE_LIMIT_S:g} s", now)

    def send(self, request: Mapping[str, Any]) -> None:
        """Tell the process something, in at most 4096 bytes; lost when it has just gone, or hangs. Never waits."""
        process = self._process
        if process is None or process.stdin is None:
            return
        try:  # a pipe takes so few bytes whole or not at all (POSIX, PIPE_BUF)
            os.write(process.stdin.fileno(), json.dumps(dict(request)).encode() + b"\n")
        except (OSError, ValueError) as error:  # full, broken or closed: `poll` ends what hangs and starts a new one
            _log.debug("MIDI port process: %s", error)

    def close(self) -> None:
        """End the process. It holds nothing that asks for gentleness, and a driver may hang in anything gentler."""
        process, self._process = self._process, None
        if process is None:
            return
        process.kill()
        process.wait(_CLOSE_TIMEOUT_S)
        if self._reader is not None:
            self._reader.join(_CLOSE_TIMEOUT_S)
        for pipe in (process.stdin, process.stdout):
            if pipe is not None:
                pipe.close()

    def _read(self, process: "subprocess.Popen[str]") -> None:
        assert process.stdout is not None
        for line in process.stdout:
            report = json.loads(line)
            self._reports += 1
            self._last_problem = report.get("problem", "")
            self._on_report(report)

    def _fail(self, problem: str, now: float) -> None:
        if problem != self.problem:
            _log.warning("%s; trying again", problem)
        self.problem = problem
        self._retry_at = now + _BACK_OFF_S[min(self._failures, len(_BACK_OFF_S) - 1)]
        self._failures += 1
        self.close()


def list_ports(api: str = "", timeout_s: float = 3.0) -> list[str]:
    """Return the names of the inputs there are now, for `--list-devices`; none where there is no driver."""
    reports: list[Mapping[str, Any]] = []
    arrived = threading.Event()

    def on_report(report: Mapping[str, Any]) -> None:
        reports.append(report)
        arrived.set()

    link = PortLink(api, on_report)
    link.start()
    arrived.wait(timeout_s)
    link.close()
    return [str(name) for name in reports[0].get("ports", [])] if reports else []
