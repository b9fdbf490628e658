"""How far hours lie apart."""

import numpy as np

from s2s.evaluate.hearing.nearness import CHANCE_HOURS, hours_apart


def test_hours_lie_apart_the_shorter_way_round_the_clock() -> None:
    apart = hours_apart(np.array([23.0, 1.0, 6.0, 12.0, 5.5]), np.array([1.0, 23.0, 18.0, 0.0, 5.5]))
    assert apart.tolist() == [2.0, 2.0, 12.0, 12.0, 0.0]


def test_chance_is_a_quarter_of_a_day_off() -> None:
    rng = np.random.default_rng(0)
    one, other = rng.uniform(0, 24, (2, 20_000))
    assert abs(hours_apart(one, other).mean() - CHANCE_HOURS) < 0.1
