"""The show's end of the MIDI port process: starts it, hears what it says, ends it when it is stuck, starts it again.

`poll` belongs to the show thread and never waits for a driver; `on_news` is called on a thread of this object's own.
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

_SCRIPT: Final = Path(__file__).with_name("midi_ports.py")
_SILENCE_LIMIT_S: Final = 5.0
"""Ports are reported twice a second; a process that says nothing for this long is stuck in a driver."""

_BACK_OFF_S: Final = (1.0, 2.0, 4.0)
_CLOSE_TIMEOUT_S: Final = 1.0

_log = logging.getLogger(__name__)


class PortLink:
    """One port process of one `api` at a time. `problem` says in words why there is none, and is empty otherwise."""

    def __init__(self, api: str, on_news: Callable[[Mapping[str, Any]], None]) -> None:
        self.problem = ""
        self._api = api
        self._on_news = on_news
        self._process: subprocess.Popen[str] | None = None
        self._reader: threading.Thread | None = None
        self._heard = 0
        self._heard_before = 0
        self._heard_at: float | None = None
        self._last_words = ""
        self._failures = 0
        self._retry_at = -float("inf")

    @property
    def pid(self) -> int | None:
        """The process that holds the ports, None while there is none."""
        return None if self._process is None else self._process.pid

    def start(self) -> None:
        """Start the process; takes milliseconds, the driver is opened over there."""
        self._heard_before, self._heard_at, self._last_words = self._heard, None, ""
        self._process = subprocess.Popen(
            [sys.executable, "-P", str(_SCRIPT), self._api],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=subprocess.DEVNULL,  # libjack and ALSA write there whatever happens
            env={**os.environ, "JACK_NO_START_SERVER": "1"},
            text=True,
        )
        self._reader = threading.Thread(target=self._read, args=(self._process,), name="midi", daemon=True)
        self._reader.start()

    def poll(self, now: float) -> None:
        """Notice what has died or hangs, and start it again after a while."""
        if self._process is None:
            if now >= self._retry_at:
                self.start()
        elif self._process.poll() is not None:
            self._fail(self._last_words or "the MIDI port process ended without a word", now)
        elif self._heard_at is None or self._heard != self._heard_before:
            if self._heard != self._heard_before:
                self._failures, self.problem = 0, ""
            self._heard_before, self._heard_at = self._heard, now
        elif now - self._heard_at > _SILENCE_LIMIT_S:
            self._fail(f"the MIDI driver has not answered for {_SILENCE_LIMIT_S:g} s", now)

    def send(self, wish: Mapping[str, Any]) -> None:
        """Tell the process something; lost when it has just gone. Any thread."""
        process = self._process
        if process is None or process.stdin is None:
            return
        try:
            process.stdin.write(json.dumps(dict(wish)) + "\n")
            process.stdin.flush()
        except (OSError, ValueError) as error:  # a broken or an already closed pipe: `poll` starts a new one
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
            news = json.loads(line)
            self._heard += 1
            self._last_words = news.get("problem", "")
            self._on_news(news)

    def _fail(self, problem: str, now: float) -> None:
        if problem != self.problem:
            _log.warning("%s; trying again", problem)
        self.problem = problem
        self._retry_at = now + _BACK_OFF_S[min(self._failures, len(_BACK_OFF_S) - 1)]
        self._failures += 1
        self.close()


def list_ports(api: str = "", timeout_s: float = 3.0) -> list[str]:
    """Return the names of the inputs there are now, for `--list-devices`; none where there is no driver."""
    link_news: list[Mapping[str, Any]] = []
    told = threading.Event()

    def on_news(news: Mapping[str, Any]) -> None:
        link_news.append(news)
        told.set()

    link = PortLink(api, on_news)
    link.start()
    told.wait(timeout_s)
    link.close()
    return [str(name) for name in link_news[0].get("ports", [])] if link_news else []
