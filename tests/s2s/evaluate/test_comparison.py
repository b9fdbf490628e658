"""Old against new: places, cosines, the paper's loss, and when a difference is one."""

import math
from dataclasses import replace

import numpy as np
import pytest
import torch

from s2s.evaluate.comparison import (
    GeneratorScores,
    RetrievalScores,
    class_agreement,
    class_hits,
    compare,
    retrieval_scores,
)
from s2s.metrics.scores import class_centroids


def of(place: float | list[float], cosine: float | list[float], count: int = 12) -> RetrievalScores:
    """Return numbers of `count` clips, each the same where one is given."""
    places, cosines = (np.broadcast_to(np.array(x, float), (count,)) for x in (place, cosine))
    return RetrievalScores(places, cosines, 0.0, 0.0)


def names(count: int) -> list[str]:
    return [f"guest-{number}" for number in range(count)]


def test_a_sound_that_lies_on_its_own_frame_is_first() -> None:
    image = torch.eye(4, 8)
    found = retrieval_scores(3 * image, image)
    assert found.place.tolist() == [0.0] * 4
    assert found.cosine.tolist() == pytest.approx([1.0] * 4)
    assert found.recall_1 == 1.0
    assert found.l_total == pytest.approx(math.log(1 + 3 * math.exp(-math.sqrt(2.0))), abs=1e-3)


def test_the_place_counts_the_frames_that_lie_nearer() -> None:
    image = torch.eye(3, 3)
    audio = torch.tensor([[0.5, 1.0, 0.8], [0.0, 1.0, 0.1], [0.9, 0.0, 0.5]])
    assert retrieval_scores(audio, image).place.tolist() == [1.0, 0.0, 0.5]


def test_frames_of_a_fixed_camera_are_half_nearer() -> None:
    found = retrieval_scores(torch.rand(5, 8), torch.ones(5, 8))
    assert found.place.tolist() == pytest.approx([0.5] * 5)
    assert found.recall_1 == 0.0


def test_a_gain_on_every_recording_is_better_and_a_loss_worse() -> None:
    old, new = of(0.4, 0.6), of(0.2, 0.7)
    verdict = compare(old, new, names(12))
    assert verdict.word == "better"
    assert verdict.gain == pytest.approx(0.15)
    assert compare(new, old, names(12)).word == "worse"
    assert compare(old, old, names(12)).word == "no clear difference"


def test_a_gain_here_and_a_loss_there_is_no_clear_difference() -> None:
    mixed = [0.7 if number % 2 else 0.52 for number in range(12)]
    verdict = compare(of(0.4, 0.6), of(0.4, mixed), names(12))
    assert verdict.word == "no clear difference"
    assert verdict.low < 0 < verdict.gain < verdict.high


def test_place_and_cosine_must_agree() -> None:
    assert compare(of(0.4, 0.6), of(0.1, 0.59), names(12)).word == "no clear difference"


def test_sounds_that_all_move_to_the_middle_of_all_frames_are_no_better() -> None:
    assert compare(of(0.5, 0.6), of(0.5, 0.8), names(12)).word == "no clear difference"
    assert compare(of(0.0, 0.6), of(0.0, 0.8), names(12)).word == "better"


def test_clips_of_one_recording_count_as_one() -> None:
    rng = np.random.default_rng(0)
    gains = np.repeat([0.2, 0.25, -0.02], 20) + rng.normal(0, 0.01, 60)
    old, new = of(0.2, 0.5, 60), of(0.2, (0.5 + gains).tolist(), 60)
    assert compare(old, new, names(60)).word == "better"
    assert compare(old, new, np.repeat(names(3), 20).tolist()).word == "no clear difference"
    alone = compare(old, new, ["guest"] * 60)
    assert alone.word == "no clear difference"
    assert math.isinf(alone.high)


