"""A light generator goes on from where it is, on the evening's pictures."""

import logging
from typing import Final

from s2s.bundle import Bundle
from s2s.models.image_encoder import ImageEncoder
from s2s.models.light_generator import LightGenerator
from s2s.retrain.finetune import FinetuneConfig
from s2s.retrain.layout import Layout
from s2s.training.engine.device import open_device_context
from s2s.training.engine.loop import RunLength, RunPlan
from s2s.training.inputs.images import Pictures
from s2s.training.stages.generator_light import GeneratorSettings, Start, bundled_generator, train_generator

_log = logging.getLogger(__name__)

FEWEST_PICTURES: Final = 500
"""Fewer teach the generator those pictures by heart, and nothing else."""
NEVER: Final = 1_000_000_000


def pictures_for(layout: Layout) -> Pictures | None:
    """Return the evening's pictures where there are enough for the generator, else None, saying so."""
    pictures = Pictures.open(layout.cache / "pictures")
    if len(pictures.train) >= FEWEST_PICTURES:
        return pictures
    _log.warning(
        "the generator stays as it is: %d pictures to learn from, at least %d are needed, four of each clip",
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
    length = RunLength(config.steps, config.minutes, sheet_every=NEVER)
    with open_device_context(config.device) as device_context:
        plan = RunPlan(layout.generator, length, device_context, config.seed)
        train_generator(pictures, model.image_encoder, settings, plan, Start(bundled_generator(model.path)))
