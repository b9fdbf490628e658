"""Measuring training: both sides do the same, one of them everything anew; and a line that says samples a second."""

import math
from dataclasses import replace

import numpy as np
import pytest
import torch

from s2s.bench import training as module
from s2s.bench.baselines import published_spectrogram
from s2s.bench.measuring import Case, Machine, Measurement, Timing, measure
from s2s.bench.training import TrainingSizes, audio_encoder_training, published_loss
from s2s.commands.bench import as_table
from s2s.models.swav import SwavResNet50
from s2s.spectrogram_spec import SpectrogramSpec
from s2s.training.losses import objectives as losses
from tests.rounding import rounding

pytestmark = pytest.mark.heavy

TINY = TrainingSizes(4, width=4, picture_width=2, spec=SpectrogramSpec(clip_samples=16_000), precision="float32")


def test_both_sides_learn_the_same_from_the_same_start() -> None:
    case = audio_encoder_training("cpu", TINY)
    assert case.baseline is not None
    ours, published = [[float(call()) for _ in range(3)] for call in (case.ours, case.baseline)]
    assert ours[0] == pytest.approx(published[0], rel=1e-4)  # pairs are cached in half precision
    assert ours == pytest.approx(published, rel=5e-3)
    assert len(set(ours)) == 3 and ours[0] < 1.05 * math.log(4)


def test_in_bfloat16_the_loss_is_the_same_to_its_last_digits() -> None:
    case = audio_encoder_training("cpu", replace(TINY, precision="bfloat16"))
    assert case.name == "step of f_A, batch 4, bfloat16" and case.baseline is not None
    assert float(case.ours()) == pytest.approx(float(case.baseline()), rel=rounding(torch.bfloat16)["rtol"])


def test_pictures_can_be_told_apart() -> None:
    case = audio_encoder_training("cpu", TINY)
    assert isinstance(case.baseline, module.PublishedStep)
    with torch.no_grad():
        seen = case.baseline._f_V.encode(case.baseline._pictures)
    assert float((losses.unit_distance(seen, seen) + 2 * torch.eye(4)).min()) > 0.05


def test_the_published_step_computes_every_spectrogram_and_feature_anew(monkeypatch: pytest.MonkeyPatch) -> None:
    case = audio_encoder_training("cpu", TINY)
    heard, seen = [], []
    spectrogram, encode = published_spectrogram, SwavResNet50.encode

    def hearing(sound: np.ndarray) -> np.ndarray:
        assert sound.dtype == np.float64
        heard.append(1)
        return spectrogram(sound)

    def seeing(encoder: SwavResNet50, pictures: torch.Tensor) -> torch.Tensor:
        assert not encoder.training
        seen.append(len(pictures))
        return encode(encoder, pictures)

    monkeypatch.setattr(module, "published_spectrogram", hearing)
    monkeypatch.setattr(SwavResNet50, "encode", seeing)
    assert case.baseline is not None
    case.baseline()
    case.baseline()
    assert len(heard) == 8 and seen == [4, 4]
    case.ours()
    assert len(heard) == 8 and seen == [4, 4]


def test_the_published_loss_is_ours() -> None:
    audio, image = torch.rand(8, 16), torch.rand(8, 16)
    assert float(published_loss(audio, image)) == pytest.approx(float(losses.audio_visual_info_nce(audio, image)))


def test_training_is_measured_with_gradients_and_by_samples_a_second() -> None:
    before = torch.get_rng_state()
    row = measure(audio_encoder_training("cpu", TINY), 1)
    assert torch.equal(torch.get_rng_state(), before)
    assert row.samples == 4 and row.baseline is not None and row.largest_difference is not None
    assert row.largest_difference < 5e-3
    assert row.samples_per_s(row.ours) == pytest.approx(4e3 / row.ours.median_ms)
    told = row.to_dict()
    assert told["ours"]["samples_per_s"] / told["baseline"]["samples_per_s"] == pytest.approx(told["speed_up"])


def test_what_trains_nothing_needs_no_gradients_and_tells_no_samples() -> None:
    row = measure(Case("x", lambda: torch.tensor(float(torch.is_inference_mode_enabled()))), 1)
    assert "samples_per_s" not in row.to_dict()["ours"]
    modes = []
    measure(Case("x", lambda: modes.append(torch.is_inference_mode_enabled()) or torch.ones(1)), 1)  # type: ignore
    measure(Case("x", lambda: modes.append(torch.is_inference_mode_enabled()) or torch.ones(1), samples=1), 1)  # type: ignore
    assert modes == [True] * 3 + [False] * 3


def test_the_line_says_samples_a_second_of_both_sides_and_how_many_times_that_is() -> None:
    plain = Measurement("one", Timing(10.0, 12.0, 7))
    training = Measurement("two", Timing(500.0, 600.0, 3), Timing(2000.0, 2100.0, 3), "another", 0.01, samples=8)
    lines = as_table(Machine("cpu name", 2, "2", "cpu"), [plain, training]).splitlines()
    assert "medians of 7" in lines[1] and lines[4].split() == ["one", "10.0", "(12.0)"]
    assert lines[-3] == "training, samples a second: medians of 3 steps"
    assert lines[-1].split() == ["two", "16.00", "samples/s", "4.00", "samples/s", "4.00", "1.0e-02", "another"]
