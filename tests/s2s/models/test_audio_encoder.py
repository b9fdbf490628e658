"""f_A: equal to the published network, at any width, and strict at its door."""

import json
from pathlib import Path

import numpy as np
import pytest
import torch

from s2s.models.audio_encoder import AudioEncoder
from s2s.published import audio_encoder_state
from tests.golden.seeded_weights import seeded_input, seeded_state_dict

GOLDEN = Path(__file__).parents[2] / "golden"


@pytest.fixture(scope="module")
def published() -> AudioEncoder:
    shapes = json.loads((GOLDEN / "sound2scene_audio_encoder.keys.json").read_text())
    encoder = AudioEncoder()
    encoder.load_state_dict(audio_encoder_state(seeded_state_dict(shapes)), strict=True)
    return encoder.eval()


def test_the_published_weights_give_the_published_outputs(published: AudioEncoder) -> None:
    golden = np.load(GOLDEN / "sound2scene_audio_encoder.npz")
    with torch.inference_mode():
        pooled = published.pooled(seeded_input("spectrogram", (2, 1, 257, 1004)))
        embedding = published.embed(pooled)
    for name, ours in (("pooled", pooled), ("embedding", embedding)):
        expected = golden[name]
        assert ours.shape == expected.shape
        assert np.abs(ours.numpy() - expected).max() <= 1e-4 * np.abs(expected).max()


@pytest.mark.parametrize(("width", "embedding_dim"), [(16, 256), (32, 512)])
def test_any_width_answers_with_its_embedding(width: int, embedding_dim: int) -> None:
    encoder = AudioEncoder(width, embedding_dim).eval()
    spectrogram = seeded_input("spectrogram", (1, 1, 257, 1004))
    with torch.inference_mode():
        assert encoder.pooled(spectrogram).shape == (1, 8 * width)
        embedding = encoder(spectrogram)
    assert embedding.shape == (1, embedding_dim)
    assert embedding.min() >= 0.0 < embedding.max()


@pytest.mark.parametrize("shape", [(257, 1004), (1, 2, 257, 1004)])
def test_a_spectrogram_of_another_shape_is_refused(shape: tuple[int, ...]) -> None:
    with pytest.raises(AssertionError):
        AudioEncoder(16, 32)(torch.zeros(shape))
