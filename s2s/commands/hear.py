"""`hear`: how well a bundle hears: loud and soft, in halls, unknown things, two at once; heads or none."""

import argparse
import json
from pathlib import Path

from s2s.commands.arguments import Verbs, at_least
from s2s.commands.record import write_run


def add_to(verbs: Verbs) -> None:
    """Add the verb."""
    about = "how well a bundle hears: loud, soft, in halls, unknown things, two at once; any with an image encoder"
    verb = verbs.add_parser("hear", help=about, description=about)
    verb.add_argument("bundle", type=Path, metavar="BUNDLE")
    verb.add_argument("out", type=Path, metavar="OUT", help="a folder for numbers, figures and a page of both")
    verb.add_argument("--recordings", type=Path, metavar="FOLDER", help="CLASS/FOLD-….ogg as ESC-10 has them")
    more = "more recordings, SCENE/RECORDING-NUMBER.…; a third of them is played"
    verb.add_argument("--more", type=Path, metavar="FOLDER", help=more)
    unknown = "sounds that are none of the world's scenes, KIND/RECORDING-NUMBER.…: speech, music"
    verb.add_argument("--unknown", type=Path, metavar="FOLDER", help=unknown)
    verb.add_argument("--judge", type=Path, metavar="FOLDER", help="`train thing-judge` left it: finds two in pictures")
    verb.add_argument("--takes", type=at_least(1), default=13, help="of the world, of each scene (default 13)")
    verb.set_defaults(run=_run)


def _run(args: argparse.Namespace) -> None:
    from s2s import bundle
    from s2s.evaluate.hearing.page import hearing_page
    from s2s.evaluate.hearing.plots import check_can_draw, write_pictures
    from s2s.evaluate.hearing.report import HearingSounds, measure_hearing
    from s2s.files.atomic_write import write_text
    from s2s.training.stages.thing_judge import load_thing_judge

    check_can_draw()
    model = bundle.load(args.bundle)
    judge = load_thing_judge(args.judge) if args.judge is not None else None
    report = measure_hearing(model, HearingSounds(args.recordings, args.more, args.unknown, args.takes), judge)
    args.out.mkdir(parents=True, exist_ok=True)
    numbers = report.as_dict()
    write_text(args.out / "hearing.json", json.dumps(numbers, indent=1) + "\n")
    pictures = write_pictures(args.out, report, model.spec)
    write_text(args.out / "hearing.html", hearing_page(report, pictures))
    write_run(args.out, args, {"numbers": "hearing.json", "page": "hearing.html"})
    for one in report.scenes:
        print(f"{one.first.value:.2f} of {one.first.of} by {one.way}: {one.source}, {one.hall}, {one.gain_db} dB")
    print(args.out / "hearing.html")
