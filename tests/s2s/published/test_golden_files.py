"""Every golden of the published networks, through the same code as a real file: written as published, read, checked."""

import json
from pathlib import Path
from typing import Any

import numpy as np
import pytest
import torch
from numpy.typing import NDArray

from s2s.models.audio_encoder import AudioEncoder
from s2s.models.biggan_discriminator import BigGanDiscriminator
from s2s.published.checkpoint import read_tensors
from s2s.published.networks import recognise
from tests.golden.seeded_weights import seeded_input, seeded_state_dict
from tests.published_files import icgan_state

pytestmark = pytest.mark.heavy

GOLDEN = Path(__file__).parents[2] / "golden"


def published_file(name: str, folder: Path) -> Path:
    """Write the file that `name` stands for, with the published keys and seeded values."""
    shapes = json.loads((GOLDEN / f"{name}.keys.json").read_text())
    path = folder / "weights"
    torch.save(seeded_state_dict(shapes), path)
    return path


def imported(name: str, folder: Path) -> Any:
    """Return the network that the import builds of it."""
    path = published_file(name, folder)
    return recognise(path, read_tensors(path)).build()


def assert_golden(ours: torch.Tensor, golden: NDArray[np.float32]) -> None:
    """The published bar: within 1e-4 of the largest value."""
    assert ours.shape == golden.shape
    assert np.abs(ours.numpy() - golden).max() <= 1e-4 * np.abs(golden).max()


@torch.inference_mode()
def test_the_audio_encoder_answers_as_published(tmp_path: Path) -> None:
    golden = np.load(GOLDEN / "sound2scene_audio_encoder.npz")
    encoder = imported("sound2scene_audio_encoder", tmp_path)
    assert isinstance(encoder, AudioEncoder) and (encoder.width, encoder.embedding_dim) == (64, 2048)
    pooled = encoder.pooled(seeded_input("spectrogram", (2, 1, 257, 1004)))
    assert_golden(pooled, golden["pooled"])
    assert_golden(encoder.embed(pooled), golden["embedding"])


@torch.inference_mode()
def test_the_image_encoder_answers_as_published(tmp_path: Path) -> None:
    encoder = imported("swav_resnet50", tmp_path)
    features = encoder(seeded_input("image224", (2, 3, 224, 224)))
    assert_golden(features, np.load(GOLDEN / "swav_resnet50.npz")["feature"])


@torch.inference_mode()
def test_the_generator_paints_as_published(tmp_path: Path) -> None:
    generator = imported("icgan_generator_128", tmp_path)
    generator.fold_spectral_norm()  # as a bundle loads it; test_biggan.py compares it unfolded
    h = seeded_input("h128", (2, 2048), unit_norm=True, nonnegative=True)
    pictures = generator(seeded_input("z128", (2, 120)), h)
    assert_golden(pictures, np.load(GOLDEN / "icgan_generator_128.npz")["image"])


@torch.inference_mode()
def test_the_discriminator_judges_as_published(tmp_path: Path) -> None:
    with torch.device("meta"):
        discriminator = BigGanDiscriminator()
    state = icgan_state(read_tensors(published_file("icgan_discriminator_128", tmp_path)))
    discriminator.load_state_dict(state, strict=True, assign=True)
    h = seeded_input("h128", (2, 2048), unit_norm=True, nonnegative=True)
    logits = discriminator.eval()(torch.tanh(seeded_input("x128", (2, 3, 128, 128))), h)
    assert_golden(logits, np.load(GOLDEN / "icgan_discriminator_128.npz")["logit"])
