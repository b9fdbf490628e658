"""ROCs against cases counted by hand."""

import numpy as np
import pytest

from s2s.evaluate.hearing.known_or_not import Scores, roc


def scores(*values: float) -> Scores:
    return Scores(np.array(values), [f"{number}" for number in range(len(values))])


def test_the_area_is_how_often_an_unknown_sound_scores_below_a_known_one() -> None:
    # Of six pairs five are in order and 0.6 against 0.6 is a tie
    one = roc(scores(0.9, 0.8, 0.6), scores(0.6, 0.1))
    assert one.area == pytest.approx(5.5 / 6)
    assert one.low <= one.area <= one.high


def test_the_curve_has_every_threshold_and_the_area_that_is_told() -> None:
    one = roc(scores(0.9, 0.8, 0.6), scores(0.7, 0.1))
    assert one.false_alarms.tolist() == pytest.approx([0, 0, 1 / 3, 1 / 3, 2 / 3, 1])
    assert one.recognised.tolist() == pytest.approx([0, 0.5, 0.5, 1, 1, 1])
    assert np.trapezoid(one.recognised, one.false_alarms) == pytest.approx(one.area)


def test_sounds_that_are_parted_wholly_are_all_recognised() -> None:
    one = roc(scores(*np.linspace(0.5, 1.0, 40)), scores(*np.linspace(0.0, 0.4, 20)))
    assert (one.area, one.low, one.high) == (1.0, 1.0, 1.0)
    assert (one.at_few.right, one.at_few.of) == (20, 20)


def test_at_five_per_cent_one_known_sound_in_twenty_is_called_unknown() -> None:
    known = scores(*np.arange(100.0))
    assert roc(known, scores(4.0, 4.9, 5.0, 50.0)).at_few.right == 2


def test_few_recordings_widen_the_interval() -> None:
    rng = np.random.default_rng(3)
    known, unknown = rng.normal(1.0, 1.0, 60), np.repeat(rng.normal(0.0, 1.0, 6), 10)
    apart = roc(Scores(known, [str(n) for n in range(60)]), Scores(unknown, [str(n) for n in range(60)]))
    together = roc(Scores(known, [str(n) for n in range(60)]), Scores(unknown, [str(n // 10) for n in range(60)]))
    assert together.area == apart.area
    assert together.high - together.low > 1.5 * (apart.high - apart.low)


def test_a_roc_of_nothing_is_refused() -> None:
    with pytest.raises(ValueError, match="known sounds and unknown ones"):
        roc(scores(0.5), scores())
