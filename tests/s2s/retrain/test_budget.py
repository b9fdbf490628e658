"""What is left of a retraining's minutes."""

import pytest

from s2s.retrain.budget import Budget


def test_what_is_left_falls_with_the_clock_and_never_below_nothing() -> None:
    now_s = 100.0
    budget = Budget(2.0, lambda: now_s)
    assert budget.left_s() == 120.0 and budget.share(0.25) == 30.0
    now_s = 190.0
    assert budget.left_s() == 30.0 and budget.used_s() == 90.0
    now_s = 1000.0
    assert budget.left_s() == 0.0 and budget.share(1.0) == 0.0


def test_what_an_earlier_start_took_is_gone() -> None:
    budget = Budget(1.0, lambda: 5.0, spent_s=45.0)
    assert budget.left_s() == 15.0


@pytest.mark.parametrize("of", [-0.1, 1.1])
def test_a_share_is_of_what_is_left(of: float) -> None:
    with pytest.raises(ValueError, match="expected a share of 0 to 1"):
        Budget(1.0, lambda: 0.0).share(of)
