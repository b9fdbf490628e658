"""Trains stages, alone or as one of several ranks: `python -m tests.s2s.training.rank_program OUT STAGE:STEPS…`.

STAGE:STOP-STEPS is torn out of the step after STOP, and begins anew from what it kept.

A stage that is to be tested on several ranks needs a row in `STAGES`: from the rig and the batch of all ranks to it.
Several runs share a process, whose start takes longer than they do.
"""

import argparse
import contextlib
import os
import time
from collections.abc import Callable, Iterable
from pathlib import Path
from typing import Any

import torch
from torch import Tensor

from s2s.data.ranks import Rank
from s2s.training.engine import checkpoint
from s2s.training.engine.device import DeviceContext, open_device_context
from s2s.training.engine.loop import RunPlan, train
from s2s.training.engine.stage import RunLength, Stage
from s2s.training.engine.step_context import StepContext
from s2s.training.inputs.conditions import Conditions, nearest
from s2s.training.inputs.image_features import encode_pictures
from s2s.training.stages.audio_encoder import AudioEncoderSettings, AudioEncoderStage
from s2s.training.stages.generator_light import GeneratorSettings, GeneratorStage
from s2s.training.stages.image_encoder import ImageEncoderSettings, ImageEncoderStage
from s2s.training.stages.judge import JudgeSettings, JudgeStage
from s2s.training.stages.localizer import LocalizerSettings, LocalizerStage
from s2s.training.stages.sources import SourcesSettings, SourcesStage
from tests.s2s.training.made_up_moments import toy_moments
from tests.s2s.training.made_up_pairs import tiny_pairs
from tests.s2s.training.made_up_pictures import coloured_pictures, random_encoder
from tests.s2s.training.made_up_sounds import made_up_sounds
from tests.s2s.training.toy_stage import ToyStage

WEIGHTS, FIRST_WEIGHTS = "weights.pt", "first-weights.pt"
"""What a run ends with, and what it came to by its first step."""


class SteadyRig(DeviceContext):
    """A rig whose Adam does not make a whole step of a slope that is nothing but rounding.

    With the usual epsilon of 1e-8 it does, and the sums of another make of CPU, or of ranks, are soon far apart.
    """

    def adam(self, weights: Iterable[Tensor], rate: float, **options: Any) -> torch.optim.Adam:
        return super().adam(weights, rate, **{**options, "eps": 1e-2})


def _image_encoder(device_context: DeviceContext, batch: int) -> Stage:
    sizes: dict[str, Any] = {"width": 4, "projection_dim": 8, "prototypes": 6, "large_px": 32, "small_px": 16}
    settings = ImageEncoderSettings(batch=batch, small_crops=2, hold_prototypes=0.4, **sizes)
    return ImageEncoderStage(coloured_pictures(), settings, device_context)


def _audio_encoder(device_context: DeviceContext, batch: int) -> Stage:
    pairs = tiny_pairs(24, num_held_out=8, pictures=2)
    return AudioEncoderStage(
        pairs, AudioEncoderSettings(width=4, batch=batch, temperature=0.1, pull=1.0), device_context
    )


def _judge(device_context: DeviceContext, batch: int) -> Stage:
    return JudgeStage(coloured_pictures(), JudgeSettings(batch=batch), device_context)


def _localizer(device_context: DeviceContext, batch: int) -> Stage:
    settings = LocalizerSettings(batch=batch, moments=3, embedding_dim=16, picture_width=16, sound_width=8)
    return LocalizerStage(toy_moments(24, 8, seed=0)[0], settings, device_context)


def _sources(device_context: DeviceContext, batch: int) -> Stage:
    # Styles are swapped within a rank's own share, and are not what one rank with the whole batch would draw.
    settings = SourcesSettings(width=2, batch=batch, columns=32, style_share=0.0)
    return SourcesStage(made_up_sounds(), settings, device_context)


