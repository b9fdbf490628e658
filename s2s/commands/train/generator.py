"""`train generator`: G, by the light recipe or as published, on pictures and what f_V sees in them."""

import argparse
from pathlib import Path

from s2s.commands.train.common import (
    image_encoder_option,
    is_dry_run,
    picture_options,
    pictures_of,
    run_of,
)


def add_options(stage: argparse.ArgumentParser) -> None:
    """Add what this stage alone takes."""
    image_encoder_option(stage)
    picture_options(stage)
    recipe = "light: the small generator, reconstruction first; icgan: as published"
    stage.add_argument("--recipe", choices=("light", "icgan"), default="light", help=recipe)
    stage.add_argument("--from", dest="start", type=Path, metavar="BUNDLE", help="begin with its generator")
    grow = "light: checkpoint of a run at half the resolution"
    stage.add_argument("--grow-from", type=Path, metavar="CHECKPOINT", help=grow)


def run(args: argparse.Namespace) -> None:
    """Train G by the recipe that was chosen."""
    from s2s.models.image_encoder import ImageEncoder
    from s2s.training.stages.generator_light import GeneratorSettings, Start, bundled_generator, train_generator
    from s2s.training.stages.image_encoder import load_image_encoder

    if args.recipe == "icgan":
        _train_icgan(args)
        return
    with run_of(GeneratorSettings, args) as (plan, settings, cache):
        if not is_dry_run(args, settings):
            encoder = load_image_encoder(args.image_encoder)
            if not isinstance(encoder, ImageEncoder):
                raise ValueError("the light recipe's discriminator looks through the small f_V: take --recipe icgan")
            start = Start(bundled_generator(args.start) if args.start else None, args.grow_from)
            train_generator(pictures_of(args, plan, cache), encoder, settings, plan, start)


def _train_icgan(args: argparse.Namespace) -> None:
    from s2s import bundle
    from s2s.models.biggan import BigGanGenerator
    from s2s.training.stages.generator_icgan import InstanceGanSettings, train_instance_gan
    from s2s.training.stages.image_encoder import load_image_encoder

    if args.grow_from:
        raise ValueError("--grow-from is for the light recipe: the published generator is trained at its full size")
    with run_of(InstanceGanSettings, args) as (plan, settings, cache):
        if not is_dry_run(args, settings):
            start = bundle.load_generator(args.start) if args.start else None
            if not isinstance(start, BigGanGenerator | None):
                raise ValueError(f"{args.start} holds a light generator: take --recipe light")
            encoder = load_image_encoder(args.image_encoder)
            train_instance_gan(pictures_of(args, plan, cache), encoder, settings, plan, start)
