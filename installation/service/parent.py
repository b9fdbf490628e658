"""`--supervise`: a parent that starts the show, watches it, and starts it again, where there is no systemd to do so.

The show is its own group of processes, told to beat by `notify` as under systemd. A show that ends unexpectedly, or
does not beat, is killed with all that belongs to it and started again, by the rules of `limits`. Small on purpose: what
watches must not need watching.
"""

import contextlib
import logging
import os
import selectors
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Mapping, Sequence
from functools import partial
from types import FrameType
from typing import Final

from installation.exit_codes import ExitCode
from installation.service.limits import LIMITS, RESTART_CODE, Limits, Restarts
from installation.service.listening import Listener
from installation.service.processes import adopt_orphans, end_leftovers, end_with_parent, signal_group

log = logging.getLogger(__name__)

_ENDING: Final = (signal.SIGTERM, signal.SIGINT, signal.SIGHUP)
_LOOK_S: Final = 0.25


class _Show:
    """One start of the show, and what it has told since."""

    def __init__(self, command: Sequence[str], environment: Mapping[str, str], now: float) -> None:
        self.process = subprocess.Popen(
            command,
            env=dict(environment),
            start_new_session=True,
            preexec_fn=partial(end_with_parent, os.getpid()),  # noqa: PLW1509 - this process has one thread
        )
        self.started_at, self.beat_at = now, now
        self.ready = self.ending = False
        self.asked_to_end_at: float | None = None

    def hear(self, line: str, now: float) -> None:
        name, _, value = line.partition("=")
        if name == "WATCHDOG" and value == "1":
            self.beat_at = now
        elif name == "READY" and value == "1":
            self.ready, self.beat_at = True, now
        elif name == "STOPPING" and value == "1" and not self.ending:
            self.ending, self.beat_at = True, now

    def hangs(self, now: float, limits: Limits) -> str:
        """Return in words why it is to be killed; empty where it is not."""
        if self.asked_to_end_at is not None or self.ending:
            since = self.beat_at if self.asked_to_end_at is None else self.asked_to_end_at
            return f"does not end within {limits.stop_s:g} s" if now - since > limits.stop_s else ""
        if not self.ready:
            return f"shows nothing within {limits.start_s:g} s" if now - self.beat_at > limits.start_s else ""
        return f"has shown nothing for {limits.hang_s:g} s" if now - self.beat_at > limits.hang_s else ""


class Parent:
    """Runs `command` for ever; `run` belongs to the main thread of a process with no other."""

    def __init__(self, command: Sequence[str], limits: Limits = LIMITS) -> None:
        self._command, self._limits = command, limits
        self._restarts = Restarts(limits)
        self._listener = Listener(limits.hang_s)
        self._awake, self._wake = socket.socketpair()
        self._selector = selectors.DefaultSelector()
        self._show: _Show | None = None
        self._wanted_end = self._wanted_restart = False

    def run(self) -> int:
        """Watch until the end is wanted; return the exit code of the program."""
        adopt_orphans()
        self._listen_to_signals()
        for source in (self._listener, self._awake):
            self._selector.register(source, selectors.EVENT_READ)
        try:
            return self._watch_shows()
        finally:
            if self._show is not None:
                end_leftovers(self._show.process.pid, 0.0)
            signal.set_wakeup_fd(-1)
            self._selector.close()
            self._listener.close()
            self._awake.close()
            self._wake.close()

    def _watch_shows(self) -> int:
        while True:
            began_at = time.monotonic()
            code, was_ready = self._one_show()
            if self._wanted_end:
                return ExitCode.OK if -code in _ENDING else ExitCode.UNEXPECTED if code < 0 else code
            lived_s = time.monotonic() - began_at
            if self._wanted_restart:
                code, self._wanted_restart = RESTART_CODE, False
            wait_s = self._restarts.wait_s(code, lived_s, was_ready=was_ready)
            if wait_s is None:
                return code
            after = f" in {wait_s:g} s" if wait_s else ""
            log.warning("the show %s after %.0f s: started again%s", _in_words(code), lived_s, after)
            self._pause(wait_s)
            if self._wanted_end:
                return ExitCode.OK

    def _one_show(self) -> tuple[int, bool]:
        """Start a show and stay until it has ended; return its exit code, negative for a signal, and whether it was
        ever ready."""
        try:
            show = self._show = _Show(self._command, {**os.environ, **self._listener.environment}, time.monotonic())
        except OSError as error:  # no memory, no processes left, or no program while it is exchanged
            log.error("the show cannot be started: %s", error)
            return ExitCode.UNEXPECTED, False
        if self._wanted_end or self._wanted_restart:  # while it was being started
            self._pass_on(signal.SIGTERM)
        killed = False
        while (code := show.process.poll()) is None:
            self._look(_LOOK_S)
            now = time.monotonic()
            for line in self._listener.lines(show.process.pid):
                show.hear(line, now)
            why = show.hangs(now, self._limits)
            if why and not killed:
                log.error("the show %s: killed", why)
                killed = signal_group(show.process.pid, signal.SIGKILL)
        self._show = None
        end_leftovers(show.process.pid, self._limits.tidy_s if code in (ExitCode.OK, RESTART_CODE) else 0.0)
        return code, show.ready

    def _pause(self, wait_s: float) -> None:
        ends_at = time.monotonic() + wait_s
        while not self._wanted_end and not self._wanted_restart and (left_s := ends_at - time.monotonic()) > 0:
            self._look(left_s)
            for _ in self._listener.lines(0):  # a late word of a show that is no more
                pass
        self._wanted_restart = False

    def _look(self, limit_s: float) -> None:
        """Wait for a message, a signal or an ended child."""
        self._selector.select(limit_s)
        with contextlib.suppress(BlockingIOError):
            while self._awake.recv(4096):
                pass

    def _listen_to_signals(self) -> None:
        for end in (self._awake, self._wake):
            end.setblocking(False)
        signal.set_wakeup_fd(self._wake.fileno(), warn_on_full_buffer=False)
        signal.signal(signal.SIGCHLD, lambda *_: None)  # to be woken is enough
        signal.signal(signal.SIGUSR1, self._on_restart)
        for number in _ENDING:
            if number != signal.SIGHUP or signal.getsignal(number) is not signal.SIG_IGN:  # as under nohup
                signal.signal(number, self._on_end)

    def _on_end(self, number: int, _frame: FrameType | None) -> None:
        self._wanted_end = True
        self._pass_on(number)

    def _on_restart(self, _number: int, _frame: FrameType | None) -> None:
        self._wanted_restart = True
        self._pass_on(signal.SIGTERM)

    def _pass_on(self, number: int) -> None:
        show = self._show
        if show is not None:
            show.asked_to_end_at = show.asked_to_end_at or time.monotonic()
            with contextlib.suppress(ProcessLookupError):
                show.process.send_signal(number)


def supervise(arguments: Sequence[str], program: str) -> int:
    """Run `program` (run_show.py) with `arguments` until the end is wanted; return the exit code."""
    return Parent([sys.executable, program, *arguments]).run()


def _in_words(code: int) -> str:
    if code == RESTART_CODE:
        return "asked to be started again"
    if code < 0:
        with contextlib.suppress(ValueError):
            return f"was ended by {signal.Signals(-code).name}"
    return f"ended with exit code {code}"
