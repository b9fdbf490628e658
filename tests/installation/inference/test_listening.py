"""What the show hears is what training computes: one definition of the model's input, whole and in blocks."""

from collections.abc import Iterator

import numpy as np
import pytest
import torch

from installation.inference.listening import HOP_S, Listener
from installation.ring import AudioRing
from installation.values import SAMPLE_RATE_HZ, Samples
from s2s.models.audio_encoder import AudioEncoder
from s2s.spectrogram import fit_clip, spectrogram
from s2s.spectrogram_spec import SpectrogramSpec

SPEC = SpectrogramSpec(normalisation="fixed", mean=-12.0, deviation=3.0)


@pytest.fixture(scope="module")
def encoder() -> AudioEncoder:
    torch.manual_seed(0)
    return AudioEncoder(width=4, embedding_dim=16).eval()


@pytest.fixture
def ring() -> Iterator[AudioRing]:
    made = AudioRing(12.0)
    yield made
    made.close()


def sound(seconds: float) -> Samples:
    return (0.1 * np.random.default_rng(1).standard_normal(round(seconds * SAMPLE_RATE_HZ))).astype(np.float32)


def trained_on(encoder: AudioEncoder, clip: Samples) -> np.ndarray:
    with torch.inference_mode():
        embedding = encoder(spectrogram(fit_clip(clip, SPEC)[None], SPEC))[0].numpy()
    unit: np.ndarray = embedding / np.linalg.norm(embedding)
    return unit


def heard(listener: Listener, ring: AudioRing, clip: Samples, blocks: int) -> np.ndarray:
    for number, block in enumerate(np.array_split(clip, blocks)):
        ring.write(block, heard_at=float(number))
        target = listener.next_target(number * HOP_S)
    assert target is not None
    return target.h


@pytest.mark.parametrize("blocks", [1, 7])
def test_a_whole_clip_gives_the_embedding_that_training_computes(
    ring: AudioRing, encoder: AudioEncoder, blocks: int
) -> None:
    clip = sound(10.0)
    listener = Listener(encoder, SPEC, ring, torch.device("cpu"))
    np.testing.assert_allclose(heard(listener, ring, clip, blocks), trained_on(encoder, clip), atol=1e-5)


def test_a_short_history_is_repeated_to_full_length_as_short_clips_are_and_never_zero_filled(
    ring: AudioRing, encoder: AudioEncoder
) -> None:
    clip = sound(1.7)
    listener = Listener(encoder, SPEC, ring, torch.device("cpu"))
    np.testing.assert_allclose(heard(listener, ring, clip, 3), trained_on(encoder, clip), atol=1e-5)


def test_a_worker_that_is_started_again_hears_the_last_ten_seconds(ring: AudioRing, encoder: AudioEncoder) -> None:
    ring.write(sound(11.5), heard_at=1.0)
    target = Listener(encoder, SPEC, ring, torch.device("cpu")).next_target(0.0)
    assert target is not None
    np.testing.assert_allclose(target.h, trained_on(encoder, sound(11.5)[-160_000:]), atol=1e-5)


def test_there_is_no_target_before_there_is_sound(ring: AudioRing, encoder: AudioEncoder) -> None:
    listener = Listener(encoder, SPEC, ring, torch.device("cpu"))
    assert listener.next_target(0.0) is None
    ring.write(sound(0.5), heard_at=0.5)
    target = listener.next_target(0.5)
    assert target is not None and target.heard_at == 0.5 and target.serial == 1
    assert listener.next_target(0.5 + HOP_S / 2) is None


def test_a_model_for_another_sample_rate_is_refused(ring: AudioRing, encoder: AudioEncoder) -> None:
    with pytest.raises(ValueError, match="this model wants 22050 Hz"):
        Listener(encoder, SpectrogramSpec(sample_rate_hz=22_050), ring, torch.device("cpu"))


def test_which_way_louder_lies_is_what_turning_the_sound_down_by_20_db_takes_away(
    ring: AudioRing, encoder: AudioEncoder
) -> None:
    clip = sound(10.0)
    ring.write(clip, heard_at=0.0)
    target = Listener(encoder, SPEC, ring, torch.device("cpu")).next_target(0.0, with_volume_direction=True)
    assert target is not None and target.volume_direction is not None
    expected = trained_on(encoder, clip) - trained_on(encoder, 0.1 * clip)
    assert np.linalg.norm(expected) > 0.01
    np.testing.assert_allclose(target.volume_direction, expected, atol=1e-5)
    np.testing.assert_allclose(target.h, trained_on(encoder, clip), atol=1e-5)


def test_which_way_louder_lies_costs_nothing_where_nobody_asks(ring: AudioRing, encoder: AudioEncoder) -> None:
    ring.write(sound(1.0), heard_at=0.0)
    target = Listener(encoder, SPEC, ring, torch.device("cpu")).next_target(0.0)
    assert target is not None and target.volume_direction is None
