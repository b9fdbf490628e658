"""The verb `train`: the table of its stages. A new one is a file beside this one, and a line below."""

import argparse
from collections.abc import Callable, Mapping
from typing import Final

from s2s.commands.arguments import Run, Verbs
from s2s.commands.train import (
    audio_encoder,
    autoencoder,
    generator,
    image_encoder,
    judge,
    localizer,
    namer,
    sources,
    thing_judge,
)
from s2s.commands.train.common import add_common

Options = Callable[[argparse.ArgumentParser], None]

_ABOUT: Final = """A stage writes its network, its checkpoints (last and best), log.jsonl, sheets and run.json into OUT,
and goes on from the last checkpoint when it is asked again. Under `torchrun --nproc-per-node N -m s2s train …` N ranks
share every batch."""

STAGES: Final[Mapping[str, tuple[Options, Run]]] = {
    "image-encoder": (image_encoder.add_options, image_encoder.run),
    "generator": (generator.add_options, generator.run),
    "autoencoder": (autoencoder.add_options, autoencoder.run),
    "localizer": (localizer.add_options, localizer.run),
    "audio-encoder": (audio_encoder.add_options, audio_encoder.run),
    "sources": (sources.add_options, sources.run),
    "namer": (namer.add_options, namer.run),
    "judge": (judge.add_options, judge.run),
    "thing-judge": (thing_judge.add_options, thing_judge.run),
}
"""By name: what a stage alone takes, and its run."""


def add_to(verbs: Verbs) -> None:
    """Add the verb and its stages."""
    train = verbs.add_parser("train", help="train one stage; goes on where it stopped", description=_ABOUT)
    stages = train.add_subparsers(required=True, metavar="STAGE")
    for name, (add_options, run) in STAGES.items():
        stage = stages.add_parser(name, description=_ABOUT)
        add_common(stage)
        add_options(stage)
        stage.set_defaults(run=run)
