"""`prepare`: films of any kind -> clips to train on; or the synthetic world, drawn as takes to train on."""

import argparse
import json
import logging
import os
import time
from collections.abc import Iterator
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final

from s2s.commands.arguments import Verbs, at_least, numbers
from s2s.commands.record import write_run
from s2s.data.corpora import CORPORA, VGGSOUND_LIST, WORLD, CorpusOptions, open_corpus

if TYPE_CHECKING:
    from s2s.data.prepare import Progress
    from s2s.data.ranks import Rank
    from s2s.data.settings import PrepareSettings

_log = logging.getLogger(__name__)

_TELL_S: Final = 30.0
_ABOUT: Final = """Turn films of any kind into clips: sound as 16 kHz mono WAV, frames as JPEG ten times a second,
squashed to squares, in tar shards with an index. What cannot be used is left out and named in OUT/skipped.jsonl. A run
that was stopped, even killed, goes on where it was; under torchrun every rank does its part. With --corpus world takes
of the synthetic world are drawn instead, as plain arrays: `prepare --corpus world OUT`."""


def add_to(verbs: Verbs) -> None:
    """Add the verb."""
    verb = verbs.add_parser("prepare", help="films -> clips to train on; goes on where it stopped", description=_ABOUT)
    source = "a folder of films; --corpus world has none"
    verb.add_argument("source", nargs="?", type=Path, metavar="SOURCE", help=source)
    verb.add_argument("out", type=Path, metavar="OUT")
    verb.add_argument("--px", type=_sizes, metavar="PX,…", help="sides of the frames (default 224,128; world: 128)")
    verb.add_argument("--workers", type=at_least(1), help="processes (default: one per core; world: 2)")
    verb.add_argument("--seed", type=int, default=0, help="of the split and the order (default 0)")
    _add_films(verb)
    _add_world(verb)
    verb.set_defaults(run=_run)


def _add_films(verb: argparse.ArgumentParser) -> None:
    kinds = "what SOURCE is: any films (default), or a published corpus; world: takes of the synthetic world"
    verb.add_argument("--corpus", choices=(*CORPORA, WORLD), default="folder", help=kinds)
    lists = f"VGGSound's list: {VGGSOUND_LIST}, or train.csv and test.csv, each with a --csv (default: in SOURCE)"
    verb.add_argument("--csv", type=Path, action="append", metavar="FILE", help=lists)
    classes = """VGGSound: the 50 of the paper's figure S1 (default), all, or a file with one a line; VEGAS: all ten
    (default), the 5 of S2I, or a file; films that an index.jsonl gives a class: all (default), or a file"""
    verb.add_argument("--classes", metavar="50|5|all|FILE", help=classes)
    films = verb.add_argument_group("films")
    films.add_argument("--clip-s", type=float, default=10.0, help="length of a clip (default 10)")
    films.add_argument("--hop-s", type=float, help="from one clip's beginning to the next's (default: --clip-s)")
    films.add_argument("--min-s", type=float, default=1.0, help="the shortest clip (default 1)")
    silence = "leave out clips whose loudest second is below this level, or none (default -60)"
    films.add_argument("--skip-silence-db", type=_level, default=-60.0, metavar="DB", help=silence)
    shares = "for training, validation and test (default 0.9,0.05,0.05), of recordings, never of clips"
    films.add_argument("--split", type=numbers, default=[0.9, 0.05, 0.05], metavar="A,B,C", help=shares)
    films.add_argument("--quality", type=int, default=90, help="of the JPEG frames, 1 to 100 (default 90)")
    films.add_argument("--shard-mb", type=at_least(1), default=256, help="size of a shard (default 256)")
    films.add_argument("--sound-only", action="store_true", help="take files without a picture, too")
    patience = "give a film up when nothing came of it for so many seconds (default 120)"
    films.add_argument("--patience-s", type=float, default=120.0, help=patience)
    films.add_argument("--retry", action="store_true", help="try films again that an earlier run has skipped")


def _add_world(verb: argparse.ArgumentParser) -> None:
    world = verb.add_argument_group("the synthetic world")
    world.add_argument("--pictures", type=int, default=24_000)
    world.add_argument("--sounds", type=int, default=6_000, help="the first takes, which have sound too")
    world.add_argument("--width-px", type=at_least(8), help="of pictures that are wide: --px is their height")
    world.add_argument("--scenes", type=at_least(1), help="only its first so many scenes (default: all)")
    nearnesses = "from 0, far, to 1: each moment is drawn at every one of them (default: at one of its own)"
    world.add_argument("--nearnesses", type=numbers, default=[], metavar="A,B,…", help=nearnesses)
    world.add_argument("--masks", action="store_true", help="also write where the thing is, at a quarter of the size")


def _sizes(text: str) -> tuple[int, ...]:
    return tuple(int(part) for part in text.split(","))


def _level(text: str) -> float | None:
    return None if text == "none" else float(text)


