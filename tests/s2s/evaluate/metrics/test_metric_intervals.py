"""Intervals of numbers: right where a closed form is known, wider where clips share a recording."""

import numpy as np
import pytest
from scipy import stats

from s2s.evaluate.metrics import intervals
from s2s.evaluate.report.model import Value


def names(count: int, each: int = 1) -> list[str]:
    return [f"film-{row // each}" for row in range(count)]


def test_the_interval_of_a_mean_is_that_of_its_standard_error() -> None:
    values = np.random.default_rng(0).normal(3.0, 2.0, 400)
    found = intervals.mean(values, names(400), 400)
    error = values.std() / np.sqrt(400)
    assert found.value == pytest.approx(values.mean())
    assert found.low == pytest.approx(values.mean() - 1.96 * error, abs=0.3 * error)
    assert found.high == pytest.approx(values.mean() + 1.96 * error, abs=0.3 * error)


def test_clips_of_one_recording_are_one_witness() -> None:
    values = np.random.default_rng(1).normal(size=50).repeat(8)
    together, alone = intervals.mean(values, names(400, 8), 400), intervals.mean(values, names(400), 400)
    assert _width(together) > 2.0 * _width(alone)
    assert intervals.mean(values, ["one film"] * 400, 400).low is None


def test_a_statistic_drawn_anew_is_the_mean_drawn_anew() -> None:
    values = np.random.default_rng(2).normal(size=200)
    found = intervals.drawn_anew(lambda rows: float(values[rows].mean()), names(200, 2), 200)
    assert _width(found) == pytest.approx(_width(intervals.mean(values, names(200, 2), 200)), rel=0.3)
    assert intervals.drawn_anew(lambda rows: 1.0, ["one film"] * 3, 3).high is None


def test_groups_left_out_give_students_interval_of_the_groups_means() -> None:
    values = np.random.default_rng(3).normal(size=100)
    found = intervals.left_out(lambda rows: float(values[rows].mean()), names(100), 100)
    order = np.random.default_rng(15).permutation(100)
    means = np.array([values[np.sort([int(name) for name in order[group::10]])].mean() for group in range(10)])
    assert found.value == pytest.approx(values.mean())
    # Recordings are numbered by their sorted names, so that the groups differ, and their spread alone is alike.
    expected = stats.t.ppf(0.975, 9) * means.std(ddof=1) / np.sqrt(10)
    assert _width(found) / 2 == pytest.approx(expected, rel=0.6)
    assert intervals.left_out(lambda rows: 1.0, ["a", "b"], 2).low is None


def test_a_share_is_bounded_also_where_all_are_right() -> None:
    found = intervals.share(np.ones(30, dtype=bool), names(30), 30)
    assert found.value == 1.0 and found.low is not None and 0.8 < found.low < 1.0
    assert intervals.share(np.ones(3, dtype=bool), ["one film"] * 3, 3).low is None


def _width(value: Value) -> float:
    assert value.low is not None and value.high is not None
    return value.high - value.low
