"""The networks go on from where the old model is: f_A on the evening's pairs, the light generator on its pictures."""

import logging
from dataclasses import dataclass
from typing import Final

from s2s.bundle import Bundle
from s2s.card import LightSizes
from s2s.models.image_encoder import ImageEncoder
from s2s.models.light_generator import LightGenerator
from s2s.retrain.dataset import VenueDataset
from s2s.retrain.interpolate import interpolate_weights
from s2s.retrain.layout import Layout
from s2s.training.engine.device import open_device_context
from s2s.training.engine.loop import RunLength, RunPlan
from s2s.training.inputs.images import Pictures
from s2s.training.stages.audio_encoder import AudioEncoderSettings, train_audio_encoder
from s2s.training.stages.generator_light import GeneratorSettings, Start, bundled_generator, train_generator

_log = logging.getLogger(__name__)

FEWEST_PICTURES: Final = 500
"""Fewer teach the generator those pictures by heart, and nothing else."""
_VALIDATE_EVERY: Final = 10
_PATIENCE: Final = 12
_NEVER: Final = 1_000_000_000


@dataclass(frozen=True, slots=True)
class FinetuneConfig:
    """How long each network is taught, and on what; a run ends after `steps` or `minutes`, whichever comes first."""

    steps: int
    minutes: float
    device: str = "cpu"
    seed: int = 0


def check_generator(model: Bundle) -> None:
    """Raise ValueError where the generator of `model` cannot be fine-tuned here."""
    if not isinstance(model.card.generator, LightSizes):
        raise ValueError(
            f"--generator: {model.path} paints with the architecture {model.card.generator.architecture}, of which "
            "an evening changes nothing; without the option its audio encoder is retrained alone"
        )
    if not isinstance(model.image_encoder, ImageEncoder):
        raise ValueError(
            f"--generator: {model.path} looks through SwAV, and the light generator's D needs the small encoder"
        )


def finetune_audio_encoder(dataset: VenueDataset, model: Bundle, layout: Layout, config: FinetuneConfig) -> float:
    """Train f_A into OUT/audio-encoder; return how far from the old weights to the new ones those lie that it gets.

    The best step and the best mixture follow from the recordings to stop by. It is taught as the default model was,
    at a third of the rate: what it knows already is worth more than one evening.
    """
    settings = AudioEncoderSettings(
        width=model.audio_encoder.width, learning_rate=3e-4, schedule="cosine", temperature=0.1, pull=8.0
    )
    # A validation costs about as much as a step for every two batches of held-out pairs.
    every = max(_VALIDATE_EVERY, len(dataset.pairs.held_out) // 4)
    length = RunLength(config.steps, config.minutes, _PATIENCE, every, sheet_every=_NEVER)
    with open_device_context(config.device) as device_context:
        plan = RunPlan(layout.audio_encoder, length, device_context, config.seed)
        net = train_audio_encoder(dataset.pairs, settings, plan, model.audio_encoder)
    return interpolate_weights(dataset, model.audio_encoder, net, settings, layout)


def pictures_for(layout: Layout) -> Pictures | None:
    """Return the evening's pictures where there are enough for the generator, else None, saying so."""
    pictures = Pictures.open(layout.cache / "pictures")
    if len(pictures.train) >= FEWEST_PICTURES:
        return pictures
    _log.warning(
        "the generator stays as it is: %d pictures to learn from, at least %d are needed",
        len(pictures.train),
        FEWEST_PICTURES,
    )
    return None


def finetune_generator(pictures: Pictures, model: Bundle, layout: Layout, config: FinetuneConfig) -> None:
    """Fine-tune the light generator into OUT/generator, the best step by its Fréchet distance on held-out pictures.

    It can paint already, so that it reconstructs for a moment only: until posterior and judge, which are new, have
    found their feet.
    """
    assert isinstance(model.image_encoder, ImageEncoder) and isinstance(model.generator, LightGenerator)
    settings = GeneratorSettings(
        channels=model.generator.channels,
        z_dim=model.generator.z_dim,
        learning_rate=3e-4,
        adversarial_rate=1e-4,
        warm_up=0.05,
    )
    length = RunLength(config.steps, config.minutes, sheet_every=_NEVER)
    with open_device_context(config.device) as device_context:
        plan = RunPlan(layout.generator, length, device_context, config.seed)
        train_generator(pictures, model.image_encoder, settings, plan, Start(bundled_generator(model.path)))
