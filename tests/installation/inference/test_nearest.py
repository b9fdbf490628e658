"""Which frame of a place is seen: the nearest, without flicker, and one crossing at a time."""

import numpy as np
import pytest

from installation.inference.motion import Vector, unit
from installation.inference.nearest import FADE_S, SETTLE_S, NearestFrame

EMBEDDINGS = np.eye(4, dtype=np.float32)


def towards(*weights: float) -> Vector:
    return unit(np.array(weights, np.float32))


def after(frame: NearestFrame, h: Vector, seconds: float, rate_hz: float = 30.0) -> NearestFrame:
    for _ in range(round(seconds * rate_hz)):
        frame.update(h, 1.0 / rate_hz)
    return frame


def test_the_first_is_the_nearest_at_once() -> None:
    frame = after(NearestFrame(EMBEDDINGS), towards(0, 1, 0, 0), 0.1)
    assert (frame.number, frame.before, frame.weight) == (1, None, 1.0)


def test_another_comes_once_it_has_been_nearer_for_a_while_and_crosses_in_its_time() -> None:
    frame = after(NearestFrame(EMBEDDINGS), towards(1, 0, 0, 0), 0.1)
    assert after(frame, towards(0, 0, 1, 0), 0.9 * SETTLE_S).number == 0
    after(frame, towards(0, 0, 1, 0), 0.1 * SETTLE_S + 0.05)
    assert (frame.number, frame.before) == (2, 0) and frame.weight < 0.1
    after(frame, towards(0, 0, 1, 0), FADE_S / 2)
    assert frame.weight == pytest.approx(0.5, abs=0.05)
    assert after(frame, towards(0, 0, 1, 0), FADE_S / 2 + 0.1).before is None


def test_the_path_does_not_depend_on_how_often_it_is_asked() -> None:
    slow, fast = (
        after(after(NearestFrame(EMBEDDINGS), towards(1, 0, 0, 0), 1.0, rate), towards(0, 1, 0, 0), 2.0, rate)
        for rate in (10.0, 120.0)
    )
    assert slow.number == fast.number == 1
    assert slow.weight == pytest.approx(fast.weight, abs=0.1)


def test_between_two_that_are_equally_near_it_stays() -> None:
    frame = after(NearestFrame(EMBEDDINGS), towards(1, 0.9, 0, 0), 0.1)
    seen = set()
    for turn in range(100):
        seen.add(after(frame, towards(1, 1.03, 0, 0) if turn % 2 else towards(1, 0.97, 0, 0), 0.7).number)
    assert seen == {0}


def test_a_moment_elsewhere_changes_nothing() -> None:
    frame = after(NearestFrame(EMBEDDINGS), towards(1, 0, 0, 0), 0.1)
    for _ in range(10):
        after(frame, towards(0, 1, 0, 0), 0.5 * SETTLE_S)
        after(frame, towards(1, 0, 0, 0), 0.2)
    assert frame.number == 0


def test_one_crossing_ends_before_the_next_begins() -> None:
    frame = after(NearestFrame(EMBEDDINGS), towards(1, 0, 0, 0), 0.1)
    after(frame, towards(0, 1, 0, 0), SETTLE_S + 0.2)
    after(frame, towards(0, 0, 1, 0), FADE_S - 0.5)
    assert (frame.number, frame.before) == (1, 0)
    after(frame, towards(0, 0, 1, 0), SETTLE_S)
    assert (frame.number, frame.before) == (2, 1)


def test_what_was_left_out_is_never_chosen_and_of_none_nothing_is() -> None:
    frame = after(NearestFrame(EMBEDDINGS[:2]), towards(1, 0, 0, 0), 0.1)
    frame.leave_out(0)
    assert after(frame, towards(1, 0.1, 0, 0), 0.1).number == 1
    frame.leave_out(1)
    assert after(frame, towards(1, 0.1, 0, 0), 2.0).number is None


def test_after_a_rest_the_nearest_is_there_at_once() -> None:
    frame = after(NearestFrame(EMBEDDINGS), towards(1, 0, 0, 0), 0.1)
    frame.rest()
    assert after(frame, towards(0, 0, 0, 1), 0.04).number == 3
