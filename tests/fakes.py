"""Stand-ins that more than one test needs. Each stays small; one that grows shows a seam in the wrong place."""

from pathlib import Path

import torch

from s2s import bundle
from s2s.card import AudioEncoderSizes, ImageEncoderSizes, LightSizes, ModelCard
from s2s.models.registry import build
from s2s.spectrogram_spec import SpectrogramSpec


def tiny_card(*, resolution: int = 32) -> ModelCard:
    """Return the card of a whole model that runs in milliseconds; `resolution` is a power of two from 8 on."""
    widths = (8,) * (resolution.bit_length() - 2)
    return ModelCard(
        name="Tiny",
        version="1",
        licence="MIT",
        provenance="random weights",
        data="none",
        spectrogram=SpectrogramSpec(normalisation="fixed", mean=-12.0, deviation=3.0),
        audio_encoder=AudioEncoderSizes(width=4, embedding_dim=32),
        generator=LightSizes(resolution=resolution, h_dim=32, z_dim=8, channels=widths),
        image_encoder=ImageEncoderSizes(width=4),
    )


def write_tiny_bundle(folder: Path, *, resolution: int = 32, seed: int = 0) -> Path:
    """Write a bundle of random weights and return its folder; the same seed gives the same weights."""
    card = tiny_card(resolution=resolution)
    assert card.image_encoder is not None
    with torch.random.fork_rng(devices=[]):
        torch.manual_seed(seed)
        audio_encoder, generator = build(card.audio_encoder), build(card.generator)
        image_encoder = build(card.image_encoder)
    bundle.save(folder, card, audio_encoder=audio_encoder, generator=generator, image_encoder=image_encoder)
    return folder
