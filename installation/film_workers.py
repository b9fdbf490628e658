"""The slow path of a film in a process of its own, a picture ahead of the one that is drawn.

Sound, model and hands of a film never wait for its picture: once a turn has taken what it draws, the next one's can be
computed. The order of everything that one hands to the other stays that of one thread, so that the film does, too.
"""

import contextlib
import math
import multiprocessing
import os
import pickle
import signal
from collections.abc import Callable
from dataclasses import dataclass
from multiprocessing.connection import Connection
from pathlib import Path
from typing import Final, Generic, Protocol, TypeVar

from installation.child import Core, die_with
from installation.clock import FrameClock
from installation.exit_codes import ExitCode
from installation.hosting import Failure, Host, InlineHost
from installation.mailbox import FrameBox, JsonBox
from installation.ring import AudioRing
from installation.status import CaptureStatus, InferenceStatus
from s2s.files.quote import one_line

S = TypeVar("S")
S_co = TypeVar("S_co", covariant=True)

MOST_FPS: Final = 25.0
"""More generated pictures a second are not told apart from a cross-fade between these."""
THREADS: Final = 1
"""Of torch, in whichever process: sums are taken in another order by another number of threads. With two on two cores
they wait for the threads that draw: 18 pictures a second instead of 20."""
_END_S: Final = 2.0


class PaintingError(Exception):
    """The model failed while it heard or painted; one line."""

    exit_code: Final = ExitCode.WORKER


def turns_a_picture(fps: float) -> int:
    """Return how many pictures of a film of `fps` one of the generator's fades in for: the least that keeps to
    MOST_FPS, in equal steps.

    A film of 24 or 25 a second has one for each of its own, one of 30 every other: the cross-fade between these is what
    a wall shows, and a generator that paints on two cores has the time.
    """
    return math.ceil(fps / MOST_FPS)


def film_hour(began: float, now: float) -> float:
    """Return the hour that a clock in the film shows at `now`: `began` at its beginning, wherever it is made."""
    return (began + now / 3600.0) % 24.0


class FilmInference:
    """The core of inference by the film's own clock, with whatever its network or device raises in one line, as the
    film's author reads it.
    """

    def __init__(
        self, make_core: Callable[[Callable[[], float]], Core[InferenceStatus]], began: float, turns: int = 1
    ) -> None:
        """`make_core` makes the core, given what tells it the hour; `began` is the hour at the film's beginning, and
        one of `turns` steps paints.
        """
        self._began, self._now = began, 0.0
        self._turns, self._turn = turns, 0
        self._core = make_core(lambda: film_hour(self._began, self._now))
        self.status, self.close = self._core.status, self._core.close

    def step(self, now: float) -> float:
        """Paint the picture of `now`, where it is time for one. Raises PaintingError."""
        self._now = now
        rests, self._turn = self._turn % self._turns > 0, self._turn + 1
        if rests:
            return 0.0
        try:
            return self._core.step(now)
        except Exception as error:
            reason = " ".join(str(error).split()) or type(error).__name__
            raise PaintingError(f"the model failed at {now:.1f} s of the film: {reason}") from error


@dataclass(slots=True)
class FilmInferenceStart:
    """Makes the slow path of a film of `fps` pictures a second that begins at the hour `began`."""

    model: Path
    seed: int
    fps: float
    began: float
    ring: AudioRing
    params: JsonBox
    frames: FrameBox

    def __call__(self) -> Core[InferenceStatus]:
        """Return the slow path; takes seconds, for torch and the model. Raises ModelError."""
        from installation.inference.core import InferenceConfig, InferenceCore

        def core(hour: Callable[[], float]) -> Core[InferenceStatus]:
            settings = InferenceConfig(
                self.model, self.seed, max_fps=1000.0, threads=THREADS, patient=True, wall_hour=hour
            )
            return InferenceCore(settings, self.ring, self.params, self.frames)

        return FilmInference(core, self.began, turns_a_picture(self.fps))


class Ahead(Host[S_co], Protocol[S_co]):
    """A host that may be told a moment before it is asked for it."""

    def begin(self, now: float) -> None:
        """Go on to `now`, for which `supervise` will be called next."""
        ...


