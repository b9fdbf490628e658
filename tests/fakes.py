"""Stand-ins that more than one test needs. Each stays small; one that grows shows a seam in the wrong place."""

from dataclasses import replace
from functools import cache
from pathlib import Path
from typing import cast

import numpy as np
import torch
from numpy.typing import NDArray
from torch import Tensor, nn

from s2s import bundle
from s2s.bundle import Bundle
from s2s.card import AudioEncoderSizes, ImageEncoderSizes, LightSizes, MemorySizes, ModelCard, SourceHeadsSizes
from s2s.models.memory_generator import MemoryGenerator
from s2s.models.registry import build
from s2s.models.source_heads import SourceHeads
from s2s.spectrogram import fit_clip, spectrogram
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
    audio_encoder, generator, image_encoder = _tiny_networks(resolution, seed)
    card = tiny_card(resolution=resolution)
    bundle.save(folder, card, audio_encoder=audio_encoder, generator=generator, image_encoder=image_encoder)
    return folder


@cache
def _tiny_networks(resolution: int, seed: int) -> tuple[nn.Module, nn.Module, nn.Module]:
    """Return f_A, G and f_V, made once: they are written down and never changed."""
    card = tiny_card(resolution=resolution)
    assert card.image_encoder is not None
    with torch.random.fork_rng(devices=[]):
        torch.manual_seed(seed)
        return build(card.audio_encoder), build(card.generator), build(card.image_encoder)


class WideGenerator(nn.Module):
    """Paints pictures that are no squares: a gradient in colours that z and h choose."""

    def __init__(self, width: int, height: int, *, z_dim: int = 8, h_dim: int = 32) -> None:
        super().__init__()
        self.width, self.height, self.z_dim, self.h_dim = width, height, z_dim, h_dim
        self.corners = nn.Linear(z_dim + h_dim, 3 * 2 * 2)

    def forward(self, z: Tensor, h: Tensor) -> Tensor:
        corners = torch.tanh(self.corners(torch.cat([z, h], dim=1))).unflatten(1, (3, 2, 2))
        return nn.functional.interpolate(corners, (self.height, self.width), mode="bilinear", align_corners=True)


def wide_bundle(folder: Path, *, width: int = 32, height: int = 18, squash: tuple[int, int] | None = None) -> Bundle:
    """Return a tiny model, written to `folder` with another generator, that paints wide pictures."""
    loaded = bundle.load(write_tiny_bundle(folder))
    with torch.random.fork_rng(devices=[]):
        torch.manual_seed(0)
        generator = WideGenerator(width, height).eval().requires_grad_(False)
    return replace(loaded, card=loaded.card.model_copy(update={"squash": squash}), generator=generator)


def write_memory_bundle(folder: Path, *, pairs: int = 0) -> Path:
    """Write a tiny bundle whose generator remembers 64 moments of random codes and known states, and `pairs` of two
    things; return its folder.
    """
    loaded = bundle.load(write_tiny_bundle(folder))
    decoder = {"code_dim": 4, "channels": (16, 12, 8, 4), "blocks": (1, 1, 1)}
    sizes = MemorySizes.model_validate(
        {"width": 64, "height": 32, "entries": 64, "z_dim": 4, "h_dim": 32, "h_power": 32.0, "z_width": 0.2}
        | {"nearness_width": 0.08, "warmth": True, "pairs": pairs}
        | decoder
    )
    with torch.random.fork_rng(devices=[]):
        torch.manual_seed(0)
        memory = build(sizes)
        assert isinstance(memory, MemoryGenerator)
        memory.keys.copy_(nn.functional.normalize(torch.rand(64, 32), dim=1))
        if pairs:
            memory.pair_keys.copy_(nn.functional.normalize(torch.rand(2, pairs, 32), dim=2))
        for kept in (memory.codes, memory.states, *([memory.pair_codes] if pairs else [])):
            kept.copy_(torch.randint(0, 256, kept.shape, dtype=torch.uint8))
    card = loaded.card.model_copy(update={"generator": sizes})
    encoder = cast(nn.Module, loaded.image_encoder)
    bundle.save(folder, card, audio_encoder=loaded.audio_encoder, generator=memory, image_encoder=encoder)
    return folder


def write_naming_bundle(folder: Path, *, known: NDArray[np.float32], unknown: NDArray[np.float32]) -> Path:
    """Write a tiny bundle that paints two things, and hears rain and a train in all sounds; return its folder.

    It is sure of that where a sound is as `known` is, and not at all where it is as far from it as `unknown`.
    """
    loaded = bundle.load(write_memory_bundle(folder, pairs=32))
    sizes = SourceHeadsSizes(names=("rain", "train"), map_dim=32, h_dim=32, hidden=16)
    with torch.random.fork_rng(devices=[]), torch.no_grad():
        torch.manual_seed(0)
        heads = build(sizes)
        assert isinstance(heads, SourceHeads)
        clips = torch.stack([fit_clip(sound, loaded.spec) for sound in (known, unknown)])
        here, there = heads.summary(loaded.audio_encoder.features(spectrogram(clips, loaded.spec)))
        apart = (here - there).square().mean().sqrt()
        heads.detect.weight.zero_()
        heads.detect.bias.copy_(torch.tensor([3.0, 2.0]))
        heads.centres.copy_(here.expand(2, -1))
        heads.odds.copy_(torch.tensor([8.0 * (apart / 2.0).log(), 0.0, -8.0]))
    card = loaded.card.model_copy(update={"source_heads": sizes})
    f_A, G, f_V = loaded.audio_encoder, cast(nn.Module, loaded.generator), cast(nn.Module, loaded.image_encoder)
    bundle.save(folder, card, audio_encoder=f_A, generator=G, image_encoder=f_V, source_heads=heads)
    return folder
