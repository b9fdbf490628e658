"""`train image-encoder`: f_V, on pictures alone."""

import argparse
from pathlib import Path

from s2s.commands.train.common import is_dry_run, picture_options, pictures_of, run_of


def add_options(stage: argparse.ArgumentParser) -> None:
    """Add what this stage alone takes."""
    picture_options(stage)
    stage.add_argument("--from", dest="start", type=Path, metavar="FOLDER", help="begin with this stage's or bundle's")


def run(args: argparse.Namespace) -> None:
    """Train f_V."""
    from s2s.training.stages.image_encoder import ImageEncoderSettings, load_image_encoder, train_image_encoder

    with run_of(ImageEncoderSettings, args) as (plan, settings, cache):
        if not is_dry_run(args, settings):
            start = load_image_encoder(args.start) if args.start else None
            train_image_encoder(pictures_of(args, plan, cache), settings, plan, start)