def test_more_clips_of_the_same_recordings_narrow_the_interval_as_far_as_they_differ() -> None:
    """Overlapping clips: cut once, cut again and again at the same place, and cut at five places of each."""
    rng = np.random.default_rng(0)
    by_recording, by_clip = rng.normal(0.1, 0.02, (15, 1)), rng.normal(0.0, 0.2, (15, 5))

    def reach(gains: np.ndarray) -> float:
        old, new = of(0.5, 0.5, gains.size), of(0.5, (0.5 + gains).ravel().tolist(), gains.size)
        verdict = compare(old, new, np.repeat(names(15), gains.shape[1]).tolist())
        assert verdict.recordings == 15
        return verdict.high - verdict.low

    gains = by_recording + by_clip
    once = [reach(gains[:, number : number + 1]) for number in range(5)]
    assert reach(np.repeat(gains[:, :1], 5, axis=1)) == pytest.approx(once[0])
    assert reach(gains) < 0.6 * np.mean(once)
    assert reach(np.repeat(by_recording, 5, axis=1)) == pytest.approx(reach(by_recording))


def test_the_interval_holds_the_truth_as_often_as_it_says() -> None:
    """Of five recordings percentiles of the bootstrap hold it 83 % of the time."""
    rng = np.random.default_rng(1)
    held = []
    for trial in range(200):
        cosine = (0.5 + rng.normal(0.1, 0.1, 5)).tolist()
        verdict = compare(of(0.5, 0.5, 5), of(0.5, cosine, 5), names(5), seed=trial)
        held.append(verdict.low <= 0.05 <= verdict.high)
    assert np.mean(held) == pytest.approx(0.95, abs=0.04)


def test_classes_agree_where_any_is_known() -> None:
    features = torch.tensor([[1.0, 0.0], [0.9, 0.1], [0.0, 1.0], [5.0, 5.0]])
    centroids = class_centroids(features, torch.tensor([0, 0, 1, -1]), 2)
    audio = torch.tensor([[1.0, 0.2], [0.8, 0.1], [0.3, 0.2]])
    assert class_agreement(audio, np.array([0, 1, -1]), centroids) == pytest.approx(0.5)
    assert class_agreement(audio, np.array([-1, -1, -1]), centroids) is None


def test_where_classes_are_known_it_is_by_the_nearest_picture_that_is_judged() -> None:
    hits = [np.array(row, float) for row in ([0] * 12, [1] * 9 + [0, 0, math.nan])]
    # Places and cosines say the contrary, and do not count.
    old, new = (replace(of(place, 0.5), hits=one) for place, one in zip((0.1, 0.4), hits, strict=True))
    verdict = compare(replace(old, hits=np.where(np.isnan(hits[1]), math.nan, hits[0])), new, names(12))
    assert verdict.word == "better" and verdict.by_class
    assert verdict.gain == pytest.approx(9 / 11) and verdict.recordings == 11


def test_the_nearest_picture_is_of_the_class_or_not() -> None:
    pictures, kinds = torch.eye(3, 4), np.array([0, 1, -1])
    audio = torch.tensor([[1.0, 0.1, 0.0, 0.0], [1.0, 0.1, 9.0, 0.0], [0.0, 1.0, 0.0, 0.0]])
    found = class_hits(audio, np.array([0, 1, -1]), pictures, kinds)
    assert found is not None and found[:2].tolist() == [1.0, 0.0] and math.isnan(found[2])
    assert class_hits(audio, np.array([0, 1, -1]), pictures, np.array([0, 0, -1])) is None


def test_who_cannot_tell_says_how_many_recordings_would() -> None:
    rng = np.random.default_rng(4)
    gains = rng.normal(0.04, 0.1, 12)
    verdict = compare(of(0.3, 0.5), of(0.3, (0.5 + 2 * gains).tolist()), names(12))
    assert verdict.word == "no clear difference" and verdict.needed is not None
    assert verdict.needed > verdict.recordings == 12
    told = []
    for trial in range(60):
        more = (0.5 + 2 * rng.choice(gains, verdict.needed)).tolist()
        count = verdict.needed
        told.append(compare(of(0.3, 0.5, count), of(0.3, more, count), names(count), seed=trial).word == "better")
    assert np.mean(told) == pytest.approx(0.8, abs=0.15)


def test_what_is_all_alike_no_number_of_recordings_would_tell() -> None:
    assert compare(of(0.4, 0.6), of(0.4, 0.6), names(12)).needed is None


def test_a_generator_is_better_in_both_numbers_or_not_at_all() -> None:
    old = GeneratorScores(frechet=0.2, cosine=0.8)
    assert GeneratorScores(0.1, 0.9).is_better_than(old)
    assert not GeneratorScores(0.1, 0.7).is_better_than(old)
    assert not GeneratorScores(0.3, 0.9).is_better_than(old)
