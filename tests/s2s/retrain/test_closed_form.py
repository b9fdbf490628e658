"""What few films teach in closed form: recordings left out without solving anew, and a world that stays."""

import numpy as np
import pytest
import torch

from s2s.retrain.closed_form import STRENGTHS, Ridge, best_strength, closed_form
from s2s.retrain.layer import agreement_with, answers, distance_to_own
from tests.s2s.retrain.lessons import made_up, old_layer


@pytest.mark.parametrize("each", [1, 3])
def test_the_error_of_recordings_left_out_is_that_of_solving_without_them(each: int) -> None:
    lessons, _ = made_up(recordings=6, each=each)
    ridge = Ridge.of(lessons, old_layer())
    system, inputs = ridge._system(0.1), lessons.inputs
    errors = []
    for recording in range(6):
        kept = torch.from_numpy(np.flatnonzero(lessons.recordings != recording))
        rows = torch.from_numpy(np.flatnonzero(lessons.recordings == recording))
        without = system - inputs[rows].T @ inputs[rows] / len(inputs)
        change = torch.linalg.solve(without, inputs[kept].T @ ridge.residual[kept] / len(inputs))
        heard = answers(inputs[rows], old_layer() + change)
        errors.append(float(distance_to_own(heard, lessons.images[rows]).mean()))
    assert ridge.error_left_out(0.1) == pytest.approx(np.mean(errors), rel=1e-6)


def test_sounds_come_to_lie_at_their_pictures_and_the_world_stays() -> None:
    lessons, _ = made_up()
    old = old_layer()
    new = closed_form(lessons, old, best_strength(lessons, old))
    before, after = (distance_to_own(answers(lessons.inputs, m), lessons.images).mean() for m in (old, new))
    assert after < 0.5 * before
    assert agreement_with(old, new, lessons.rehearsed) > 0.98


def test_without_a_rehearsal_the_world_moves_further() -> None:
    lessons, _ = made_up()
    old = old_layer()
    forgetful = type(lessons)(lessons.inputs, lessons.images, lessons.recordings, 0.0 * lessons.rehearsed)
    kept, lost = (agreement_with(old, closed_form(one, old, 0.001), lessons.rehearsed) for one in (lessons, forgetful))
    assert lost < kept


def test_noise_asks_for_a_stronger_ridge() -> None:
    old = old_layer()
    plain, noisy = (best_strength(made_up(noise=noise)[0], old) for noise in (0.02, 0.9))
    assert plain < noisy
    assert {plain, noisy} <= set(STRENGTHS)
