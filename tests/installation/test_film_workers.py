"""A film's slow path in a process of its own: the same steps in the same order, and its failures where they belong."""

import os
import signal
from collections.abc import Callable
from dataclasses import dataclass

import pytest

from installation.clock import FrameClock
from installation.film_workers import (
    ApartHost,
    FilmInference,
    FilmWorkers,
    HereHost,
    PaintingError,
    film_hour,
    turns_a_picture,
)
from installation.hosting import Core
from installation.status import CaptureStatus, InferenceStatus


@dataclass(frozen=True, slots=True)
class Told:
    """What a counting core tells: the moments of its steps, and in which process."""

    moments: tuple[float, ...] = ()
    pid: int = 0


class Counting:
    """Notes its steps; fails at a moment, in one of several ways."""

    def __init__(self, fails_at: float | None = None, by: str = "raising") -> None:
        self._fails_at, self._by = fails_at, by
        self._told = Told()

    def step(self, now: float) -> float:
        if now == self._fails_at:
            if self._by == "dying":
                os.kill(os.getpid(), signal.SIGKILL)
            raise _odd_error() if self._by == "oddly" else ValueError("too loud")
        self._told = Told((*self._told.moments, now), os.getpid())
        return 0.0

    def status(self) -> Told:
        return self._told

    def close(self) -> None:
        pass


def _odd_error() -> Exception:
    class OddError(Exception):
        """Cannot be pickled: nobody else knows its class."""

    return OddError("too\nodd")


@dataclass(frozen=True, slots=True)
class Start:
    """Makes a counting core, in whichever process."""

    fails_at: float | None = None
    by: str = "raising"

    def __call__(self) -> Core[Told]:
        if self.by == "never":
            raise ValueError("no such model")
        return Counting(self.fails_at, self.by)


@pytest.mark.proc
def test_steps_begun_ahead_are_waited_for_and_made_once_each_in_another_process() -> None:
    host = ApartHost("inference", Start())
    try:
        host.supervise(0.5)
        host.begin(1.0)
        assert host.status().moments == (0.5,)  # what was begun is not seen before it is asked for
        host.supervise(1.0)
        assert host.status().moments == (0.5, 1.0)
        assert host.status().pid == host.pid != os.getpid()
    finally:
        host.close()


@pytest.mark.proc
@pytest.mark.parametrize(
    ("start", "kind", "words"),
    [
        (Start(1.0), ValueError, "too loud"),
        (Start(1.0, "oddly"), PaintingError, "too odd"),
        (Start(1.0, "dying"), PaintingError, "inference ended without a word"),
        (Start(by="never"), ValueError, "no such model"),
    ],
    ids=lambda value: value.by if isinstance(value, Start) else None,
)
def test_what_fails_there_is_raised_here(start: Start, kind: type[Exception], words: str) -> None:
    host = ApartHost("inference", start)
    try:
        with pytest.raises(kind, match=words):
            host.supervise(1.0)
    finally:
        host.close()


class Noting(HereHost[InferenceStatus]):
    """Notes what it is told to begin."""

    def __init__(self) -> None:
        self.begun: list[float] = []

    def begin(self, now: float) -> None:
        self.begun.append(now)


class Silence:
    """Counts its steps."""

    def __init__(self) -> None:
        self.steps: list[float] = []

    def step(self, now: float) -> float:
        self.steps.append(now)
        return 0.0

    def status(self) -> CaptureStatus:
        return CaptureStatus()

    def close(self) -> None:
        pass


def test_the_next_pictures_sound_is_heard_before_it_is_painted_and_nothing_after_the_end() -> None:
    clock, sound, painter = FrameClock(2.0), Silence(), Noting()
    capture = HereHost("capture", sound)
    workers = FilmWorkers(clock, 1.0, capture, painter)
    for _ in range(2):
        clock.sleep(0.0)
        capture.supervise(clock.now())
        workers.go_on(clock.now())
    assert sound.steps == [0.5, 1.0]  # once a moment, whoever asks first
    assert painter.begun == [1.0]


def test_the_clock_on_a_films_wall_begins_at_the_hour_of_its_preset_and_goes_on_over_midnight() -> None:
    hours: list[float] = []

    class Looking:
        def __init__(self, hour: Callable[[], float]) -> None:
            self._hour = hour

        def step(self, _now: float) -> float:
            hours.append(self._hour())
            return 0.0

        def status(self) -> InferenceStatus:
            return InferenceStatus()

        def close(self) -> None:
            pass

    film = FilmInference(Looking, 23.5)
    film.step(0.0)
    film.step(3600.0)
    assert hours == [23.5, 0.5] == [film_hour(23.5, 0.0), film_hour(23.5, 3600.0)]


@pytest.mark.parametrize(("fps", "turns"), [(5.0, 1), (24.0, 1), (25.0, 1), (30.0, 2), (50.0, 2), (60.0, 3)])
def test_a_film_has_so_many_pictures_to_each_that_is_generated(fps: float, turns: int) -> None:
    assert turns_a_picture(fps) == turns


def test_the_model_of_a_film_rests_between_its_pictures() -> None:
    core = Counting()
    film = FilmInference(lambda _hour: core, 0.0, turns=3)  # type: ignore[arg-type, return-value]
    for now in range(7):
        film.step(float(now))
    assert core.status().moments == (0.0, 3.0, 6.0)
