"""`train judge`: an evaluation classifier, for measuring alone."""

import argparse
from pathlib import Path

from s2s.commands.train.common import is_dry_run, picture_options, pictures_of, run_of


def add_options(stage: argparse.ArgumentParser) -> None:
    """Add what this stage alone takes."""
    picture_options(stage)
    stage.add_argument("--weights", type=Path, help="inception: what to fine-tune, a state dict of torchvision's")


def run(args: argparse.Namespace) -> None:
    """Train the classifier."""
    from s2s.training.stages.judge import JudgeSettings, train_judge

    with run_of(JudgeSettings, args) as (plan, settings, cache):
        if not is_dry_run(args, settings):
            train_judge(pictures_of(args, plan, cache), settings, plan, args.weights)
