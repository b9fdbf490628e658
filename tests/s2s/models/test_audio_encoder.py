"""f_A at any width, and strict at its door; `test_golden_files.py` compares it with the published one."""

import pytest
import torch

from s2s.models.audio_encoder import AudioEncoder
from tests.golden.seeded_weights import seeded_input


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


def test_the_published_size_has_the_published_number_of_weights() -> None:
    with torch.device("meta"):
        encoder = AudioEncoder()
    assert sum(value.numel() for value in encoder.parameters()) == 12_220_864
    assert len(encoder.state_dict()) == 122


def test_training_starts_from_drawn_weights_and_nothing_is_drawn_without_memory() -> None:
    assert AudioEncoder(4, 8).bn1.weight.std() > 0
    with torch.device("meta"):
        assert AudioEncoder(4, 8).bn1.weight.is_meta
