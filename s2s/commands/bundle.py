"""`bundle`: finished stages of any recipe, measured on what is held out, become a model that the show plays."""

import argparse
import json
from pathlib import Path
from typing import TYPE_CHECKING

from s2s.commands.arguments import Verbs, at_least
from s2s.commands.record import write_run
from s2s.files.document import DocumentError, read_yaml

if TYPE_CHECKING:
    from s2s.training.inputs.pairs import PairSource

_STORY = """Measure finished stages on clips that none of them was trained on, and write a model bundle. DATA is what
`prepare` wrote: takes of the world, or clips of films. What the data do not allow to measure stands on the card."""


def add_to(verbs: Verbs) -> None:
    """Add the verb."""
    verb = verbs.add_parser("bundle", help="finished stages -> a model bundle, measured", description=_STORY)
    verb.add_argument("data", type=Path, metavar="DATA", help="as f_A was trained on")
    verb.add_argument("out", type=Path, metavar="OUT")
    for stage in ("image-encoder", "generator", "audio-encoder"):
        verb.add_argument(f"--{stage}", type=Path, required=True, metavar="FOLDER", help="of the finished stage")
    judge = "of the finished stage; without it nothing that needs names of classes is measured"
    verb.add_argument("--judge", type=Path, metavar="FOLDER", help=judge)
    frames = "films: side of the frames that f_V sees, as prepared (default 128)"
    verb.add_argument("--px", type=at_least(8), default=128, help=frames)
    moments = "films: as `select` wrote it; each clip's first frame of it is its picture (default: the middle one)"
    verb.add_argument("--moments", type=Path, metavar="FILE.json", help=moments)
    verb.add_argument("--recordings", type=Path, metavar="FOLDER", help="real recordings: adds the numbers of fold 3")
    verb.add_argument("--name", default="Small world")
    verb.add_argument("--version", default="1")
    story = "YAML with `provenance` and `data`, for the card; `licence` where it is not MIT"
    verb.add_argument("--story", type=Path, required=True, help=story)
    verb.add_argument("--sheet", type=Path, metavar="OUT.png", help="also eight pictures of each class")
    verb.add_argument("--curves", type=Path, metavar="OUT.png", help="also a drawing of how the stages learnt")
    verb.set_defaults(run=_run)


def _run(args: argparse.Namespace) -> None:
    from s2s.card import STILL
    from s2s.evaluate.curves import draw_curves, runs_behind, write_curves
    from s2s.evaluate.held_out import hold_out
    from s2s.evaluate.model_metrics import measured
    from s2s.evaluate.samples import samples_sheet, write_thumbnail
    from s2s.evaluate.trained_model import Stages, load_stages, write_bundle
    from s2s.media.montage import save_png
    from s2s.sampling.own_places import still_of
    from s2s.training.stages.judge import load_judge

    story, pairs = read_story(args.story), _pairs(args)
    folders = [args.image_encoder, args.generator, args.audio_encoder, *([args.judge] if args.judge else [])]
    runs = runs_behind(folders)
    if args.curves is not None:
        draw_curves(args.curves, runs)
    model = load_stages(Stages(args.image_encoder, args.generator, args.audio_encoder))
    judge = load_judge(args.judge) if args.judge else None
    held = hold_out(model, pairs)
    if args.sheet is not None:
        save_png(args.sheet, samples_sheet(model, held, pairs))
    metrics = measured(model, pairs, held, judge, args.recordings)
    write_bundle(args.out, model, metrics, name=args.name, version=args.version, story=story)
    write_thumbnail(args.out / "thumbnail.png", model, held, pairs)
    if (still := still_of(model.generator)) is not None:
        save_png(args.out / STILL, still)
    write_curves(args.out, runs)
    write_run(args.out.with_name(args.out.name + ".bundle.png"), args, metrics)
    print(json.dumps(metrics, indent=1))


def _pairs(args: argparse.Namespace) -> "PairSource":
    from s2s.training.inputs.pair_sources import ChosenMoments, WorldPairs, moments_of
    from s2s.training.inputs.sources import open_source
    from s2s.world.takes import WorldTakes

    source = open_source(args.data)
    if isinstance(source, WorldTakes):
        if args.moments:
            raise ValueError("--moments are for films; the world's takes are one moment each")
        return WorldPairs(source)
    return ChosenMoments(source, args.px, moments_of(source, args.moments) if args.moments else None)


def read_story(path: Path) -> dict[str, str]:
    """Return `provenance`, `data` and, where it is said, `licence` of a card from a YAML file. Raises ValueError."""
    try:
        story = read_yaml(path)
    except DocumentError as error:
        raise ValueError(f"{path}: {error}") from error
    if not isinstance(story, dict) or set(story) - {"licence"} != {"provenance", "data"}:
        raise ValueError(f"{path} must hold the keys `provenance` and `data`, and may hold `licence`; nothing else")
    return story
