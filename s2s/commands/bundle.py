"""`bundle`: finished stages, measured on what is held out, become a model that the show plays."""

import argparse
import json
from pathlib import Path

from s2s.commands.arguments import Verbs
from s2s.commands.record import write_run
from s2s.files.document import DocumentError, read_yaml


def add_to(verbs: Verbs) -> None:
    """Add the verb."""
    verb = verbs.add_parser("bundle", help="measure finished stages on held-out takes and write a model bundle")
    verb.add_argument("data", type=Path, help="the world's takes, as f_A was trained on")
    verb.add_argument("out", type=Path)
    for stage in ("image-encoder", "generator", "audio-encoder", "judge"):
        verb.add_argument(f"--{stage}", type=Path, required=True, help="folder of the finished stage")
    verb.add_argument("--recordings", type=Path, help="real recordings: adds the numbers of fold 3")
    verb.add_argument("--name", default="Small world")
    verb.add_argument("--version", default="1")
    verb.add_argument("--story", type=Path, required=True, help="YAML with `provenance` and `data`, for the card")
    verb.add_argument("--sheet", type=Path, metavar="OUT.png", help="also eight pictures of each scene")
    verb.add_argument("--curves", type=Path, metavar="OUT.png", help="also a drawing of how the stages learnt")
    verb.set_defaults(run=_run)


def _run(args: argparse.Namespace) -> None:
    from s2s.evaluate import assemble
    from s2s.evaluate.curves import draw_curves, runs_behind, write_curves
    from s2s.media.montage import save_png
    from s2s.training.inputs.world_arrays import WorldData

    story = read_story(args.story)
    stages = assemble.Stages(args.image_encoder, args.generator, args.audio_encoder, args.judge)
    runs = runs_behind([args.image_encoder, args.generator, args.audio_encoder, args.judge])
    if args.curves is not None:
        draw_curves(args.curves, runs)
    networks, data = assemble.load_networks(stages), WorldData.open(args.data)
    if args.sheet is not None:
        save_png(args.sheet, assemble.samples_sheet(networks, data))
    metrics = assemble.measured(networks, data, args.recordings)
    assemble.write_bundle(args.out, networks, metrics, name=args.name, version=args.version, story=story)
    assemble.write_thumbnail(args.out / "thumbnail.png", networks, data)
    write_curves(args.out, runs)
    write_run(args.out.with_name(args.out.name + ".bundle.png"), args, metrics)
    print(json.dumps(metrics, indent=1))


def read_story(path: Path) -> dict[str, str]:
    """Return `provenance` and `data` of a card from a YAML file. Raises ValueError for any other."""
    try:
        story = read_yaml(path)
    except DocumentError as error:
        raise ValueError(f"{path}: {error}") from error
    if not isinstance(story, dict) or set(story) != {"provenance", "data"}:
        raise ValueError(f"{path} must hold exactly the keys `provenance` and `data`")
    return story
