"""Beside a running spectrogram f_A hears every third of a second what it would hear in the clip by itself."""

from dataclasses import replace

import numpy as np
import pytest
import torch
from torch import Tensor

from installation.inference.running_encoder import HOP_S, LONGEST_HOP_S, RunningEncoder
from installation.values import Samples
from s2s.bundle import Bundle, load
from s2s.models.streaming_audio_encoder import COLUMNS_A_STEP
from s2s.spectrogram import SpectrogramStream, normalise
from s2s.spectrogram_spec import SpectrogramSpec
from tests.fakes import write_tiny_bundle

RATE_HZ = 16_000


@pytest.fixture(scope="module")
def model(tmp_path_factory: pytest.TempPathFactory) -> Bundle:
    """A model whose levels are fixed."""
    return load(write_tiny_bundle(tmp_path_factory.mktemp("model")))


@pytest.fixture(scope="module")
def levelling(model: Bundle) -> Bundle:
    """A model that levels each clip by itself."""
    return replace(model, card=model.card.model_copy(update={"spectrogram": SpectrogramSpec()}))


def sound(seconds: float, seed: int = 1, level: float = 0.1) -> Samples:
    samples = np.random.default_rng(seed).standard_normal(round(seconds * RATE_HZ))
    return (level * samples).astype(np.float32)


def whole_pass(model: Bundle, stream: SpectrogramStream, end: int) -> Tensor:
    with torch.inference_mode():
        clip = stream.log_power_until(end)
        return model.audio_encoder.features(normalise(clip, model.spec).float()[None, None])


def assert_same(heard: Tensor, whole: Tensor) -> None:
    assert (heard - whole).abs().max() <= 1e-4 * whole.abs().max()


@pytest.mark.parametrize("block", [160, 1_111, 16_000])
def test_blocks_of_any_size_are_heard_as_the_whole_pass_hears_them(model: Bundle, block: int) -> None:
    stream = SpectrogramStream(model.spec)
    encoder = RunningEncoder(model, stream)
    stream.push(sound(10.0))
    compared = 0
    running = np.concatenate([sound(3.0, seed=2), sound(3.0, seed=3, level=0.01)])  # a gain is turned down
    encoder.encode(0.0)
    for start in range(0, len(running), block):
        samples = running[start : start + block]
        due = encoder.is_due(0.0, len(samples))
        before = stream.num_columns
        stream.push(samples)
        if not due:
            continue
        features = encoder.encode(0.0).features
        end = 1004 + (stream.num_columns - 1004) // COLUMNS_A_STEP * COLUMNS_A_STEP
        assert before < end <= stream.num_columns
        assert_same(features, whole_pass(model, stream, end))
        compared += 1
    assert compared >= (6 if block == 16_000 else 18)


def test_after_a_gap_the_sound_begins_anew(model: Bundle) -> None:
    stream = SpectrogramStream(model.spec)
    encoder = RunningEncoder(model, stream)
    for seed in (1, 2):
        stream.push(sound(10.4, seed))
        features = encoder.encode(0.0).features
        assert_same(features, whole_pass(model, stream, stream.num_columns // COLUMNS_A_STEP * COLUMNS_A_STEP + 12))
        stream.reset()
        encoder.reset()


def test_the_sound_turned_down_is_heard_beside_it_whenever_it_is_asked_for(model: Bundle) -> None:
    stream = SpectrogramStream(model.spec)
    encoder = RunningEncoder(model, stream)
    stream.push(sound(10.0))
    again = SpectrogramStream(model.spec)
    again.push(sound(10.0, level=0.01))
    clip = encoder.encode(0.0, quieter_db=-20.0)
    assert clip.quieter is not None
    assert_same(clip.quieter, whole_pass(model, again, 1004))
    assert_same(clip.features, whole_pass(model, stream, 1004))
    assert torch.equal(clip.log_power, stream.log_power_until(1004))
    for seed in (2, 3):
        stream.push(sound(1.0, seed))
        again.push(sound(1.0, seed, level=0.01))
        encoder.encode(0.0)
    quieter = encoder.encode(0.0, quieter_db=-20.0).quieter
    assert quieter is not None
    assert_same(quieter, whole_pass(model, again, 1004 + 6 * COLUMNS_A_STEP))


def test_a_model_that_levels_each_clip_hears_it_once_a_hop(levelling: Bundle) -> None:
    stream = SpectrogramStream(levelling.spec)
    encoder = RunningEncoder(levelling, stream)
    stream.push(sound(10.0))
    encoder.encode(0.0)
    stream.push(sound(1.0))
    assert not encoder.is_due(HOP_S / 2, 16_000)
    assert encoder.is_due(HOP_S, 1)


def test_a_machine_that_hears_slowly_hears_less_often_and_never_stops(levelling: Bundle) -> None:
    encoder = RunningEncoder(levelling, SpectrogramStream(levelling.spec))
    encoder._stream.push(sound(1.0))
    for duration_s in (0.25, 0.25, 1.0, 0.25, 0.3):
        encoder.took(duration_s)
    encoder.encode(0.0)
    assert not encoder.is_due(0.9, 16_000) and encoder.is_due(1.0, 16_000)
    for _ in range(5):
        encoder.took(30.0)
    encoder.encode(1.0)
    assert encoder.is_due(1.0 + LONGEST_HOP_S, 16_000)
