"""`train thing-judge`: an evaluation classifier that needs the thing itself, for measuring alone."""

import argparse
from pathlib import Path

from s2s.commands.train.common import is_dry_run, run_of


def add_options(stage: argparse.ArgumentParser) -> None:
    """Add what this stage alone takes."""
    stage.add_argument("--from", dest="start", type=Path, metavar="FOLDER", help="begin with this finished stage's")


def run(args: argparse.Namespace) -> None:
    """Train the classifier."""
    from s2s.training.inputs.thing_images import Things
    from s2s.training.stages.thing_judge import ThingJudgeSettings, load_thing_judge, train_thing_judge

    with run_of(ThingJudgeSettings, args) as (plan, settings, _):
        if not is_dry_run(args, settings):
            start = load_thing_judge(args.start) if args.start else None
            train_thing_judge(Things.open(args.data), settings, plan, start)
