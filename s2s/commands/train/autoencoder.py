"""`train autoencoder`: pictures as small codes, for a generator that remembers them."""

import argparse
from pathlib import Path

from s2s.commands.train.common import is_dry_run, picture_options, pictures_of, run_of


def add_options(stage: argparse.ArgumentParser) -> None:
    """Add what this stage alone takes."""
    picture_options(stage)
    stage.add_argument("--from", dest="start", type=Path, metavar="FOLDER", help="begin with this finished stage's")


def run(args: argparse.Namespace) -> None:
    """Train the autoencoder."""
    from s2s.training.inputs.sources import open_source
    from s2s.training.stages.autoencoder import AutoencoderSettings, load_autoencoder, train_autoencoder
    from s2s.world.takes import WorldTakes

    with run_of(AutoencoderSettings, args) as (plan, settings, cache):
        if not is_dry_run(args, settings):
            source = open_source(args.data)
            masks = source.masks if isinstance(source, WorldTakes) else None
            start = load_autoencoder(args.start) if args.start else None
            train_autoencoder(pictures_of(args, plan, cache), settings, plan, masks, start)
