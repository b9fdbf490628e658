"""`train thing-judge`: an evaluation classifier that needs the thing itself, for measuring alone."""

import argparse

from s2s.commands.train.common import is_dry_run, run_of


def add_options(_stage: argparse.ArgumentParser) -> None:
    """Take no option that other stages do not."""


def run(args: argparse.Namespace) -> None:
    """Train the classifier."""
    from s2s.training.inputs.thing_images import Things
    from s2s.training.stages.thing_judge import ThingJudgeSettings, train_thing_judge

    with run_of(ThingJudgeSettings, args) as (plan, settings, _):
        if not is_dry_run(args, settings):
            train_thing_judge(Things.open(args.data), settings, plan)
