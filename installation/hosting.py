"""Where a core runs: inline in the caller's thread, or in a child process that is watched and restarted.

A core is a plain object that computes; a host gives it time. The child's life is reported through shared memory, so
a child that hangs, dies or is killed never blocks the show. Failures are kept as data and shown in words. What the
child itself does is `installation.child`'s business.
"""

import logging
import multiprocessing
import os
import traceback
from collections.abc import Callable, Hashable
from dataclasses import dataclass
from multiprocessing.context import SpawnProcess
from typing import Final, Generic, Protocol, TypeVar

import psutil

from installation.child import LOG_FORMAT, Channels, Core, live
from installation.mailbox import JsonBox
from installation.plain import from_plain
from s2s.files.quote import one_line

log = logging.getLogger(__name__)

__all__ = ["LOG_FORMAT", "ChildHost", "Core", "Failure", "Host", "InlineHost"]

_BACK_OFF_S: Final = (0.2, 1.0, 2.0, 4.0, 5.0)
_BACK_OFF_ALIVE_S: Final = 2.0
"""At most so long is waited after a child that had come alive: what it needs is there, or was a moment ago."""
_HEALTHY_AFTER_S: Final = 10.0
"""A child that ran this long has recovered: its earlier failures no longer lengthen the wait."""
_STOPPED_S: Final = 1.5
"""A pulse that is missing for so long makes the host ask the system whether somebody has stopped the child."""
_STILL_S: Final = 5.0
"""A child without a pulse for so long does not run, whatever the system says: stuck in the kernel, swapped out."""
_STILL_AT_START_S: Final = 60.0
"""While it starts, one library alone may take long to load from a slow disk, and holds Python's lock meanwhile."""
_LOOK_AT_CAUSE_S: Final = 0.5
_ABSENT_S: Final = 0.5
_INLINE_RETRY_S: Final = 1.0


@dataclass(frozen=True, slots=True)
class Failure:
    """Why a core stopped: one line for the operator, the traceback for the log, and the exit code it asks for."""

    message: str
    traceback: str = ""
    exit_code: int | None = None


S = TypeVar("S")
S_co = TypeVar("S_co", covariant=True)


class Host(Protocol[S_co]):
    """Gives a core its time. Every method belongs to the show's thread."""

    name: str
    restarts: int
    failure: Failure | None

    def supervise(self, now: float) -> None:
        """Run or watch the core; cheap enough for every frame."""
        ...

    def status(self) -> S_co:
        """Return the core's newest status, all defaults before its first. Never waits."""
        ...

    @property
    def gave_up(self) -> bool:
        """True when the core never came alive and has failed so often that the program may as well end."""
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


class InlineHost(Generic[S]):
    """Runs a core in the calling thread whenever it is due: tests and offline rendering.

    A core that raises is tried again a second later, as a child would be; with `raises` the exception goes on to who
    supervises.
    """

    def __init__(self, name: str, core: Core[S], *, raises: bool = False) -> None:
        self.name = name
        self.restarts = 0
        self.failure: Failure | None = None
        self.gave_up = self.refused = False
        self.pid: int | None = None  # it has no process of its own
        self._core, self._raises = core, raises
        self._due_at: float | None = None

    def supervise(self, now: float) -> None:
        if self._due_at is not None and now < self._due_at:
            return
        try:
            self._due_at = now + self._core.step(now)
            self.failure = None
        except Exception as error:
            if self._raises:
                raise
            self._due_at = now + _INLINE_RETRY_S
            self.failure = Failure(f"{self.name}: {one_line(error)}", traceback.format_exc())

    def status(self) -> S:
        return self._core.status()

    def close(self) -> None:
        self._core.close()