def _run(args: argparse.Namespace) -> None:
    if _is_world(args):
        _prepare_world(args)
    elif args.source is None:
        raise ValueError(f"expected SOURCE and OUT, got {args.out} alone; --corpus world needs no SOURCE")
    else:
        _prepare_films(args)


def _is_world(args: argparse.Namespace) -> bool:
    if args.corpus == WORLD and args.source is not None:
        raise ValueError(f"--corpus world is drawn, and has no SOURCE: leave out {args.source}")
    # Once the word alone asked for the world; a folder of that name is a folder.
    former = args.source == Path(WORLD) and args.corpus == "folder" and not args.source.exists()
    if former:
        _log.warning("`prepare world OUT` is written `prepare --corpus world OUT` today")
    return args.corpus == WORLD or former


def _prepare_world(args: argparse.Namespace) -> None:
    from s2s.world.state import SCENES
    from s2s.world.takes import WorldCounts, write_takes

    sizes = args.px or (128,)
    if len(sizes) != 1:
        raise ValueError(f"--px: the world's pictures have one size, got {','.join(map(str, sizes))}")
    counts = WorldCounts(
        args.pictures,
        args.sounds,
        sizes[0],
        args.seed,
        num_scenes=len(SCENES) if args.scenes is None else args.scenes,
        picture_width_px=args.width_px,
        masks=args.masks,
        nearnesses=tuple(args.nearnesses),
    )
    write_takes(args.out, counts, workers=args.workers or 2)


def _prepare_films(args: argparse.Namespace) -> None:
    from s2s.data.corpus import FolderCorpus
    from s2s.data.listing import Listing
    from s2s.data.prepare import prepare
    from s2s.data.ranks import Rank
    from s2s.files.folders import unread_remark

    settings, rank, root = _settings(args), Rank.of(os.environ), args.source
    options = CorpusOptions(tuple(args.csv or ()), args.classes, settings.shares[1], args.seed, args.sound_only)
    corpus = open_corpus(args.corpus, root, options)
    if isinstance(corpus, Listing) and rank.index == 0:
        _log.info("%s", "\n".join(corpus.lines()))
    elif isinstance(corpus, FolderCorpus) and rank.index == 0 and (remark := unread_remark(root, corpus.kinds)):
        _log.warning("%s", remark)
    steps = prepare(
        corpus,
        root,
        args.out,
        settings,
        workers=args.workers or rank.cores(),
        rank=rank,
        patience_s=args.patience_s,
        retry_skipped=args.retry,
    )
    made = _follow(steps, rank)
    if rank.index == 0:
        report = json.loads((args.out / "report.json").read_text(encoding="utf-8"))
        listing = {"listing": corpus.report()} if isinstance(corpus, Listing) else {}
        write_run(args.out, args, {"this_run": made, **listing})
        _say(args.out, report)


def _follow(steps: "Iterator[Progress]", rank: "Rank") -> dict[str, float]:
    """Go through the steps, show how far they are, and return what this rank has made of it."""
    from tqdm import tqdm

    began_s = told_s = time.monotonic()
    clips = 0
    with tqdm(unit=" films", disable=None) as bar:
        for step in steps:
            now_s, clips = time.monotonic(), step.clips
            rate = f"{clips / (now_s - began_s):.1f} clips/s"
            bar.total, bar.n = step.num_films, step.films
            bar.set_postfix_str(rate)
            if bar.disable and now_s - told_s > _TELL_S:  # no terminal, but a log that somebody follows
                _log.info("rank %d: %d of %d films, %s", rank.index, step.films, step.num_films, rate)
                told_s = now_s
    took_s = time.monotonic() - began_s
    made = {"ranks": rank.count, "clips": clips, "seconds": round(took_s, 2), "clips_per_second": clips / took_s}
    said = f"{clips} clips in {took_s:.1f} s, {clips / took_s:.1f} a second"
    print(f"rank {rank.index}: {said}" if rank.count > 1 else f"this run: {said}")
    return made


def _settings(args: argparse.Namespace) -> "PrepareSettings":
    from s2s.data.settings import PrepareSettings

    return PrepareSettings(
        px=args.px or (224, 128),
        clip_s=args.clip_s,
        hop_s=args.clip_s if args.hop_s is None else args.hop_s,
        min_s=args.min_s,
        skip_silence_db=args.skip_silence_db,
        shares=tuple(args.split),
        seed=args.seed,
        jpeg_quality=args.quality,
        sound_only=args.sound_only,
        shard_mb=args.shard_mb,
    )


def _say(out: Path, report: dict[str, Any]) -> None:
    splits = ", ".join(f"{counts['clips']} {split}" for split, counts in report["splits"].items())
    print(f"{out}: {report['clips']} clips of {report['used']} films ({splits}), {report['hours']:.2f} hours")
    if report["skipped"]:
        print(f"{report['skipped']} films cannot be used; {out / 'skipped.jsonl'} says why")
    if report["remarks"]:
        print(f"{len(report['remarks'])} remarks on films that are used are in {out / 'report.json'}")
    for warning in report["warnings"]:
        _log.warning("%s", warning)
