"""Finished stages of any recipe as one model: loaded together, and written as the bundle that the show plays."""

from dataclasses import dataclass
from pathlib import Path
from typing import cast

import numpy as np
from numpy.typing import NDArray
from torch import Tensor, nn

from s2s import bundle
from s2s.card import AudioEncoderSizes, BigGanSizes, ImageEncoderSizes, LightSizes, ModelCard, SwavSizes
from s2s.models.audio_encoder import AudioEncoder
from s2s.models.image_encoder import ImageEncoder
from s2s.models.swav import SwavResNet50
from s2s.sampling.embed import encode_sounds
from s2s.spectrogram_spec import SpectrogramSpec
from s2s.training.stages.audio_encoder import load_audio_encoder
from s2s.training.stages.image_encoder import load_image_encoder
from s2s.training.stages.trained_generator import TrainedGenerator, load_trained_generator, sizes_of_run

Metrics = dict[str, float | str]


@dataclass(frozen=True, slots=True)
class Stages:
    """The folders that the finished stages left."""

    image_encoder: Path
    generator: Path
    audio_encoder: Path


@dataclass(frozen=True, slots=True)
class TrainedModel:
    """A whole model before it is a bundle."""

    image_encoder: ImageEncoder | SwavResNet50
    generator: TrainedGenerator
    generator_sizes: BigGanSizes | LightSizes
    audio_encoder: AudioEncoder
    spec: SpectrogramSpec

    def hear(self, sounds: NDArray[np.float32]) -> Tensor:
        """Return unit embeddings [n, d] of sounds [n, clip_samples]."""
        return encode_sounds(self.audio_encoder, self.spec, sounds)


def load_stages(stages: Stages) -> TrainedModel:
    """Load what the stages wrote.

    Raises FileNotFoundError that says which command writes what is missing, ValueError for an audio encoder that was
    trained on features of another size.
    """
    image_encoder = load_image_encoder(stages.image_encoder)
    generator = load_trained_generator(stages.generator, image_encoder.embedding_dim)
    sizes = sizes_of_run(stages.generator, image_encoder.embedding_dim)
    audio_encoder, spec = load_audio_encoder(stages.audio_encoder)
    if audio_encoder.embedding_dim != image_encoder.embedding_dim:
        raise ValueError(
            f"{stages.audio_encoder} was trained on features of {audio_encoder.embedding_dim} numbers, and "
            f"{stages.image_encoder} gives {image_encoder.embedding_dim}: take the image encoder it was trained with"
        )
    return TrainedModel(image_encoder, generator, sizes, audio_encoder, spec)


def write_bundle(
    out: Path, model: TrainedModel, metrics: Metrics, *, name: str, version: str, story: dict[str, str]
) -> ModelCard:
    """Write the bundle; `story` holds the card's provenance and data in words."""
    f_A, f_V = model.audio_encoder, model.image_encoder
    sizes = ImageEncoderSizes if isinstance(f_V, ImageEncoder) else SwavSizes
    card = ModelCard(
        name=name,
        version=version,
        licence=story.get("licence", "MIT"),
        provenance=story["provenance"],
        data=story["data"],
        spectrogram=model.spec,
        audio_encoder=AudioEncoderSizes(width=f_A.width, embedding_dim=f_A.embedding_dim),
        generator=model.generator_sizes,
        image_encoder=sizes(width=f_V.width),
        metrics=metrics,
    )
    bundle.save(out, card, audio_encoder=f_A, generator=model.generator, image_encoder=cast(nn.Module, f_V))
    return card
