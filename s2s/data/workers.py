"""Processes that do jobs which may hang, crash or eat all memory: such a job costs itself, nothing else.

The owner calls from one thread. A worker that says nothing for too long is killed, one that died is replaced, and
none outlives its owner.
"""

import contextlib
import logging
import multiprocessing
import os
import resource
import signal
import threading
import time
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from multiprocessing.connection import Connection, wait
from types import TracebackType
from typing import Any, Final, Generic, Literal, Self, TypeVar

import av

_log = logging.getLogger(__name__)

Job = TypeVar("Job")
Result = TypeVar("Result")
Task = Callable[[Job, Callable[[], None]], Result]

MOST_MEMORY_BYTES: Final = 4 << 30
"""What one worker may take; 8K film needs half of it. A file that asks for more loses its worker, not the machine."""
_BEAT_S: Final = 0.5
_WATCH_S: Final = 1.0
_START_S: Final = 60.0  # importing from a slow network disk is no job that hangs
_Said = tuple[Literal["beat", "done", "stop"], Any]


class WorkStoppedError(OSError):
    """A worker met what no other job would be spared, such as a full disk; the message is one line."""


@dataclass(frozen=True, slots=True)
class Done(Generic[Job, Result]):
    """A job that is over, with what the task returned; `lost` says why there is nothing where its process was lost."""

    job: Job
    result: Result | None
    lost: str | None = None


class _Worker(Generic[Job, Result]):
    """One process and the job it has, or none."""

    def __init__(self, task: Task[Job, Result]) -> None:
        context = multiprocessing.get_context("spawn")  # a fork would keep the other workers' pipes open
        self.pipe, theirs = context.Pipe()
        self.process = context.Process(target=_serve, args=(theirs, task), daemon=True)
        self.process.start()
        theirs.close()
        self.job: Job | None = None
        self.heard_at = 0.0
        self.has_started = False

    def give(self, job: Job, now: float) -> None:
        self.job, self.heard_at = job, now
        with contextlib.suppress(BrokenPipeError, ConnectionResetError):  # it died idle; reading its pipe will tell
            self.pipe.send(job)

    def is_late(self, now: float, patience_s: float) -> bool:
        return now - self.heard_at > (patience_s if self.has_started else max(patience_s, _START_S))

    def end(self) -> int | None:
        """Kill the process and return its exit code, negative for a signal."""
        self.process.kill()
        self.process.join()
        self.pipe.close()
        return self.process.exitcode


class Workers(Generic[Job, Result]):
    """`count` processes that run `task(job, beat)`; the task calls `beat` as it goes on, at least every `patience_s`.

    Use as a context: leaving it kills what still runs. `task` and the jobs are pickled.
    """

    def __init__(
        self, task: Task[Job, Result], count: int, *, patience_s: float, clock: Callable[[], float] = time.monotonic
    ) -> None:
        self._task, self._count, self._patience_s, self._clock = task, count, patience_s, clock
        self._workers: list[_Worker[Job, Result]] = []
        self._listened_at = clock()

    def run(self, jobs: Iterable[Job]) -> Iterator[Done[Job, Result]]:
        """Yield jobs as they are done, in any order. Raises WorkStoppedError where going on makes no sense."""
        waiting = iter(jobs)
        while True:
            self._hand_out(waiting)
            busy = [worker for worker in self._workers if worker.job is not None]
            if not busy:
                return
            yield from self._listen(busy)

    def _hand_out(self, waiting: Iterator[Job]) -> None:
        for _ in range(self._count):
            idle = next((worker for worker in self._workers if worker.job is None), None)
            if idle is None and len(self._workers) == self._count:
                return
            job = next(waiting, None)
            if job is None:
                return
            if idle is None:
                idle = _Worker(self._task)
                self._workers.append(idle)
            idle.give(job, self._clock())

    def _listen(self, busy: list[_Worker[Job, Result]]) -> Iterator[Done[Job, Result]]:
        began = self._clock()
        ready = wait([worker.pipe for worker in busy], timeout=_WATCH_S)
        now = self._clock()
        # Time in which the owner was busy elsewhere, or was stopped itself, is not counted against its workers.
        deaf_s = began - self._listened_at + max(now - began - 2 * _WATCH_S, 0.0)
        self._listened_at = now
        for worker in busy:
            assert worker.job is not None
            worker.heard_at += deaf_s
            if worker.pipe in ready:
                done = self._hear(worker)
            elif worker.is_late(now, self._patience_s):
                done = Done(worker.job, None, f"stopped: nothing came of it for {self._patience_s:g} s")
                self._drop(worker)
            else:
                done = None
            if done is not None:
                yield done

    def _hear(self, worker: _Worker[Job, Result]) -> Done[Job, Result] | None:
        assert worker.job is not None
        try:
            said: _Said = worker.pipe.recv()
        except (EOFError, ConnectionResetError):
            return Done(worker.job, None, f"its decoder died ({_cause(self._drop(worker))})")
        worker.heard_at, worker.has_started = self._clock(), True
        match said:
            case ("stop", reason):
                raise WorkStoppedError(reason)
            case ("done", result):
                done: Done[Job, Result] = Done(worker.job, result)
                worker.job = None
                return done
        return None

    def _drop(self, worker: _Worker[Job, Result]) -> int | None:
        self._workers.remove(worker)
        worker.process.join(timeout=_WATCH_S)  # one that is dying may tell of what
        return worker.end()

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, traceback: TracebackType | None
    ) -> None:
        for worker in self._workers:
            worker.end()
        self._workers.clear()


def _cause(exit_code: int | None) -> str:
    if exit_code is None or exit_code >= 0:
        return f"exit code {exit_code}"
    return signal.Signals(-exit_code).name


def _serve(pipe: "Connection[object, object]", task: Task[Job, Result]) -> None:
    """Be a worker: do jobs until the owner closes the pipe or dies."""
    signal.signal(signal.SIGINT, signal.SIG_IGN)  # Ctrl-C reaches the owner too, and the owner decides
    threading.Thread(target=_die_with_owner, daemon=True).start()
    _limit_memory()
    av.logging.set_level(av.logging.PANIC)  # what a damaged file is like is told in one line, not in thousands
    beat = _Beat(pipe)
    beat()
    with contextlib.suppress(EOFError, BrokenPipeError, ConnectionResetError):
        while True:
            job: Job = pipe.recv()  # type: ignore[assignment]
            said: _Said
            try:
                said = "done", task(job, beat)
            except OSError as error:
                said = "stop", str(error)
            pipe.send(said)


class _Beat:
    """Tells the owner that work goes on, at most twice a second."""

    def __init__(self, pipe: "Connection[object, object]") -> None:
        self._pipe = pipe
        self._beat_at = 0.0

    def __call__(self) -> None:
        now = time.monotonic()
        if now - self._beat_at > _BEAT_S:
            self._beat_at = now
            self._pipe.send(("beat", ""))


def _die_with_owner() -> None:
    owner = multiprocessing.parent_process()
    if owner is not None:
        wait([owner.sentinel])
        os._exit(1)


def _limit_memory() -> None:
    with contextlib.suppress(ValueError, OSError):  # not every system lets itself be limited
        _, most = resource.getrlimit(resource.RLIMIT_DATA)
        limit = MOST_MEMORY_BYTES if most == resource.RLIM_INFINITY else min(MOST_MEMORY_BYTES, most)
        resource.setrlimit(resource.RLIMIT_DATA, (limit, most))
