"""`evening`: a venue's evening with known moments, to measure `select` and `retrain` with."""

import argparse
from pathlib import Path
from typing import TYPE_CHECKING

from s2s.commands.arguments import Verbs, at_least
from s2s.commands.files import progress
from s2s.commands.record import write_run

if TYPE_CHECKING:
    from s2s.evaluate.made_evening import Painted, Photographs

_KINDS = ("short", "long", "constant", "turns", "speech")
_STORY = """Write films of ten seconds as a venue's evening has them, with their truth: a real recording sounds
somewhere in each, above a room's own tone, a picture of its kind is seen while it sounds, of another kind otherwise.
OUT/films are the films, OUT/truth.jsonl says of each its class, its recording and the moments that should be chosen."""
_KIND = """how the thing sounds: about a second; five seconds (default); all the time, but seen in half of it; two
things by turns; five seconds while somebody talks all the time"""


def add_to(verbs: Verbs) -> None:
    """Add the verb."""
    verb = verbs.add_parser("evening", help="made films of a venue, to measure retraining with", description=_STORY)
    verb.add_argument("out", type=Path, metavar="OUT")
    recordings = "CLASS/RECORDING-NUMBER.ogg, as ESC-10; may be given again"
    verb.add_argument("--recordings", type=Path, action="append", required=True, metavar="FOLDER", help=recordings)
    pictures = "FOLDER/CLASS/….jpg in place of the world's pictures"
    verb.add_argument("--photographs", type=Path, metavar="FOLDER", help=pictures)
    verb.add_argument("--films", type=at_least(1), default=120, metavar="N", help="default 120")
    verb.add_argument("--kind", choices=_KINDS, default="long", help=_KIND)
    verb.add_argument("--classes", type=at_least(3), default=10, metavar="N", help="those with most recordings (10)")
    part = "recordings to learn from (default) or to test with: none is in both"
    verb.add_argument("--part", choices=("train", "test"), default="train", help=part)
    verb.add_argument("--seed", type=at_least(0), default=0, help="of everything drawn at random (default 0)")
    verb.set_defaults(run=_run)


def _run(args: argparse.Namespace) -> None:
    from s2s.evaluate.made_evening import Evening, evening_of, write_evening

    evening = Evening(args.films, args.kind, args.classes, args.seed, args.part)
    recordings = evening_of(args.recordings, evening)
    films = write_evening(args.out, recordings, _album(args, list(recordings)), evening)
    done = list(progress(films, "films", total=args.films))
    write_run(args.out, args, {"films": len(done), "classes": list(recordings)})
    print(f"{args.out / 'films'}: {len(done)} films of {len(recordings)} classes; {args.out / 'truth.jsonl'}")


def _album(args: argparse.Namespace, classes: list[str]) -> "Photographs | Painted":
    from s2s.evaluate.made_evening import Painted, Photographs

    return Photographs.open(args.photographs, classes) if args.photographs else Painted(classes)
