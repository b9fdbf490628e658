"""Contrast after the closed form: for as long as recordings left out like it, and always the same."""

import numpy as np
import torch

from s2s.retrain.contrast import best_steps, courses, folds, left_out_matrices
from s2s.retrain.layer import agreement_with
from s2s.retrain.teaching import taught_layer
from tests.s2s.retrain.lessons import made_up, old_layer


def test_no_recording_is_both_taught_with_and_left_out() -> None:
    recordings = np.repeat(np.arange(7), 3)
    parts = folds(recordings, seed=0)
    assert sorted(np.concatenate(parts).tolist()) == list(range(21))
    assert all(set(recordings[part]).isdisjoint(np.delete(recordings, part)) for part in parts)


def test_the_steps_are_those_that_recordings_left_out_like_best() -> None:
    lessons, _ = made_up(recordings=10, each=1)
    taken = courses(lessons, old_layer(), 0.1, 10, seed=0)
    losses = np.sum([one.losses for one in taken], axis=0)
    assert best_steps(taken) == 5 * int(losses.argmin())
    for rows, matrix in left_out_matrices(taken, 5):
        own = next(one for one in taken if np.array_equal(one.rows, rows))
        assert torch.equal(matrix, own.matrices[1])


def test_a_layer_taught_again_is_the_same_and_keeps_the_world() -> None:
    lessons, _ = made_up(recordings=10, each=1)
    once, again = (taught_layer(lessons, old_layer(), 10, seed=1) for _ in range(2))
    assert torch.equal(once.matrix, again.matrix)
    assert agreement_with(old_layer(), once.matrix, lessons.rehearsed) > 0.9
