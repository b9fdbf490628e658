"""What every `train STAGE` takes: its data, length, device and settings, and how a run is planned from them."""

import argparse
import json
import os
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import asdict
from pathlib import Path
from typing import TYPE_CHECKING, Any, TypeVar

from s2s.commands.arguments import at_least, device
from s2s.commands.settings import add_settings, settings_of

if TYPE_CHECKING:
    from _typeshed import DataclassInstance

    from s2s.training.engine.loop import RunPlan
    from s2s.training.inputs.images import Pictures

T = TypeVar("T", bound="DataclassInstance")


def add_common(stage: argparse.ArgumentParser) -> None:
    """Add what every stage takes."""
    stage.add_argument("data", type=Path, metavar="DATA", help="a folder that `prepare` wrote")
    stage.add_argument("out", type=Path, metavar="OUT")
    stage.add_argument("--steps", type=at_least(1), default=20_000, help="of optimisation at most (default 20000)")
    stage.add_argument("--minutes", type=float, default=float("inf"), help="of training at most, all resumes together")
    patience = "validations without a better one after which to stop (default 0: never)"
    stage.add_argument("--patience", type=at_least(0), default=0, help=patience)
    stage.add_argument("--validate-every", type=at_least(1), default=250, metavar="STEPS", help="default 250")
    stage.add_argument("--sheet-every", type=at_least(1), default=1000, metavar="STEPS", help="default 1000")
    stage.add_argument("--resume", action="store_true", help="refuse to begin anew where there is no checkpoint")
    stage.add_argument("--restart", action="store_true", help="forget what OUT holds of an earlier run")
    stage.add_argument("--cache", type=Path, help="where what is computed once is kept (default OUT/cache)")
    stage.add_argument("--device", type=device, default="cpu", help="cpu, cuda or cuda:N (default cpu)")
    stage.add_argument("--precision", choices=("auto", "float32", "bfloat16"), default="auto")
    stage.add_argument("--compile", action="store_true", help="let torch compile the network first; takes minutes")
    stage.add_argument("--threads", type=int, default=0, help="0: as many as there are cores")
    stage.add_argument("--tensorboard", action="store_true", help="log for TensorBoard as well")
    stage.add_argument("--seed", type=int, default=0, help="of everything drawn at random (default 0)")
    add_settings(stage, "one setting of the stage")
    stage.add_argument("--dry-run", action="store_true", help="print the settings and stop")


def picture_options(stage: argparse.ArgumentParser) -> None:
    """Add which frames of clips a stage sees."""
    stage.add_argument("--px", type=at_least(8), default=128, help="side of the frames, as prepared (default 128)")
    each = "of each clip, spread over it (default 4)"
    stage.add_argument("--frames", type=at_least(1), default=4, metavar="N", help=each)


def image_encoder_option(stage: argparse.ArgumentParser) -> None:
    """Add `--image-encoder`, whose features a stage is trained with."""
    folder = "folder of the finished stage, or a bundle"
    stage.add_argument("--image-encoder", type=Path, required=True, metavar="FOLDER", help=folder)


@contextmanager
def run_of(kind: type[T], args: argparse.Namespace, **more: Any) -> Iterator[tuple["RunPlan", T, Path]]:
    """Yield the plan, the settings and the cache of a run on this rank. Raises ValueError for settings that are off."""
    import torch

    from s2s.data.ranks import Rank
    from s2s.training.engine.device import open_device_context
    from s2s.training.engine.loop import RunLength, RunPlan

    settings = settings_of(kind, args.set, **more)
    rank = Rank.of(os.environ)
    torch.set_num_threads(args.threads or rank.cores())
    length = RunLength(args.steps, args.minutes, args.patience, args.validate_every, args.sheet_every)
    with open_device_context(args.device, precision=args.precision, compiled=args.compile, rank=rank) as device_context:
        plan = RunPlan(args.out, length, device_context, args.seed, args.resume, args.restart, args.tensorboard)
        yield plan, settings, args.cache or args.out / "cache"


def is_dry_run(args: argparse.Namespace, settings: Any) -> bool:
    """Print the settings and return true where nothing else was wanted."""
    if args.dry_run:
        import yaml

        arguments = {name: value for name, value in vars(args).items() if name not in ("run", "set")}
        print(yaml.safe_dump(json.loads(json.dumps({**arguments, "settings": asdict(settings)}, default=str))), end="")
    return bool(args.dry_run)


def pictures_of(args: argparse.Namespace, plan: "RunPlan", cache: Path) -> "Pictures":
    """Open pictures; rank 0 decodes what is not there yet while the others wait."""
    from s2s.training.engine.distributed import barrier
    from s2s.training.inputs.images import ImageOptions, open_pictures
    from s2s.training.inputs.sources import open_source

    options, folder, source = ImageOptions(args.px, args.frames), cache / "pictures", open_source(args.data)
    if plan.device_context.is_main:
        open_pictures(source, folder, options)
    barrier()
    return open_pictures(source, folder, options, writes=False)
