"""`train localizer`: which moment of a clip shows what is heard, from unlabelled clips alone."""

import argparse
from pathlib import Path

from s2s.card import DEFAULT_BUNDLE
from s2s.commands.train.common import is_dry_run, run_of


def add_options(stage: argparse.ArgumentParser) -> None:
    """Add what this stage alone takes."""
    bundle = "folder of a finished image encoder or a bundle, whose f_V looks; default: the bundle that ships"
    stage.add_argument("--bundle", type=Path, default=DEFAULT_BUNDLE, metavar="FOLDER", help=bundle)
    stage.add_argument("--moments", type=int, default=16, help="kept of each clip (default 16)")
    maps = "which of f_V's maps, 1 the finest, 4 the last (default 3,4)"
    stage.add_argument("--stages", type=_stages, default=(3, 4), metavar="N,…", help=maps)


def _stages(text: str) -> tuple[int, ...]:
    return tuple(int(part) for part in text.split(","))


def run(args: argparse.Namespace) -> None:
    """Train the localizer."""
    from s2s.training.engine.distributed import barrier
    from s2s.training.inputs.moments import MomentOptions, Moments, write_moments
    from s2s.training.inputs.sources import open_source
    from s2s.training.stages.image_encoder import load_image_encoder
    from s2s.training.stages.localizer import LocalizerSettings, train_localizer

    with run_of(LocalizerSettings, args) as (plan, settings, cache):
        if not is_dry_run(args, settings):
            kept = MomentOptions(args.moments, args.stages, seed=args.seed)
            if plan.device_context.is_main:
                encoder = load_image_encoder(args.bundle).to(plan.device_context.device)
                write_moments(open_source(args.data), encoder, cache / "moments", kept)
            barrier()
            train_localizer(Moments.open(cache / "moments"), settings, plan)