class HereHost(InlineHost[S]):
    """Steps in the calling thread, and raises what the core raises."""

    def __init__(self, name: str, core: Core[S]) -> None:
        super().__init__(name, core, raises=True)
        self._stepped: float | None = None

    def begin(self, now: float) -> None:
        """Do nothing: in one thread nothing is gained by it."""

    def supervise(self, now: float) -> None:
        if now != self._stepped:
            self._stepped = now
            super().supervise(now)


class ApartHost(Generic[S]):
    """Steps a core in a child process while the caller does something else; `supervise` waits for what was begun.

    `make_core` is a picklable callable. What it, or a step, raises is raised by `supervise`.
    """

    def __init__(self, name: str, make_core: Callable[[], Core[S]]) -> None:
        self.name = name
        self.restarts = 0
        self.failure: Failure | None = None
        self.gave_up = self.refused = False
        self._asked: float | None = None
        self._status: S | None = None
        context = multiprocessing.get_context("spawn")
        self._connection, theirs = context.Pipe()
        arguments = (name, make_core, theirs, os.getpid())
        self._process = context.Process(target=_serve, args=arguments, name=name, daemon=True)
        self._process.start()
        theirs.close()
        self.pid: int | None = self._process.pid

    def begin(self, now: float) -> None:
        """Let the core go on to `now`."""
        if self._asked != now:
            self._asked = now
            self._connection.send(now)

    def supervise(self, now: float) -> None:
        """Return when the core has made its step to `now`. Raises what it raised, PaintingError where it is gone."""
        self.begin(now)
        try:
            answer = self._connection.recv()
        except (EOFError, OSError):
            raise PaintingError(f"{self.name} ended without a word (exit code {self._process.exitcode})") from None
        if isinstance(answer, Exception):
            raise answer
        self._status = answer

    def status(self) -> S:
        """Return the status after the last step that was waited for. There has to have been one."""
        assert self._status is not None
        return self._status

    def close(self) -> None:
        """End the process."""
        self._connection.close()
        self._process.join(_END_S)
        if self._process.is_alive():
            self._process.kill()
            self._process.join(_END_S)


def _serve(name: str, make_core: Callable[[], Core[S]], connection: Connection, parent: int) -> None:
    """The child's whole life: a step for every moment that it is told, until nobody tells any more."""
    die_with(parent)
    for number in (signal.SIGINT, signal.SIGHUP, signal.SIGTERM):  # they reach the whole group; the parent answers them
        signal.signal(number, signal.SIG_IGN)
    # Threads that wait for each other would turn in circles on the cores that the picture is painted by.
    os.environ.setdefault("OMP_WAIT_POLICY", "PASSIVE")
    with contextlib.suppress(EOFError, OSError):  # nobody listens any more
        try:
            host = InlineHost(name, make_core(), raises=True)
            with contextlib.closing(host):
                while True:
                    now = connection.recv()
                    host.supervise(now)
                    connection.send(host.status())
        except EOFError:
            raise
        except Exception as error:
            connection.send(_sendable(error))


def _sendable(error: Exception) -> Exception:
    """Return `error` where it survives the way to another process, else one that says the same."""
    try:
        pickle.loads(pickle.dumps(error))
    except Exception:  # an exception's own constructor may ask for anything
        return PaintingError(one_line(error, 300))
    return error


class FilmWorkers:
    """Sound and slow path of a film, which go on to the next picture's moment while this one is drawn."""

    def __init__(
        self, clock: FrameClock, ends_at: float, capture: HereHost[CaptureStatus], inference: Ahead[InferenceStatus]
    ) -> None:
        """`ends_at` is the last picture's moment."""
        self._clock, self._ends_at, self._capture, self._inference = clock, ends_at, capture, inference

    def go_on(self, _now: float) -> None:
        """Let the next turn's sound be heard and its picture be painted; this turn has taken its own."""
        if (following := self._clock.next()) <= self._ends_at:
            self._capture.supervise(following)
            self._inference.begin(following)
