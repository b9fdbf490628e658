"""`miniature`: from nothing to a model that the show plays, in minutes."""

import argparse
import json
import os
from dataclasses import fields
from pathlib import Path

from s2s.commands.arguments import Verbs, at_least, device
from s2s.commands.record import write_run

_STORY = """Draw a small world, train every network on it from nothing (f_V, G, f_A and a judge), measure them and write
OUT/model, which `run_show.py --model OUT/model` plays. Goes on where it stopped."""


def add_to(verbs: Verbs) -> None:
    """Add the verb."""
    verb = verbs.add_parser("miniature", help="the whole paper in small, from nothing to a model", description=_STORY)
    verb.add_argument("out", type=Path, metavar="OUT")
    verb.add_argument("--minutes", type=float, default=12.0, help="of training in all (default 12)")
    verb.add_argument("--scenes", type=at_least(2), default=8, help="of the world's (default 8)")
    verb.add_argument("--pictures", type=at_least(1), default=3200, help="to see and to paint (default 3200)")
    verb.add_argument("--sounds", type=at_least(1), default=800, help="to hear, with their pictures (default 800)")
    verb.add_argument("--steps", type=at_least(1), default=1_000_000, help="of each stage at most (default: no bound)")
    verb.add_argument("--device", type=device, default="cpu", help="cpu, cuda or cuda:N (default cpu)")
    verb.add_argument("--threads", type=at_least(1), help="default: as many as there are cores")
    verb.add_argument("--seed", type=int, default=0, help="of everything drawn at random (default 0)")
    verb.set_defaults(run=_run)


def _run(args: argparse.Namespace) -> None:
    import torch

    from s2s.evaluate.miniature import Miniature, train_miniature
    from s2s.training.engine.device import open_device_context

    torch.set_num_threads(args.threads or len(os.sched_getaffinity(0)))
    size = Miniature(**{field.name: getattr(args, field.name) for field in fields(Miniature)})
    args.out.mkdir(parents=True, exist_ok=True)
    with open_device_context(args.device) as device_context:
        metrics = train_miniature(args.out, size, device_context, print)
    write_run(args.out, args, metrics)
    print(json.dumps(metrics, indent=1))
    print(f"play it: run_show.py --model {args.out / 'model'}")
