"""`things`, `memory`, `judge`: pictures to judge by, a generator that remembers, and what the judge says of a model."""

import argparse
import json
from pathlib import Path

from s2s.card import write_card
from s2s.commands.arguments import Verbs, above_zero, at_least
from s2s.commands.bundle import read_story
from s2s.commands.retold import add_card_words


def add_to(verbs: Verbs) -> None:
    """Add the three verbs."""
    _add_things(verbs)
    _add_memory(verbs)
    _add_judge(verbs)


def _add_things(verbs: Verbs) -> None:
    verb = verbs.add_parser("things", help="pictures that a judge of things learns from: there, absent, abroad, two")
    verb.add_argument("out", type=Path, metavar="OUT")
    verb.add_argument("--count", type=at_least(29), default=11_200, help="of moments (default 11200)")
    verb.add_argument("--two", type=at_least(0), default=0, metavar="N", help="moments of two things more (default 0)")
    painted = (
        "a finished autoencoder: three tenths of the moments, a third of those of two, are added as it paints them"
    )
    verb.add_argument("--autoencoder", type=Path, metavar="FOLDER", help=painted)
    verb.add_argument("--seed", type=int, default=3_000_000, help="of the first moment (default 3000000)")
    verb.set_defaults(run=_draw_things)


def _add_memory(verbs: Verbs) -> None:
    about = "a bundle's f_A and f_V with a generator that recalls the pictures of DATA -> a bundle"
    verb = verbs.add_parser("memory", help=about, description=about)
    verb.add_argument("bundle", type=Path, metavar="BUNDLE", help="whose encoders are taken")
    verb.add_argument("data", type=Path, metavar="DATA", help="the world's pictures, as the autoencoder was trained on")
    verb.add_argument("out", type=Path, metavar="OUT")
    verb.add_argument("--autoencoder", type=Path, required=True, metavar="FOLDER", help="of the finished stage")
    kept = "moments kept (default 9800), each at as many levels of nearness as in DATA"
    verb.add_argument("--entries", type=at_least(13), default=9_800, help=kept)
    heard = "of each scene, by which nearness is learnt to be heard (default 20); 0: states stay unknown"
    verb.add_argument("--takes", type=at_least(0), default=20, help=heard)
    wider = """so many times the range of levels over which the ears hear far become near (default 1;
    ears that read it off the level hear it over more than the world's already)"""
    verb.add_argument("--nearness-range", type=above_zero, default=1.0, metavar="TIMES", help=wider)
    pairs = "of every two scenes that can be painted together, the plainest, kept besides (default 0: none)"
    verb.add_argument("--pairs", type=at_least(0), default=0, metavar="N", help=pairs)
    verb.add_argument("--judge", type=Path, metavar="FOLDER", help="a judge of things: its numbers go on the card")
    verb.add_argument("--recordings", type=Path, metavar="FOLDER", help="real recordings: adds the numbers of fold 3")
    add_card_words(verb)
    verb.set_defaults(run=_remember)


def _add_judge(verbs: Verbs) -> None:
    about = "what a judge that needs the thing says of a model's pictures; any bundle with an image encoder"
    verb = verbs.add_parser("judge", help=about, description=about)
    verb.add_argument("bundle", type=Path, metavar="BUNDLE")
    verb.add_argument("out", type=Path, metavar="OUT.json")
    verb.add_argument("--judge", type=Path, required=True, metavar="FOLDER", help="`train thing-judge` left it")
    verb.add_argument("--takes", type=at_least(2), default=13, help="of each scene (default 13)")
    verb.add_argument("--recordings", type=Path, metavar="FOLDER", help="real recordings: adds the numbers of fold 3")
    verb.set_defaults(run=_judge)


def _draw_things(args: argparse.Namespace) -> None:
    from s2s.training.inputs.thing_images import ThingCounts, paint_again, write_things
    from s2s.training.stages.autoencoder import load_autoencoder

    write_things(args.out, ThingCounts(args.count, 3 * args.count // 10, first_seed=args.seed, num_two=args.two))
    if args.autoencoder is not None:
        paint_again(args.out, load_autoencoder(args.autoencoder))


def _remember(args: argparse.Namespace) -> None:
    from s2s import bundle
    from s2s.models.image_encoder import ImageEncoder
    from s2s.training.inputs.known_states import known_states
    from s2s.training.inputs.pair_moments import plainest_moments
    from s2s.training.inputs.sources import open_source
    from s2s.training.stages.autoencoder import load_autoencoder
    from s2s.training.stages.key_marks import carry_marks
    from s2s.training.stages.memory import MemorySettings, build_memory
    from s2s.training.stages.pair_memory import encode_moments, with_pairs
    from s2s.world.takes import WorldTakes

    story = read_story(args.story)
    old = bundle.load(args.bundle)
    f_V = old.image_encoder
    if not isinstance(f_V, ImageEncoder):
        raise ValueError(f"{args.bundle}: expected a bundle with a small image encoder of its own")
    if old.source_heads is not None:
        old.source_heads.widen_nearness(args.nearness_range)
    data = open_source(args.data)
    if not isinstance(data, WorldTakes):
        raise ValueError(f"{args.data}: expected takes of the world (`prepare --corpus world`), got clips of films")
    known = known_states(old, data.counts, data.pictures, args.takes) if args.takes else None
    autoencoder = load_autoencoder(args.autoencoder)
    settings = MemorySettings(args.entries, data.counts.levels)
    generator, sizes = build_memory(data.pictures, autoencoder, f_V, settings, known)
    moments = plainest_moments(args.pairs) if args.pairs else []
    if moments:
        generator = with_pairs(generator, encode_moments(moments, sizes.size_px, autoencoder, f_V))
        sizes = sizes.model_copy(update={"pairs": generator.pairs})
    if old.source_heads is not None and old.source_heads.marked:
        alone = [data.counts.state(moment * data.counts.levels).scene for moment in range(sizes.entries)]
        carry_marks(generator, old.source_heads, alone, [(place.scene, thing.scene) for place, thing in moments])
    changes = {"name": args.name, "version": args.version, **story, "generator": sizes, "metrics": {}}
    card = old.card.model_copy(update=changes)
    parts = {"audio_encoder": old.audio_encoder, "generator": generator, "image_encoder": f_V}
    bundle.save(args.out, card, **parts, source_heads=old.source_heads, half=True)
    if args.judge is not None:
        metrics = _measured(args.out, args.judge, args.recordings, 13)
        write_card(args.out, card.model_copy(update={"metrics": metrics}))
        print(json.dumps(metrics, indent=1))
    files = [path for path in args.out.iterdir() if path.is_file()]
    print(f"{args.out}: {sum(path.stat().st_size for path in files) / 1e6:.1f} MB")


def _judge(args: argparse.Namespace) -> None:
    metrics = _measured(args.bundle, args.judge, args.recordings, args.takes)
    args.out.write_text(json.dumps(metrics, indent=1) + "\n", encoding="utf-8")
    print(json.dumps(metrics, indent=1))


def _measured(folder: Path, judge: Path, recordings: Path | None, per_scene: int) -> dict[str, float | str]:
    from s2s import bundle
    from s2s.data.esc10 import TEST_FOLDS, read_recordings
    from s2s.evaluate.thing_metrics import ThingMeasuring
    from s2s.training.stages.thing_judge import load_thing_judge

    clips = read_recordings(recordings, TEST_FOLDS) if recordings is not None else []
    return ThingMeasuring(bundle.load(folder), load_thing_judge(judge), per_scene).everything(clips)