def _generator(device_context: DeviceContext, batch: int) -> Stage:
    data, encoder = coloured_pictures(), random_encoder()
    features = encode_pictures(encoder, data.of(data.train))
    settings = GeneratorSettings(channels=(8, 8, 8, 8, 8), z_dim=4, batch=batch, warm_up=0.4)
    return GeneratorStage(data, encoder, settings, Conditions(features, nearest(features, 3)), device_context)


STAGES: dict[str, Callable[[DeviceContext, int], Stage]] = {
    "toy": lambda _rig, _batch: ToyStage(),
    "image-encoder": _image_encoder,
    "audio-encoder": _audio_encoder,
    "judge": _judge,
    "localizer": _localizer,
    "sources": _sources,
    "generator": _generator,
}


def folder_of(out: Path, stage: str, steps: int | str) -> Path:
    return out / f"{stage}-{steps}"


def main(arguments: list[str] | None = None) -> None:
    parser = argparse.ArgumentParser()
    parser.add_argument("out", type=Path)
    parser.add_argument("runs", nargs="+", metavar="STAGE:[STOP-]STEPS")
    parser.add_argument("--batch", type=int, default=8, help="of all ranks")
    parser.add_argument("--log-every", type=int, default=1)
    parser.add_argument("--validate-every", type=int, default=1000)
    parser.add_argument("--save-every-s", type=float, default=60.0)
    parser.add_argument("--pause-s", type=float, default=0.0, help="after a step, so that there is time to strike")
    asked = parser.parse_args(arguments)
    asked.out.mkdir(parents=True, exist_ok=True)
    rank = Rank.of(os.environ)
    (asked.out / f"pid-{rank.index}").write_text(f"{os.getpid()}\n")
    with open_device_context("cpu", precision="float32", rank=rank) as opened:
        device_context = SteadyRig(opened.device, opened.precision, rank=rank)
        for run in asked.runs:
            stage, _, steps = run.partition(":")
            out = folder_of(asked.out, stage, steps)
            *stop, length = map(int, steps.split("-"))
            for last in stop:
                with contextlib.suppress(TornOutError):
                    _run(stage, out, length, device_context, asked, tear_out_after=last)
                if device_context.is_main:
                    assert checkpoint.load(out / "checkpoint.pt")[1].step == last
            _run(stage, out, length, device_context, asked)


class TornOutError(Exception):
    """A run that does not come to its end."""


def _run(
    name: str,
    out: Path,
    steps: int,
    device_context: DeviceContext,
    asked: argparse.Namespace,
    *,
    tear_out_after: int | None = None,
) -> None:
    stage = STAGES[name](device_context, asked.batch)
    if device_context.is_main:
        _keep_what_the_first_step_made(stage, out)
    if tear_out_after is not None:
        _tear_out_after(stage, tear_out_after)
    _pause_after_steps(stage, asked.pause_s)
    every = {"validate_every": asked.validate_every, "log_every": asked.log_every, "save_every_s": asked.save_every_s}
    train(stage, RunPlan(out, RunLength(steps, **every), device_context), {"stage": name, "batch": asked.batch})
    if device_context.is_main:
        torch.save(stage.state_dict(), out / WEIGHTS)


def _keep_what_the_first_step_made(stage: Stage, out: Path) -> None:
    step = stage.step

    def kept(ctx: StepContext) -> dict[str, float]:
        values = step(ctx)
        if ctx.step == 0:
            torch.save(stage.state_dict(), out / FIRST_WEIGHTS)
        return values

    stage.step = kept  # type: ignore[method-assign]


def _tear_out_after(stage: Stage, steps: int) -> None:
    step = stage.step

    def torn(ctx: StepContext) -> dict[str, float]:
        values = step(ctx)
        if ctx.step >= steps:
            raise TornOutError
        return values

    stage.step = torn  # type: ignore[method-assign]


def _pause_after_steps(stage: Stage, pause_s: float) -> None:
    step = stage.step

    def slow(ctx: StepContext) -> dict[str, float]:
        values = step(ctx)
        time.sleep(pause_s)
        return values

    stage.step = slow  # type: ignore[method-assign]


if __name__ == "__main__":
    main()
