"""Slopes and how sure they are: right on series whose slope is known, and no more sure than they may be."""

import numpy as np
import pytest

from installation.soak.series import Series
from installation.soak.trend import trend


def series(
    *, hours: float, slope: float, noise: float = 0.0, correlation: float = 0.0, every_s: float = 10.0, seed: int = 0
) -> Series:
    """A figure that grows `slope` an hour from 200 on, with noise that remembers `correlation` of itself."""
    draw = np.random.default_rng(seed)
    made, last = Series("show: resident memory", "MiB"), 0.0
    for t_s in np.arange(0.0, hours * 3600.0, every_s):
        last = correlation * last + draw.normal(0.0, noise * np.sqrt(1.0 - correlation**2))
        made.add(float(t_s), 200.0 + slope * t_s / 3600.0 + last)
    return made


@pytest.mark.parametrize("slope", [0.0, 0.8, -3.0, 40.0])
def test_a_straight_line_has_its_slope_and_no_doubt(slope: float) -> None:
    found = trend(series(hours=2.0, slope=slope))
    assert found is not None
    assert found.slope == pytest.approx(slope, abs=1e-6) and found.high - found.low < 1e-6
    assert found.hours == pytest.approx(2.0, abs=0.05) and found.mean == pytest.approx(200.0 + slope, rel=0.01)


def test_a_leak_is_found_in_noise_and_a_jump_is_no_leak() -> None:
    leaking = trend(series(hours=2.0, slope=5.0, noise=1.0))
    assert leaking is not None and leaking.low > 4.0 and leaking.high < 6.0

    jumping = series(hours=2.0, slope=0.0)
    jumping.value = [value + (500.0 if 100 < index < 110 else 0.0) for index, value in enumerate(jumping.value)]
    jumped = trend(jumping)
    assert jumped is not None and abs(jumped.slope) < 0.01


def test_the_truth_lies_within_the_interval_about_as_often_as_it_says() -> None:
    """Of noise that remembers itself, where a bootstrap of single values would be right half of the time."""
    hits = 0
    for seed in range(12):
        found = trend(series(hours=1.0, slope=1.0, noise=1.0, correlation=0.8, every_s=15.0, seed=seed), seed)
        hits += found is not None and found.low <= 1.0 <= found.high
    assert hits >= 9


def test_a_process_that_begins_anew_smaller_hides_no_leak_and_one_that_begins_bigger_is_none() -> None:
    leaking, steady = Series("a", "MiB"), Series("b", "MiB")
    for minute in range(120):
        restart, t_s = minute // 30, 60.0 * minute
        leaking.add(t_s, 200.0 + 6.0 * (t_s % 1800.0) / 3600.0, restart)
        steady.add(t_s, 200.0 + 50.0 * restart, restart)
    found, still = trend(leaking), trend(steady)
    assert found is not None and found.slope == pytest.approx(6.0, abs=0.01)
    assert still is not None and still.slope == pytest.approx(0.0, abs=0.01)


def test_too_little_says_nothing() -> None:
    assert trend(Series("a", "MiB")) is None
    assert trend(series(hours=0.01, slope=1.0)) is None
    only_restarts = Series("a", "MiB")
    for number in range(20):
        only_restarts.add(60.0 * number, 200.0, number)
    assert trend(only_restarts) is None


def test_warming_up_is_left_out_of_the_run_and_of_each_stretch() -> None:
    made = Series("a", "MiB")
    for t_s in range(0, 1000, 10):
        made.add(float(t_s), 1.0, t_s // 500)
    kept = made.after_warm_up(300.0, 100.0)
    assert min(kept.t_s) == 300.0 and not [t_s for t_s in kept.t_s if 500.0 <= t_s < 600.0]
    assert max(kept.t_s) == 990.0
