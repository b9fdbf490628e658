"""How an evening's recordings are cut: more clips than lie end to end, and each of its recording alone."""

import pytest

from s2s.data.cutting import cuts_of
from s2s.rates import SAMPLE_RATE_HZ
from s2s.retrain.dataset import cut


@pytest.mark.parametrize(
    ("seconds", "begins_s"),
    [(10.0, [0]), (10.9, [0]), (16.0, [0, 5, 10]), (25.0, [0, 5, 10, 15]), (60.0, list(range(0, 55, 5)))],
)
def test_clips_of_ten_seconds_begin_every_five(seconds: float, begins_s: list[float]) -> None:
    cuts = cuts_of(round(seconds * SAMPLE_RATE_HZ), cut((128,), 10.0, seed=0))
    assert [one.start_s for one in cuts] == begins_s


def test_a_short_clip_is_cut_in_tenths_of_a_second_too() -> None:
    settings = cut((128,), 0.3, seed=0)
    assert (settings.hop_s, settings.min_s) == (0.2, 0.3)
