"""`ablate`: what each choice in f_A's training is worth, as a table with the paper's numbers beside."""

import argparse
import os
from pathlib import Path
from typing import Final

from s2s.commands.arguments import Verbs, at_least, device
from s2s.commands.record import write_run
from s2s.commands.settings import add_settings, settings_of

_STORY: Final = """Train f_A as each row of the paper's table 2 has it (losses L2, L_nce, L_total; the chosen frame or
the middle one; 1, 5 or 10 s of sound), several seeds each, and judge what the generator paints from the clips of the
test split. Goes on where it stopped."""


def add_to(verbs: Verbs) -> None:
    """Add the verb."""
    verb = verbs.add_parser("ablate", help="the paper's table 2 on your clips", description=_STORY)
    verb.add_argument("data", type=Path, metavar="DATA", help="as `prepare` wrote it, with classes and a test split")
    verb.add_argument("out", type=Path, metavar="OUT", help="table.json, table.md and a folder per run")
    verb.add_argument("--moments", type=Path, required=True, metavar="FILE.json", help="as `select` wrote it")
    for stage in ("image-encoder", "generator", "judge"):
        verb.add_argument(f"--{stage}", type=Path, required=True, metavar="FOLDER", help="of the finished stage")
    verb.add_argument("--device", type=device, default="cpu", help="cpu, cuda or cuda:N (default cpu)")
    verb.add_argument("--threads", type=at_least(1), help="default: as many as there are cores")
    add_settings(verb, "one setting of all rows")
    verb.set_defaults(run=_run)


def _run(args: argparse.Namespace) -> None:
    import torch

    from s2s.data.prepared import PreparedData
    from s2s.evaluate.paper.ablation import Ablation, AblationSettings, Judges, as_markdown, table
    from s2s.training.engine.device import open_device_context
    from s2s.training.inputs.pair_sources import moments_of
    from s2s.training.stages.image_encoder import load_image_encoder
    from s2s.training.stages.judge import load_judge
    from s2s.training.stages.trained_generator import load_trained_generator

    settings = settings_of(AblationSettings, args.set)
    torch.set_num_threads(args.threads or len(os.sched_getaffinity(0)))
    source = PreparedData.open(args.data)
    moments = moments_of(source, args.moments)
    encoder = load_image_encoder(args.image_encoder)
    generator = load_trained_generator(args.generator, encoder.embedding_dim)
    judges = Judges(encoder, generator, load_judge(args.judge))
    args.out.mkdir(parents=True, exist_ok=True)
    results = []
    with open_device_context(args.device) as device_context:
        for result in Ablation(source, moments, judges, settings, args.out).rows(device_context):
            results.append(result)
            lines = table(results)
            (args.out / "table.md").write_text(as_markdown(lines), encoding="utf-8")
    write_run(args.out / "table.png", args, {"table": lines, "results": results})
    print(as_markdown(lines), end="")
