"""`study`: the paper's user study, made of a model and sounds, served to people, scored."""

import argparse
import json
from pathlib import Path
from typing import TYPE_CHECKING

from s2s.commands.arguments import Verbs, at_least
from s2s.commands.record import write_run

if TYPE_CHECKING:
    from s2s.evaluate.report.model import Table
    from s2s.study.manifest import Study
    from s2s.study.scoring import Scores

_STORY = """The user study of the paper's section 4.3 and appendix E. `make` paints the pictures of both experiments
into a folder, `serve` asks people on a web page, `score` says what they answered in the form of table 1 (b)."""


def add_to(verbs: Verbs) -> None:
    """Add the verb and what it does."""
    about = "the paper's user study: make one, serve it to people, score it"
    steps = verbs.add_parser("study", help=about, description=_STORY).add_subparsers(required=True, metavar="STEP")
    _add_make(steps)
    _add_serve(steps)
    _add_score(steps)


def _add_make(steps: Verbs) -> None:
    make = steps.add_parser("make", help="a model and held-out sounds -> a study")
    make.add_argument("model", type=Path, metavar="MODEL", help="ours")
    data = "as `prepare` wrote it, of which the test part is heard; or sounds CATEGORY/FILE, of which the held-out ones"
    make.add_argument("data", type=Path, metavar="DATA", help=data)
    make.add_argument("out", type=Path, metavar="OUT", help="a folder for the study")
    against = "another model, asked by sound; default: MODEL's generator, asked by the picture that goes with the sound"
    make.add_argument("--against", type=Path, metavar="MODEL", help=against)
    make.add_argument(
        "--questions", type=at_least(1), default=20, metavar="N", help="of each experiment (default 20, as published)"
    )
    moments = "prepared films: as `select` wrote it; each clip's first frame of it is its picture (default: the middle)"
    make.add_argument("--moments", type=Path, metavar="FILE.json", help=moments)
    make.add_argument("--seed", type=at_least(0), default=0, help="of everything drawn at random (default 0)")
    make.set_defaults(run=_make)


def _add_serve(steps: Verbs) -> None:
    serve = steps.add_parser("serve", help="ask people, on a web page, until Ctrl-C; goes on where it stopped")
    serve.add_argument("study", type=Path, metavar="STUDY", help="`study make` left it")
    serve.add_argument("--port", type=at_least(0), default=8090, help="default 8090; 0: any that is free")
    host = "default 127.0.0.1, this machine alone; on any other, e.g. 0.0.0.0, whoever comes needs the token it prints"
    serve.add_argument("--host", default="127.0.0.1", help=host)
    serve.add_argument("--participants", type=at_least(1), metavar="N", help="close when N have finished")
    serve.set_defaults(run=_serve)


def _add_score(steps: Verbs) -> None:
    score = steps.add_parser("score", help="what people answered -> recall and precision, with intervals")
    score.add_argument("study", type=Path, metavar="STUDY")
    score.add_argument("out", type=Path, nargs="?", metavar="OUT.json", help="default: STUDY/score.json")
    score.add_argument("--unfinished", action="store_true", help="also count those who did not answer everything")
    score.add_argument("--seed", type=at_least(0), default=0, help="of the intervals (default 0)")
    score.set_defaults(run=_score)


def _make(args: argparse.Namespace) -> None:
    from s2s import bundle
    from s2s.evaluate.metrics.clips import open_clips
    from s2s.study.making import make_study

    clips = open_clips(args.data, args.moments)
    model = bundle.load(args.model, image_encoder=args.against is None)
    against = bundle.load(args.against, image_encoder=False) if args.against else None
    made = make_study(args.out, model, clips, against=against, num_questions=args.questions, seed=args.seed)
    write_run(args.out, args, {"data": made.data, "models": made.models})
    categories = len(made.data["categories"])
    print(f"{args.out}: {made.num_questions} questions, {categories} categories, {len(made.files)} files")
    if not made.data["different sounds in both experiments"]:
        print("both experiments play the same sounds: there are too few recordings for different ones")
    print(f"next: python -m s2s study serve {args.out}")


def _serve(args: argparse.Namespace) -> None:
    from s2s.study.serving import serve

    serve(args.study, args.host, args.port, args.participants)


def table_of_answers(folder: Path, *, unfinished: bool = False, seed: int = 0) -> "tuple[Study, Scores, Table]":
    """Return a study, what people answered, and that as table 1 (b). Raises ValueError, also where nobody finished."""
    from s2s.study.answers import read_answers
    from s2s.study.manifest import read_study
    from s2s.study.scoring import score
    from s2s.study.table import study_table

    study = read_study(folder)
    scores = score(study, read_answers(folder, study), unfinished=unfinished, seed=seed)
    return study, scores, study_table(study, scores)


def _score(args: argparse.Namespace) -> None:
    from s2s.files.atomic_write import write_text
    from s2s.study.table import as_document, lines

    study, scores, table = table_of_answers(args.study, unfinished=args.unfinished, seed=args.seed)
    document = as_document(study, scores, table)
    out = args.out or args.study / "score.json"
    out.parent.mkdir(parents=True, exist_ok=True)
    write_text(out, json.dumps(document, indent=1, ensure_ascii=False) + "\n")
    print("\n".join([*lines(table), table.note]))
