"""f_V's maps of a few moments are computed once, kept, and never mixed up."""

import json
import logging
from pathlib import Path

import numpy as np
import pytest
import torch
from torch.testing import assert_close

from s2s.models.image_encoder import ImageEncoder
from s2s.models.swav import SwavResNet50
from s2s.training.inputs.log_bands import log_bands
from s2s.training.inputs.moments import CLIP_STEPS, MomentOptions, fingerprint, frame_px, picture_maps, write_moments
from tests.s2s.selection.clips import MadeUp

ASKED = MomentOptions(moments=4, num_bands=16)


@pytest.fixture(scope="module")
def encoder() -> ImageEncoder:
    torch.manual_seed(0)
    return ImageEncoder(width=4).eval()


def test_moments_are_what_the_encoder_sees_and_the_bands_what_is_heard(encoder: ImageEncoder, tmp_path: Path) -> None:
    source = MadeUp(3, val_from=2)
    moments = write_moments(source, encoder, tmp_path, ASKED)
    assert (moments.train.tolist(), moments.held_out.tolist()) == ([0, 1], [2])
    assert moments.shapes == ((16, 8, 8), (32, 4, 4))
    steps = moments.steps[1].astype(int)
    assert (np.diff(steps) > 0).all()
    wanted = picture_maps(encoder, source.frames("clip-1", 128)[steps[[0, 3]]], (3, 4))
    for found, expected in zip(moments.maps_of(np.array([1]), np.array([[0, 3]])), wanted, strict=True):
        assert_close(found, expected, atol=2e-3, rtol=2e-3)
    expected_bands = log_bands(source.sound("clip-1"), CLIP_STEPS, 16)
    assert_close(torch.from_numpy(moments.bands[1].astype(np.float32)), expected_bands, atol=0.02, rtol=0.0)


def test_a_stopped_run_goes_on_without_reading_again_what_it_has(
    encoder: ImageEncoder, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("s2s.training.inputs.moments._SAVED_EVERY", 2)
    whole = write_moments(MadeUp(5), encoder, tmp_path / "whole", ASKED)
    stopped = MadeUp(5)
    frames = stopped.frames

    def dies_at_the_fourth(clip_id: str, px: int) -> np.ndarray:
        if clip_id == "clip-3":
            raise KeyboardInterrupt
        return frames(clip_id, px)

    stopped.frames = dies_at_the_fourth  # type: ignore[method-assign]
    with pytest.raises(KeyboardInterrupt):
        write_moments(stopped, encoder, tmp_path / "resumed", ASKED)
    again = MadeUp(5)
    resumed = write_moments(again, encoder, tmp_path / "resumed", ASKED)
    assert again.read == ["clip-2", "clip-3", "clip-4"]
    for name in ("maps", "bands", "steps"):
        assert np.array_equal(getattr(resumed, name), getattr(whole, name))


def test_a_clip_that_cannot_be_read_is_left_out_and_named(
    encoder: ImageEncoder, tmp_path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    with caplog.at_level(logging.WARNING):
        moments = write_moments(MadeUp(4, broken=[1]), encoder, tmp_path, ASKED)
    assert moments.train.tolist() == [0, 2, 3]
    assert caplog.messages == ["!clip-1 is left out: its shard is damaged"]


def test_a_folder_with_moments_of_something_else_is_refused(encoder: ImageEncoder, tmp_path: Path) -> None:
    write_moments(MadeUp(2), encoder, tmp_path, ASKED)
    with pytest.raises(ValueError, match="other ids: choose another folder"):
        write_moments(MadeUp(3), encoder, tmp_path, ASKED)
    with pytest.raises(ValueError, match="other shapes, encoder"):
        write_moments(MadeUp(2), ImageEncoder(width=8).eval(), tmp_path, ASKED)


def test_too_little_to_learn_from_is_refused(encoder: ImageEncoder, tmp_path: Path) -> None:
    with pytest.raises(ValueError, match="at least 2 clips to train on, got 1"):
        write_moments(MadeUp(3, val_from=1), encoder, tmp_path / "few", ASKED)
    with pytest.raises(ValueError, match="at least 2 clips with frames and sound, got 1"):
        write_moments(MadeUp(2, broken=[0]), encoder, tmp_path / "broken", ASKED)
    slow = MadeUp(3)
    slow.frame_rate_hz = 5.0
    with pytest.raises(ValueError, match="10 Hz, got 5"):
        write_moments(slow, encoder, tmp_path / "slow", ASKED)


@pytest.mark.parametrize("wrong", [{"moments": 1}, {"stages": ()}, {"stages": (4, 3)}, {"stages": (5,)}])
def test_what_cannot_be_kept_is_refused(wrong: dict[str, object]) -> None:
    with pytest.raises(ValueError, match=next(iter(wrong))):
        MomentOptions(**wrong)  # type: ignore[arg-type]


def test_the_published_encoder_is_shown_larger_frames_and_its_last_map(tmp_path: Path) -> None:
    swav = SwavResNet50(width=2).eval()
    assert frame_px(swav) == 224
    moments = write_moments(MadeUp(2, num_frames=5), swav, tmp_path, MomentOptions(2, (4,), 16))
    assert moments.shapes == ((64, 7, 7),)
    assert json.loads((tmp_path / "about.json").read_text())["encoder"] == fingerprint(swav)


def test_a_fingerprint_tells_weights_apart(encoder: ImageEncoder) -> None:
    other = ImageEncoder(width=4)
    assert fingerprint(encoder) == fingerprint(encoder)
    assert fingerprint(encoder) != fingerprint(other)
    other.load_state_dict(encoder.state_dict())
    assert fingerprint(encoder) == fingerprint(other)
