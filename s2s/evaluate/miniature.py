"""The whole paper in small: a world drawn, every network trained from nothing, a bundle that the show plays.

Minutes of a plain machine, 64 pixels: to see that all of it works, and what each stage is for. Every step goes on
where it stopped. One process.
"""

import logging
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Final

from s2s.evaluate.curves import runs_behind, write_curves
from s2s.evaluate.held_out import hold_out
from s2s.evaluate.model_metrics import SIZE_REGRESSOR_STEPS, measured
from s2s.evaluate.samples import write_thumbnail
from s2s.evaluate.trained_model import Metrics, TrainedModel, write_bundle
from s2s.models.image_encoder import ImageEncoder
from s2s.training.engine.device import DeviceContext
from s2s.training.engine.loop import RunPlan
from s2s.training.engine.stage import RunLength
from s2s.training.inputs.images import Pictures
from s2s.training.inputs.pair_sources import WorldPairs
from s2s.training.inputs.pairs import write_pairs
from s2s.training.stages.audio_encoder import AudioEncoderSettings, train_audio_encoder
from s2s.training.stages.generator_light import GeneratorSettings, train_generator
from s2s.training.stages.image_encoder import ImageEncoderSettings, train_image_encoder
from s2s.training.stages.judge import JudgeSettings, train_judge
from s2s.training.stages.trained_generator import sizes_of_run
from s2s.world.takes import WorldCounts, WorldTakes, write_takes

_log = logging.getLogger(__name__)

PX: Final = 64
_PAIRS_SEED: Final = 100_000
_FOREVER: Final = 1_000_000
SHARES: Final = {"image-encoder": 0.2, "generator": 0.5, "audio-encoder": 0.25, "judge": 0.05}
"""Of the minutes, what each stage gets: painting is what takes longest to learn."""


@dataclass(frozen=True, slots=True)
class Miniature:
    """How small. `minutes` is the training of all stages together; drawing the world and measuring come on top."""

    minutes: float = 12.0
    scenes: int = 8
    pictures: int = 3200
    sounds: int = 800
    seed: int = 0
    steps: int = _FOREVER  # of each stage at most: for tests

    def __post_init__(self) -> None:
        if not self.minutes > 0 or self.steps < 1:
            raise ValueError(f"expected some minutes and steps, got {self.minutes:g} and {self.steps}")
        least = 40 * self.scenes  # a twentieth is held out to measure with: two takes of each scene
        if min(self.sounds, self.pictures) < least:
            raise ValueError(f"{self.scenes} scenes need at least {least} pictures and as many sounds")

    def plan(self, out: Path, stage: str, device_context: DeviceContext) -> RunPlan:
        """Return the plan of one stage's run."""
        length = RunLength(self.steps, self.minutes * SHARES[stage], validate_every=100, sheet_every=250)
        return RunPlan(out / stage, length, device_context, self.seed)


def train_miniature(
    out: Path, options: Miniature, device_context: DeviceContext, say: Callable[[str], None] = _log.info
) -> Metrics:
    """Train everything into `out` and write `out / "model"`; return what was measured."""
    say("1/6 drawing the world")
    write_takes(out / "pictures", WorldCounts(options.pictures, 0, PX, num_scenes=options.scenes))
    write_takes(out / "pairs", WorldCounts(options.sounds, options.sounds, PX, _PAIRS_SEED, options.scenes))
    pictures, takes = Pictures.of_world(WorldTakes.open(out / "pictures")), WorldPairs(WorldTakes.open(out / "pairs"))
    say("2/6 training the image encoder f_V, on pictures alone")
    encoder = train_image_encoder(pictures, ImageEncoderSettings(), options.plan(out, "image-encoder", device_context))
    assert isinstance(encoder, ImageEncoder)
    say("3/6 training the generator G, on pictures and what f_V sees in them")
    generator = train_generator(pictures, encoder, GeneratorSettings(), options.plan(out, "generator", device_context))
    say("4/6 training the audio encoder f_A, on sounds and what f_V sees in their pictures")
    pairs = write_pairs(takes, encoder, out / "cache" / "pairs")
    settings = AudioEncoderSettings(width=16, temperature=0.1, pull=8.0, schedule="cosine")
    audio_encoder = train_audio_encoder(pairs, settings, options.plan(out, "audio-encoder", device_context))
    say("5/6 training a judge, to measure with")
    judge = train_judge(pictures, JudgeSettings(), options.plan(out, "judge", device_context))
    say("6/6 measuring, and writing the bundle")
    sizes = sizes_of_run(out / "generator", encoder.embedding_dim)
    model = TrainedModel(encoder, generator, sizes, audio_encoder, pairs.spec)
    held = hold_out(model, takes)
    metrics = measured(model, takes, held, judge, size_regressor_steps=min(options.steps, SIZE_REGRESSOR_STEPS))
    story = {
        "provenance": f"`python -m s2s miniature` of {options.minutes:g} minutes, seed {options.seed}, from nothing",
        "data": f"{options.pictures} pictures and {options.sounds} takes of {options.scenes} of the world's scenes",
    }
    write_bundle(out / "model", model, metrics, name="Miniature", version="1", story=story)
    write_thumbnail(out / "model" / "thumbnail.png", model, held, takes)
    write_curves(out / "model", runs_behind([out / stage for stage in SHARES]))
    return metrics
