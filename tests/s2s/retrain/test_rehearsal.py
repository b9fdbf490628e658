"""The world heard again: always the same sounds, kept through a kill, and a measure of what is left of it."""

from pathlib import Path

import numpy as np
import pytest
from numpy.typing import NDArray

from s2s.bundle import load
from s2s.retrain import heard, rehearsal
from s2s.retrain.layer import matrix_of
from s2s.retrain.rehearsal import rehearse, takes_of_a_scene
from tests.fakes import write_tiny_bundle
from tests.s2s.retrain.lessons import noise, small_world


def test_a_rehearsal_that_was_killed_goes_on_and_is_the_same(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    model, made = load(write_tiny_bundle(tmp_path / "tiny")), list[int]()
    small_world(monkeypatch)
    monkeypatch.setattr(heard, "AT_ONCE", 4)

    def dies(number: int, duration_s: float) -> NDArray[np.float32]:
        made.append(number)
        if len(made) == 7:
            raise KeyboardInterrupt
        return noise(number, duration_s)

    monkeypatch.setattr(rehearsal, "take", dies)
    with pytest.raises(KeyboardInterrupt):
        rehearse(model, tmp_path / "stopped", 3, workers=1, tell=lambda *_: None)
    went_on = rehearse(model, tmp_path / "stopped", 3, workers=1, tell=lambda *_: None)
    assert made[7:] == list(range(4, 12))  # the first four were kept
    at_once = rehearse(model, tmp_path / "whole", 3, workers=1, tell=lambda *_: None)
    np.testing.assert_array_equal(went_on.takes.pooled, at_once.takes.pooled)
    assert len(at_once.takes.pooled) == 2 * len(at_once.left.pooled) == 8
    # A scene sounds the same at each of its takes here, so that the old layer knows them all.
    old = matrix_of(model.audio_encoder.fc)
    assert at_once.scenes_kept(old, old) == 1.0
    assert at_once.scenes_kept(0.0 * old + old[:, :1], old) <= 0.5


@pytest.mark.parametrize(("minutes", "takes"), [(0.5, 3), (5, 5), (12, 12), (600, 12)])
def test_a_short_retraining_rehearses_less(minutes: float, takes: int) -> None:
    assert takes_of_a_scene(minutes) == takes
