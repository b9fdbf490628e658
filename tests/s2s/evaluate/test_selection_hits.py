"""Hit rates against a truth that is known by hand."""

import numpy as np
import pytest

from s2s.evaluate.selection_hits import Hits, hits, presence_of, shown_share
from s2s.world.truth import PartTruth, Truth


def scores(best: int, num_frames: int = 20) -> np.ndarray:
    return -np.abs(np.arange(num_frames) - best).astype(np.float32)


def presence(first: int, last: int, num_frames: int = 20) -> np.ndarray:
    return np.array([0.5 if first <= frame <= last else 0.49 for frame in range(num_frames)])


TRUTH = {"a": presence(4, 8), "b": presence(10, 19), "c": presence(0, 3)}


def test_a_hit_is_a_best_frame_in_which_the_thing_is_half_there_or_more() -> None:
    found = hits({"a": scores(4), "b": scores(9), "c": scores(3)}, TRUTH)
    assert (found.hits, found.clips) == (2, 3)
    assert found.top == pytest.approx(2 / 3)
    # Of the ten best of a, around 4: 0 to 9, five show it; of b, around 9: 10 to 13 or 14; of c: 0 to 3.
    assert found.among_top == pytest.approx(np.mean([5, 5, 4]) / 10, abs=0.04)


def test_the_interval_is_wilsons() -> None:
    low, high = Hits(clips=100, hits=90, among_top=0.9).interval
    assert (low, high) == pytest.approx((0.8256, 0.9448), abs=1e-3)
    assert Hits(clips=5, hits=5, among_top=1.0).interval[1] == pytest.approx(1.0)


def test_chance_is_the_share_of_frames_that_show_the_thing() -> None:
    assert shown_share(TRUTH) == pytest.approx((5 / 20 + 10 / 20 + 4 / 20) / 3)


def test_a_clip_cut_later_from_its_film_has_the_later_truth() -> None:
    curve = np.linspace(0.0, 1.0, 100)
    truth = Truth(0, 12.0, (PartTruth("owl", curve, curve, curve),))
    assert presence_of(truth, 2.0, 3).tolist() == curve[20:23].tolist()
    assert presence_of(truth, 0.0, 102)[-3:].tolist() == [curve[99]] * 3


def test_what_has_no_truth_is_refused() -> None:
    with pytest.raises(ValueError, match="no clips"):
        hits({}, TRUTH)
    with pytest.raises(ValueError, match="d: expected the truth of 20 frames, got none"):
        hits({"d": scores(3)}, TRUTH)
    with pytest.raises(ValueError, match="expected the truth of 7 frames, got 20"):
        hits({"a": scores(3, 7)}, TRUTH)
