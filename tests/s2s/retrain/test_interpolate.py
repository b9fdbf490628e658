"""Between old weights and new ones: as far as recordings left out like it, and the world can bear."""

import numpy as np
import pytest
import torch

from s2s.retrain.contrast import folds
from s2s.retrain.interpolate import best_share, mixed, score_left_out
from s2s.retrain.teaching import taught_layer
from tests.s2s.retrain.lessons import made_up, old_layer


@pytest.mark.parametrize("labelled", [True, False])
def test_what_finds_the_right_kind_of_picture_is_taken(labelled: bool) -> None:
    lessons, kinds = made_up()
    labels = kinds if labelled else np.full_like(kinds, -1)
    taught = taught_layer(lessons, old_layer(), 5, seed=0).left_out
    share, scores = best_share(lessons, labels, old_layer(), taught, lambda _: 1.0)
    assert share > 0 and scores[share] > scores[0.0]


def test_what_was_better_before_stays_as_it_was() -> None:
    lessons, kinds = made_up()
    knows = taught_layer(lessons, old_layer(), 5, seed=0).matrix
    spoilt = [(rows, old_layer()) for rows in folds(lessons.recordings, seed=0)]
    assert best_share(lessons, kinds, knows, spoilt, lambda _: 1.0)[0] == 0.0


def test_a_share_that_forgets_the_world_is_not_taken() -> None:
    lessons, kinds = made_up()
    left_out = taught_layer(lessons, old_layer(), 5, seed=0).left_out
    share, _ = best_share(lessons, kinds, old_layer(), left_out, lambda share: 0.9 - 0.1 * share)
    assert share == 0.25


def test_a_recording_counts_once_however_many_clips_it_gave() -> None:
    lessons, kinds = made_up(recordings=8, each=1)
    once, often = np.arange(8), np.array([0, 1, 2, 3, 4, 5, 6, 7, 7, 7])
    scores = []
    for rows in (once, often):
        few = lessons.of(rows)
        left_out = [(part, old_layer()) for part in folds(few.recordings, seed=0)]
        scores.append(score_left_out(few, kinds[rows], old_layer(), left_out, 0.0))
    assert scores[0] == pytest.approx(scores[1])


def test_a_mixture_lies_on_the_line_between_both() -> None:
    assert mixed(torch.tensor([0.0, 2.0]), torch.tensor([1.0, 0.0]), 0.25).tolist() == [0.25, 1.5]
