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

from installation.child import LOG_FORMAT, Channels, Core, live
from installation.mailbox import JsonBox
from installation.plain import from_plain
from installation.watching.back_off import wait_s
from installation.watching.expectations import Expectations, NothingMore
from installation.watching.vigil import STILL_S, Vigil
from s2s.files.quote import one_line

log = logging.getLogger(__name__)

__all__ = ["LOG_FORMAT", "ChildHost", "Core", "Failure", "Host", "InlineHost"]

_LOOK_AT_CAUSE_S: Final = 0.5
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
    `silent` is the core's status before its first one; it says of what class the others are. `expects` says what a
    core that is well gets done.
    `cause` tells cheaply the state of what a start depends on, such as files: when it changes, the next try comes at
    once. After `max_failures` of a child that never came alive `gave_up` is set; the caller decides what that means.
    A host that may not give up tries for ever, whatever the failure asks for: its core has worked before.
    """

    def __init__(
        self,
        name: str,
        make_core: Callable[[], Core[S]],
        silent: S,
        *,
        expects: Expectations[S] | None = None,
        start_limit_s: float = 120.0,
        still_limit_s: float = STILL_S,
        max_failures: int = 6,
        may_give_up: bool = True,
        niceness: int = 0,
        cause: Callable[[], Hashable] = lambda: None,
    ) -> None:
        self.name = name
        self.restarts = 0
        self.failure: Failure | None = None
        self._make_core, self._expects = make_core, expects or NothingMore()
        self._start_limit_s, self._still_limit_s = start_limit_s, still_limit_s
        self._max_failures, self._niceness, self._may_give_up = max_failures, niceness, may_give_up
        self._channels = Channels(JsonBox(), JsonBox(256), JsonBox(256))
        self._process: SpawnProcess | None = None
        self._vigil: Vigil[S] | None = None
        self._failures = 0
        self._status = silent
        self._came_alive = False
        self._seen = 0
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
        return self._may_give_up and self._failures >= self._max_failures and not self.came_alive

    @property
    def refused(self) -> bool:
        asks_to_end = self.failure is not None and self.failure.exit_code is not None
        return self._may_give_up and asks_to_end and not self.came_alive

    def status(self) -> S:
        return self._status

    def supervise(self, now: float) -> None:
        if self._process is None or self._vigil is None:
            if not self.refused and self._is_due(now):
                self._start(now)
            return
        self._vigil.feel(self._channels.pulses.serial, now)
        failure = self._read_report(self._vigil, now) or self._examine(self._vigil, self._process, now)
        if failure is not None:
            self._fail(failure, now, was_alive=self._vigil.alive)
        elif self._vigil.is_well(now):
            self._failures = 0

    def let_go(self) -> None:
        """Tell the core to end, and do not wait for it."""
        self._channels.orders.put({"stop": True})

    def close(self) -> None:
        self.let_go()
        if self._process is not None:
            self._process.join(2.0)
            self._end_process()
        self._channels.close()

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
        self._seen = self._channels.reports.serial
        # The child is told who its parent is: a parent that died meanwhile would leave it to another one.
        arguments = (self.name, self._make_core, self._channels, os.getpid(), self._niceness, logging.root.level)
        context = multiprocessing.get_context("spawn")
        process = context.Process(target=live, args=arguments, name=self.name, daemon=True)
        process.start()
        self._process = process  # only now: what was never started can neither be joined nor killed
        self._vigil = Vigil(
            self._expects,
            now,
            self._channels.pulses.serial,
            start_limit_s=self._start_limit_s,
            still_limit_s=self._still_limit_s,
        )

    def _read_report(self, vigil: Vigil[S], now: float) -> Failure | None:
        """Take in the newest report; return the failure it tells of, if it does."""
        news = self._channels.reports.newest(self._seen)
        if news is None:
            return None
        report, self._seen = news
        if "failure" in report:
            return Failure(**report["failure"])
        self._status = from_plain(type(self._status), report["status"])
        vigil.hear(self._status, now)
        self._came_alive, self.failure = True, None
        return None

    def _examine(self, vigil: Vigil[S], process: SpawnProcess, now: float) -> Failure | None:
        complaint = vigil.complaint(process, now)
        return Failure(f"{self.name} {complaint}") if complaint else None

    def _fail(self, failure: Failure, now: float, *, was_alive: bool) -> None:
        self.failure = failure
        self._failures += 1
        self._end_process()
        if failure.traceback:
            log.debug("%s", failure.traceback)
        if self.refused:
            return  # the program ends, and says why itself
        back_off_s = wait_s(self._failures, was_alive=was_alive)
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
        if process.exitcode is not None:
            process.close()
