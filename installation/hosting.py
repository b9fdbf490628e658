"""Where a core runs: inline in the caller's thread, or in a child process that is watched and restarted.

A core is a plain object that computes; a host gives it time. The child's life is reported through shared memory, so
a child that hangs, dies or is killed never blocks the show. Failures are kept as data and shown in words.
"""

import logging
import multiprocessing
import os
import signal
import time
import traceback
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from multiprocessing.context import SpawnProcess
from typing import Any, Final, Protocol

from installation.mailbox import JsonBox

log = logging.getLogger(__name__)

LOG_FORMAT: Final = "%(asctime)s %(levelname)s %(name)s: %(message)s"
_BEAT_S: Final = 0.2
_BACK_OFF_S: Final = (0.2, 1.0, 2.0, 4.0, 8.0)
_HEALTHY_AFTER_S: Final = 10.0
"""A child that ran this long has recovered: its earlier failures no longer count."""


class Core(Protocol):
    """Computation without a thread, process, window or clock of its own."""

    def step(self, now: float) -> float:
        """Do what is due at `now`; return how many seconds may pass until the next step."""
        ...

    def status(self) -> Mapping[str, object]:
        """Return plain values for the report and the operator; called a few times a second."""
        ...

    def close(self) -> None:
        """Release devices and memory."""
        ...


@dataclass(frozen=True, slots=True)
class Failure:
    """Why a core stopped: one line for the operator, the traceback for the log, and the exit code it asks for."""

    message: str
    traceback: str = ""
    exit_code: int | None = None


class Host(Protocol):
    """Gives a core its time. Every method belongs to the show's thread."""

    name: str
    restarts: int
    failure: Failure | None

    def supervise(self, now: float) -> None:
        """Run or watch the core; cheap enough for every frame."""
        ...

    def status(self) -> Mapping[str, Any]:
        """Return the core's newest status; empty before its first."""
        ...

    @property
    def gave_up(self) -> bool:
        """True when the core failed so often that trying again is pointless."""
        ...

    @property
    def refused(self) -> bool:
        """True when the core never came alive and its failure asks the program to end (`failure.exit_code`)."""
        ...

    @property
    def pid(self) -> int | None:
        """The process in which the core runs, None while there is none."""
        ...

    def close(self) -> None:
        """Stop the core and wait for it, briefly."""
        ...


class InlineHost:
    """Runs a core in the calling thread whenever it is due: tests and offline rendering."""

    def __init__(self, name: str, core: Core) -> None:
        self.name = name
        self.restarts = 0
        self.failure: Failure | None = None
        self.gave_up = self.refused = False
        self.pid: int | None = os.getpid()
        self._core = core
        self._due_at: float | None = None

    def supervise(self, now: float) -> None:
        if self._due_at is None or now >= self._due_at:
            self._due_at = now + self._core.step(now)

    def status(self) -> Mapping[str, Any]:
        return self._core.status()

    def close(self) -> None:
        self._core.close()


