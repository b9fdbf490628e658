from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st

from installation.clock import ManualClock
from installation.render.crossfade import LONGEST_FADE_S, SHORTEST_FADE_S, CrossFade, Ramp


def arrivals(fade: CrossFade, clock: ManualClock, interval_s: float, count: int) -> None:
    for _ in range(count):
        clock.advance(interval_s)
        fade.arrive(clock.now(), shown_at=clock.now())


def test_nothing_is_shown_before_the_first_picture_and_all_of_it_at_once() -> None:
    fade = CrossFade()
    assert fade.weight(5.0) == 0.0
    fade.arrive(5.0, shown_at=5.0)
    assert fade.weight(5.0) == 1.0


def test_a_fade_starts_at_exactly_nothing_and_ends_at_exactly_everything() -> None:
    fade, clock = CrossFade(), ManualClock()
    arrivals(fade, clock, 0.125, 10)
    assert fade.weight(clock.now()) == 0.0
    clock.advance(fade.length_s)
    assert fade.weight(clock.now()) == 1.0
    clock.advance(1000.0)
    assert fade.weight(clock.now()) == 1.0


def test_the_length_follows_the_measured_interval_so_that_motion_never_rests() -> None:
    fade, clock = CrossFade(), ManualClock()
    for interval_s in (0.125, 0.05):
        arrivals(fade, clock, interval_s, 40)
        assert interval_s < fade.length_s < 1.2 * interval_s
        assert fade.weight(clock.now() + interval_s) > 0.8


@pytest.mark.parametrize("rate_hz", [24, 60, 144])
def test_between_two_pictures_the_weight_grows_evenly_at_any_display_rate(rate_hz: int) -> None:
    fade, clock = CrossFade(), ManualClock()
    arrivals(fade, clock, 0.2, 30)
    start = clock.now()
    weights = [fade.weight(start + tick / rate_hz) for tick in range(int(0.2 * rate_hz))]
    steps = [after - before for before, after in pairwise(weights)]
    assert steps == pytest.approx([1 / rate_hz / fade.length_s] * len(steps))


def test_a_stall_does_not_make_the_next_fades_drag() -> None:
    fade, clock = CrossFade(), ManualClock()
    arrivals(fade, clock, 0.1, 30)
    arrivals(fade, clock, 60.0, 1)
    assert fade.length_s <= 0.3
    arrivals(fade, clock, 0.1, 10)
    assert fade.length_s < 0.13


@pytest.mark.parametrize("pictures_a_draw", [1, 3])
def test_the_display_follows_pictures_that_come_as_often_as_it_draws_or_oftener(pictures_a_draw: int) -> None:
    fade, shown = CrossFade(), 0.0
    for tick in range(1, 60):
        now, drawn_at = tick / 30, (tick - 1) / 30
        for _ in range(pictures_a_draw):
            fade.arrive(now, shown_at=drawn_at)
        newest = 0.0 if tick < 30 else 1.0
        shown += (newest - shown) * fade.weight(now)
        if tick == 31:
            assert shown > 0.8


@given(st.lists(st.floats(0.0, 10.0), min_size=2, max_size=50))
def test_whatever_comes_weight_and_length_stay_in_their_ranges(intervals_s: list[float]) -> None:
    fade, now = CrossFade(), 0.0
    fade.arrive(now, shown_at=now)
    for interval_s in intervals_s:
        now += interval_s
        assert 0.0 <= fade.weight(now) <= 1.0
        fade.arrive(now, shown_at=now)
        assert SHORTEST_FADE_S <= fade.length_s <= LONGEST_FADE_S


@pytest.mark.parametrize("rate_hz", [30, 144])
def test_a_ramp_takes_its_time_both_ways_at_any_rate(rate_hz: int) -> None:
    ramp = Ramp(duration_s=1.0)
    rising = [ramp.update(True, 1 / rate_hz) for _ in range(rate_hz + 1)]
    assert rising == sorted(rising)
    assert rising[rate_hz // 2 - 1] == pytest.approx(0.5, abs=0.01)
    assert rising[-1] == 1.0
    falling = [ramp.update(False, 1 / rate_hz) for _ in range(rate_hz + 1)]
    assert falling[-1] == 0.0


def test_a_ramp_may_turn_round_half_way() -> None:
    ramp = Ramp(duration_s=1.0)
    ramp.update(True, 0.5)
    assert ramp.update(False, 0.1) == pytest.approx(Ramp(1.0, 0.5).update(False, 0.1))
