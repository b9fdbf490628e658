"""A turn's time is told part by part, and a late picture by what it waited for."""

import gc
import time

import pytest

from installation.garbage import GarbagePauses, put_aside
from installation.turn_timing import TurnPart, TurnTiming

INTERVAL_S = 1 / 30
USUAL_S = {
    TurnPart.LATE: 0.001,
    TurnPart.TAKE: 0.002,
    TurnPart.DRAW: 0.010,
    TurnPart.READ: 0.0,
    TurnPart.PRESENT: 0.005,
}


class Turns:
    """A show whose turns take as long as they are told to."""

    def __init__(self) -> None:
        self.timing, self.due_at = TurnTiming(INTERVAL_S), 0.0

    def turn(self, *, garbage_s: float = 0.0, **longer_s: float) -> None:
        took_s = {part: usual + longer_s.get(part.value, 0.0) for part, usual in USUAL_S.items()}
        now = self.due_at + took_s.pop(TurnPart.LATE)
        self.timing.begin(self.due_at, now)
        for part, part_s in took_s.items():
            now += part_s
            self.timing.did(part, now)
        self.timing.end(garbage_s=garbage_s)
        self.due_at += INTERVAL_S


@pytest.fixture
def turns() -> Turns:
    made = Turns()
    for _ in range(200):
        made.turn()
    return made


def test_each_part_is_told_with_its_usual_and_its_long_turns(turns: Turns) -> None:
    for _ in range(20):
        turns.turn(draw=0.02)
    parts = turns.timing.parts_ms()
    assert list(parts) == ["late", "take", "draw", "read", "present"]
    assert parts["draw"].p50 == pytest.approx(10.0, rel=0.02) and parts["draw"].p95 == pytest.approx(30.0, rel=0.02)
    assert parts["take"].p95 == pytest.approx(2.0, rel=0.02)


def test_a_steady_show_misses_nothing(turns: Turns) -> None:
    assert turns.timing.missed() == {}


@pytest.mark.parametrize("part", ["late", "take", "draw", "read", "present"])
def test_a_late_picture_is_counted_by_the_part_that_took_longer_than_usual(turns: Turns, part: str) -> None:
    turns.turn(**{part: 0.03})
    assert turns.timing.missed() == {part: 1}


def test_a_delay_in_which_garbage_was_collected_is_its(turns: Turns) -> None:
    turns.turn(take=0.05, garbage_s=0.04)
    turns.turn()
    for _ in range(2):
        turns.turn(draw=0.05, garbage_s=0.001)
        turns.turn()
    assert turns.timing.missed() == {"draw": 2, "garbage": 1}


def test_pictures_that_come_late_while_everything_starts_are_not_counted() -> None:
    starting = Turns()
    for _ in range(20):
        starting.turn(draw=0.2)
    assert starting.timing.missed() == {}


def test_rounds_of_the_collector_are_counted_with_what_they_took() -> None:
    with GarbagePauses() as pauses:
        began = time.perf_counter()
        gc.collect()
        within_s = time.perf_counter() - began
        assert pauses.rounds == 1 and 0.0 < pauses.longest_s <= within_s
        assert pauses.since_last() == pytest.approx(pauses.longest_s) and pauses.since_last() == 0.0
    gc.collect()
    assert pauses.rounds == 1


def test_what_is_put_aside_is_looked_at_no_more() -> None:
    try:
        put_aside()
        assert gc.get_freeze_count() > 1000
        assert len(gc.get_objects()) < 1000
    finally:
        gc.unfreeze()