class ChildHost:
    """Runs a core in a spawned child: watched by its heart-beat, killed when it hangs, restarted with back-off.

    `make_core` is a picklable callable without arguments; it runs in the child and may take `start_limit_s` seconds.
    After `max_failures` failures in a row with no healthy stretch between them, `gave_up` is set and no more is tried.
    """

    def __init__(
        self,
        name: str,
        make_core: Callable[[], Core],
        *,
        hang_limit_s: float = 5.0,
        start_limit_s: float = 120.0,
        max_failures: int = 6,
        niceness: int = 0,
    ) -> None:
        self.name = name
        self.restarts = 0
        self.failure: Failure | None = None
        self._make_core = make_core
        self._hang_limit_s, self._start_limit_s = hang_limit_s, start_limit_s
        self._max_failures, self._niceness = max_failures, niceness
        self._reports, self._orders = JsonBox(), JsonBox(256)
        self._process: SpawnProcess | None = None
        self._started_at = 0.0
        self._retry_at: float | None = None
        self._failures = 0
        self._seen = 0
        self._beat_at: float | None = None
        self._status: dict[str, Any] = {}

    @property
    def pid(self) -> int | None:
        return None if self._process is None else self._process.pid

    @property
    def gave_up(self) -> bool:
        return self._failures >= self._max_failures

    @property
    def refused(self) -> bool:
        return self.failure is not None and self.failure.exit_code is not None and not self._status

    def status(self) -> Mapping[str, Any]:
        return self._status

    def supervise(self, now: float) -> None:
        if self._process is None:
            if not (self.gave_up or self.refused) and (self._retry_at is None or now >= self._retry_at):
                self._start(now)
            return
        reported = self._read_reports(now)
        if reported is not None:
            self._fail(reported, now)
        elif not self._process.is_alive():
            self._fail(Failure(f"{self.name} ended without a word (exit code {self._process.exitcode})"), now)
        elif now - (self._beat_at or self._started_at) > self._patience_s:
            self._fail(Failure(f"{self.name} gave no sign of life for {self._patience_s:g} s"), now)
        elif self._beat_at is not None and now - self._started_at > _HEALTHY_AFTER_S:
            self._failures, self.failure = 0, None

    def close(self) -> None:
        self._orders.put({"stop": True})
        if self._process is not None:
            self._process.join(2.0)
            self._end_process()
        self._reports.close()
        self._orders.close()

    @property
    def _patience_s(self) -> float:
        return self._start_limit_s if self._beat_at is None else self._hang_limit_s

    def _start(self, now: float) -> None:
        self._seen, self._beat_at, self._started_at = self._reports.serial, None, now
        arguments = (self.name, self._make_core, self._reports, self._orders, self._niceness, logging.root.level)
        context = multiprocessing.get_context("spawn")
        self._process = context.Process(target=_live, args=arguments, name=self.name, daemon=True)
        self._process.start()

    def _read_reports(self, now: float) -> Failure | None:
        """Take in the newest report; return the failure it tells of, if it does."""
        news = self._reports.newest(self._seen)
        if news is None:
            return None
        report, self._seen = news
        if "failure" in report:
            return Failure(**report["failure"])
        self._beat_at, self._status = now, report["status"]
        return None

    def _fail(self, failure: Failure, now: float) -> None:
        self.failure = failure
        self._failures += 1
        self._end_process()
        if failure.traceback:
            log.debug("%s", failure.traceback)
        if self.refused:
            return  # the program ends, and says why itself
        if self.gave_up:
            log.error("%s; giving up", failure.message)
            return
        back_off_s = _BACK_OFF_S[min(self._failures, len(_BACK_OFF_S)) - 1]
        self.restarts += 1
        self._retry_at = now + back_off_s
        log.error("%s; starting it again in %g s", failure.message, back_off_s)

    def _end_process(self) -> None:
        process, self._process = self._process, None
        if process is None:
            return
        if process.is_alive():
            process.kill()  # a hung child may ignore anything softer
        process.join(1.0)


def _live(
    name: str, make_core: Callable[[], Core], reports: JsonBox, orders: JsonBox, niceness: int, log_level: int
) -> None:
    """The child's whole life. The parent alone decides when it ends: by order, by kill, or by dying itself."""
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    logging.basicConfig(level=log_level, format=LOG_FORMAT)
    os.nice(niceness)
    try:
        core = make_core()
        try:
            _serve(core, reports, orders)
        finally:
            core.close()
    except Exception as error:  # the one place: whatever it was, it becomes data for the show
        text = traceback.format_exc()
        code = getattr(error, "exit_code", None)
        message = f"{name}: {error}" if str(error) else f"{name}: {type(error).__name__}"
        reports.put({"failure": {"message": message.splitlines()[0], "traceback": text[-8000:], "exit_code": code}})
        raise SystemExit(1) from None


def _serve(core: Core, reports: JsonBox, orders: JsonBox) -> None:
    parent, beat_at = os.getppid(), float("-inf")
    while orders.serial == 0 and os.getppid() == parent:
        now = time.monotonic()
        wait_s = core.step(now)
        if now - beat_at >= _BEAT_S:
            beat_at = now
            reports.put({"status": dict(core.status())})
        if wait_s > 0:
            time.sleep(min(wait_s, _BEAT_S))
