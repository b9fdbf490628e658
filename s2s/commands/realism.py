"""`realism`: how real the world sounds to a listener that knows nothing else."""

import argparse
from pathlib import Path

from s2s.commands.arguments import Verbs, at_least
from s2s.commands.record import write_run


def add_to(verbs: Verbs) -> None:
    """Add the verb."""
    verb = verbs.add_parser("realism", help="teach a listener by the world's sounds, and ask it about recordings")
    verb.add_argument("recordings", type=Path, help="CLASS/FOLD-….ogg as ESC-10 has them")
    verb.add_argument("out", type=Path, help="a JSON file for the numbers and confusion tables")
    verb.add_argument("--takes", type=at_least(2), default=64, help="sounds of every scene that teach (default 64)")
    verb.add_argument("--steps", type=at_least(1), default=1200, help="batches of 16 that teach (default 1200)")
    verb.add_argument("--threads", type=at_least(1), default=1, help="of the processor (default 1)")
    verb.add_argument("--seed", type=at_least(0), default=0)
    verb.set_defaults(run=_run)


def _run(args: argparse.Namespace) -> None:
    import torch

    from s2s.evaluate.realism import measure_realism

    args.out.parent.mkdir(parents=True, exist_ok=True)
    torch.set_num_threads(args.threads)
    realism = measure_realism(args.recordings, takes=args.takes, steps=args.steps, seed=args.seed)
    verdicts = [verdict.as_dict() for verdict in realism.verdicts]
    write_run(args.out, args, {"realism": realism.number, "verdicts": verdicts})
    for verdict in realism.verdicts:
        print(f"{verdict.confusion.accuracy:.0%} {verdict.title}")
        print("\n".join(f"    {line}" for line in verdict.confusion.lines()))