class ChildHost(Generic[S]):
    """Runs a core in a spawned child: watched by its pulse and its progress, killed when either stands still,
    restarted with back-off for ever.

    `make_core` is a picklable callable without arguments; it runs in the child and may take `start_limit_s` seconds.
    `silent` is the core's status before its first one; it says of what class the others are.
    `cause` tells cheaply the state of what a start depends on, such as files: when it changes, the next try comes at
    once. After `max_failures` of a child that never came alive `gave_up` is set; the caller decides what that means.
    """

    def __init__(
        self,
        name: str,
        make_core: Callable[[], Core[S]],
        silent: S,
        *,
        hang_limit_s: float = 5.0,
        start_limit_s: float = 120.0,
        still_limit_s: float = _STILL_S,
        max_failures: int = 6,
        niceness: int = 0,
        cause: Callable[[], Hashable] = lambda: None,
    ) -> None:
        self.name = name
        self.restarts = 0
        self.failure: Failure | None = None
        self._make_core = make_core
        self._hang_limit_s, self._start_limit_s, self._still_limit_s = hang_limit_s, start_limit_s, still_limit_s
        self._max_failures, self._niceness = max_failures, niceness
        self._channels = Channels(JsonBox(), JsonBox(256), JsonBox(256))
        self._process: SpawnProcess | None = None
        self._failures = 0
        self._status = silent
        self._came_alive = False
        self._seen = 0
        self._started_at = self._pulse_at = 0.0
        self._pulse = 0
        self._beat_at: float | None = None
        self._looked_at: float | None = None
        self._retry_at: float | None = None
        self._cause, self._look_at = cause, 0.0
        self._cause_tried: Hashable = None
        self._cause_seen: Hashable = None

    @property
    def pid(self) -> int | None:
        return None if self._process is None else self._process.pid

    @property
    def came_alive(self) -> bool:
        """Whether the core, this child's or an earlier one's, has ever worked."""
        return self._came_alive

    @property
    def gave_up(self) -> bool:
        return self._failures >= self._max_failures and not self.came_alive

    @property
    def refused(self) -> bool:
        return self.failure is not None and self.failure.exit_code is not None and not self.came_alive

    def status(self) -> S:
        return self._status

    def supervise(self, now: float) -> None:
        self._forgive_absence(now)
        if self._process is None:
            if not self.refused and self._is_due(now):
                self._start(now)
            return
        failure = self._read_reports(now) or self._examine(self._process, now)
        if failure is not None:
            self._fail(failure, now)
        elif self._beat_at is not None and now - self._started_at > _HEALTHY_AFTER_S:
            self._failures = 0

    def close(self) -> None:
        self._channels.orders.put({"stop": True})
        if self._process is not None:
            self._process.join(2.0)
            self._end_process()
        self._channels.close()

    def _forgive_absence(self, now: float) -> None:
        """While the show itself did not run, it saw no sign of life: that is not the child's fault."""
        absent_s = 0.0 if self._looked_at is None else now - self._looked_at
        self._looked_at = now
        if absent_s > _ABSENT_S:
            self._pulse_at += absent_s
            self._started_at += absent_s
            self._beat_at = None if self._beat_at is None else self._beat_at + absent_s

    def _is_due(self, now: float) -> bool:
        if self._retry_at is None or now >= self._retry_at:
            return True
        if now < self._look_at:
            return False
        self._look_at = now + _LOOK_AT_CAUSE_S
        before, self._cause_seen = self._cause_seen, self._cause()
        # Twice the same, or a file is still being written.
        return self._cause_seen == before and self._cause_seen != self._cause_tried

    def _start(self, now: float) -> None:
        self._cause_tried = self._cause_seen = self._cause()
        self._seen, self._beat_at, self._started_at = self._channels.reports.serial, None, now
        self._pulse, self._pulse_at = self._channels.pulses.serial, now
        # The child is told who its parent is: a parent that died meanwhile would leave it to another one.
        arguments = (self.name, self._make_core, self._channels, os.getpid(), self._niceness, logging.root.level)
        context = multiprocessing.get_context("spawn")
        process = context.Process(target=live, args=arguments, name=self.name, daemon=True)
        process.start()
        self._process = process  # only now: what was never started can neither be joined nor killed

    def _read_reports(self, now: float) -> Failure | None:
        """Take in the newest report; return the failure it tells of, if it does."""
        pulse = self._channels.pulses.serial
        if pulse != self._pulse:
            self._pulse, self._pulse_at = pulse, now
        news = self._channels.reports.newest(self._seen)
        if news is None:
            return None
        report, self._seen = news
        if "failure" in report:
            return Failure(**report["failure"])
        self._status = from_plain(type(self._status), report["status"])
        self._beat_at, self._came_alive, self.failure = now, True, None
        return None

    def _examine(self, process: SpawnProcess, now: float) -> Failure | None:
        """Return what is wrong with the child, seen from outside."""
        alive = self._beat_at is not None
        if not process.is_alive():
            return Failure(f"{self.name} ended without a word (exit code {process.exitcode})")
        still_s = now - self._pulse_at
        if still_s > _STOPPED_S and _is_stopped(process):
            return Failure(f"{self.name} was stopped from outside")
        if still_s > (still_limit_s := self._still_limit_s if alive else _STILL_AT_START_S):
            return Failure(f"{self.name} stood still for {still_limit_s:g} s")
        hang_limit_s = self._hang_limit_s if alive else self._start_limit_s
        if now - (self._beat_at or self._started_at) > hang_limit_s:
            return Failure(f"{self.name} gave no sign of life for {hang_limit_s:g} s")
        return None

    def _fail(self, failure: Failure, now: float) -> None:
        self.failure = failure
        self._failures += 1
        was_alive, self._beat_at = self._beat_at is not None, None
        self._end_process()
        if failure.traceback:
            log.debug("%s", failure.traceback)
        if self.refused:
            return  # the program ends, and says why itself
        back_off_s = _BACK_OFF_S[min(self._failures, len(_BACK_OFF_S)) - 1]
        if was_alive:
            back_off_s = min(back_off_s, _BACK_OFF_ALIVE_S)
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


def _is_stopped(process: SpawnProcess) -> bool:
    try:
        return psutil.Process(process.pid).status() == psutil.STATUS_STOPPED
    except psutil.Error:
        return False
