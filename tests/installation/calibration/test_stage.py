"""The witness times what the show hears and shows, turn by turn, and flashes no faster than eyes may bear."""

from collections.abc import Iterator
from typing import Any, cast

import numpy as np
import pytest

from installation.calibration.clicks import click
from installation.calibration.stage import RingWatch, WatchedSurface, Witness
from installation.clock import ManualClock
from installation.ring import AudioRing
from installation.values import SAMPLE_RATE_HZ, Features

TURN_S = 0.03
PRESENTING_S = 0.004


class Watch:
    """Saw every sample come 10 ms after it was captured; the first was captured at 0."""

    def look(self) -> None:
        pass

    def stamps(self, sample: int) -> tuple[float, float]:
        return sample / SAMPLE_RATE_HZ, sample / SAMPLE_RATE_HZ + 0.01


class Screen:
    """A surface that takes 4 ms to present, and remembers what it was filled with."""

    def __init__(self, clock: ManualClock) -> None:
        self.clock, self.target, self.white = clock, self, list[bool]()
        self._cleared = False

    def clear(self, *_colour: float) -> None:
        self._cleared = True

    def present(self) -> None:
        self.clock.advance(PRESENTING_S)
        self.white.append(self._cleared)
        self._cleared = False


class Room:
    """A show's turns without a show: sound comes in, the witness hears, a picture is presented."""

    def __init__(self, ring: AudioRing, watch: RingWatch | None = None) -> None:
        self.ring, self.clock = ring, ManualClock()
        self.witness = Witness(ring, self.clock, watch or cast(RingWatch, Watch()))
        self.screen = Screen(self.clock)
        self.surface = WatchedSurface(cast(Any, self.screen), self.witness)

    def turn(self, onset: float = 0.0) -> None:
        self.clock.advance(TURN_S - PRESENTING_S)
        missing = round(self.clock.now() * SAMPLE_RATE_HZ) - self.ring.position.written
        self.ring.write(np.zeros(missing, np.float32), self.clock.now())
        self.witness.hear(Features(onset=onset))
        self.surface.present()


@pytest.fixture
def room() -> Iterator[Room]:
    ring = AudioRing(4.0)
    yield Room(ring)
    ring.close()


def test_a_click_is_timed_from_its_first_sample_to_its_picture(room: Room) -> None:
    for _ in range(20):
        room.turn()
    first = room.ring.position.written + 64
    room.ring.write(np.concatenate([np.zeros(64, np.float32), click(SAMPLE_RATE_HZ)]), 0.0)
    room.turn(onset=0.9)
    known_at = room.clock.now() - PRESENTING_S
    for _ in range(3):
        room.turn(onset=0.5)
    (heard,) = room.witness.heard
    assert heard.captured_at == pytest.approx(first / SAMPLE_RATE_HZ)
    assert (heard.known_at, heard.drawn_at) == (known_at, known_at)
    assert heard.presented_at == pytest.approx(known_at + PRESENTING_S)


def test_a_watcher_that_gets_no_time_makes_a_stamp_late_and_nothing_fail(room: Room) -> None:
    starved = Room(room.ring, RingWatch(room.ring))
    for onset in (0.0, 0.0, 0.9, 0.5, 0.4, 0.3):
        starved.turn(onset)
    assert len(starved.witness.heard) == 1


def test_the_picture_of_a_beginning_is_white_at_once_and_not_for_long(room: Room) -> None:
    for onset in (0.0, 0.9, 0.6, 0.4, 0.3, 0.2):
        room.turn(onset)
    assert room.screen.white == [False, True, True, True, False, False]


def test_however_much_begins_there_are_at_most_three_flashes_a_second(room: Room) -> None:
    for number in range(200):  # six seconds of drums
        room.turn(0.9 if number % 6 == 0 else 0.0)
    white = room.screen.white
    begun = [number for number in range(1, len(white)) if white[number] and not white[number - 1]]
    assert len(begun) <= 18 and len(room.witness.heard) > 25


def test_the_watcher_tells_when_a_sample_was_captured_and_refuses_one_that_has_not_come(room: Room) -> None:
    watch = RingWatch(room.ring)
    room.ring.write(np.zeros(160, np.float32), 5.0)
    watch.look()
    room.ring.write(np.zeros(160, np.float32), 5.01)
    watch.look()
    captured_at, ringed_at = watch.stamps(100)
    assert captured_at == pytest.approx(5.0 - 59 / SAMPLE_RATE_HZ) and ringed_at <= watch.stamps(319)[1]
    assert watch.stamps(319)[0] == 5.01
    with pytest.raises(LookupError, match="sample 320 has not come"):
        watch.stamps(320)
