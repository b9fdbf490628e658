"""Moments of two things: those that are kept show both as plainly as the world does."""

import numpy as np
import pytest

from s2s.training.inputs import pair_moments
from s2s.training.inputs.pair_moments import Moment, draw_moments, plainest_moments, plainness_of, shares_seen
from s2s.world.state import draw_state


def moment(place: str, thing: str, seed: int = 0) -> Moment:
    return draw_state(place, seed), draw_state(thing, seed)


def test_a_moment_is_as_plain_as_the_less_plain_of_its_things() -> None:
    moments = [moment("sea", "owl", seed) for seed in range(4)]
    alone = np.array([0.1, 0.2, 0.3, 0.4])
    seen, over = np.array([0.1, 0.2, 0.3, 0.0]), np.array([0.4, 0.3, 0.05, 0.5])
    # The last owl hides the sea; the third is the smallest.
    assert plainness_of(moments, alone, seen, over).tolist() == [0.0, 0.25, 0.0, 0.0]


def test_a_thing_is_compared_with_its_kind() -> None:
    moments = [moment("sea", "owl", 0), moment("sea", "owl", 1), moment("sea", "crowd", 2), moment("sea", "crowd", 3)]
    alone = seen = np.full(4, 0.5)
    over = np.array([0.02, 0.04, 0.2, 0.3])
    first = plainness_of(moments, np.array([0.1, 0.2, 0.3, 0.4]), seen, over)
    assert first.tolist() == [0.0, 0.5, 0.0, 0.5]
    assert plainness_of(moments, alone, seen, over).tolist() == [0.0, 0.0, 0.0, 0.0]  # no sea is plainer than another


def test_of_too_few_none_can_be_chosen() -> None:
    with pytest.raises(ValueError, match="of 2 moments of every two scenes 3 cannot be kept"):
        plainest_moments(3, drawn=2)


@pytest.mark.gl
@pytest.mark.heavy
def test_what_is_kept_shows_more_of_both_than_what_is_drawn(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(pair_moments, "composable_pairs", lambda: [("train", "owl"), ("sea", "dog")])
    drawn, kept = draw_moments(12), plainest_moments(3, drawn=12)
    assert [(first.scene, second.scene) for first, second in kept] == [("train", "owl")] * 3 + [("sea", "dog")] * 3
    assert {*kept} <= {*drawn} and all(first.hour == second.hour for first, second in kept)
    (_, seen, over), (_, kept_seen, kept_over) = shares_seen(drawn), shares_seen(kept)
    for many, few in ((seen[:12], kept_seen[:3]), (over[:12], kept_over[:3]), (seen[12:], kept_seen[3:])):
        assert few.min() > np.quantile(many, 0.2)
    alone, _, _ = shares_seen(kept)
    assert (kept_seen <= alone + 1e-9).all()
