"""`evaluate`: a model measured on what it never saw: metrics, the paper's tables and figures, one report."""

import argparse
from dataclasses import replace
from datetime import datetime
from pathlib import Path
from typing import TYPE_CHECKING, Final

from s2s.commands.arguments import Verbs, at_least, device
from s2s.commands.settings import HELP, add_settings, settings_of
from s2s.commands.study import table_of_answers

if TYPE_CHECKING:
    from s2s.evaluate.evaluation import EvaluationPlan
    from s2s.evaluate.paper.tables import PaperPlan
    from s2s.evaluate.report.model import Column, Report, Row, Table

_ABOUT: Final = """Measure any bundle on the held-out part of anything that `prepare` wrote, or on labelled sounds
(CLASS/… as ESC-10 is, of which fold 3 is played, or CLASS/RECORDING-NUMBER.…, of which a third is). What the model and
the judges allow is measured, what they do not is said in a line. A run that was stopped, even killed, goes on where it
was, to the same report."""
_SHARE: Final = "R@1 from which a class goes into OUT/suitable-classes.txt, for `prepare --classes` (default 0.3)"


def add_to(verbs: Verbs) -> None:
    """Add the verb."""
    about = "a model's metrics, and the paper's tables and figures, in one report"
    verb = verbs.add_parser("evaluate", help=about, description=_ABOUT)
    verb.add_argument("model", type=Path, metavar="MODEL", help="a bundle")
    verb.add_argument("data", type=Path, metavar="DATA", help="as `prepare` wrote it, or a folder of labelled sounds")
    verb.add_argument(
        "out", type=Path, metavar="OUT", help="report.html, report.json, metrics.jsonl, and what is kept to go on"
    )
    paper = "the paper's tables, the published numbers beside, its figures, and section 5's claims"
    verb.add_argument("--paper", action="store_true", help=paper)
    verb.add_argument("--against", type=Path, metavar="REPORT", help="another report, side by side on the page")
    study = "what people answered in a study that `study serve` asked, as table 1 (b) of the report"
    verb.add_argument("--study", type=Path, metavar="STUDY", help=study)
    verb.add_argument("--each", type=at_least(1), default=2, help="pictures for each sound (default 2; paper: 12)")
    verb.add_argument("--clips", type=at_least(2), metavar="N", help="at most, evenly spread (default: all held out)")
    verb.add_argument("--device", type=device, default="cpu", help="cpu, cuda or cuda:N (default cpu)")
    verb.add_argument("--threads", type=at_least(1), help="default: as torch chooses")
    verb.add_argument("--seed", type=at_least(0), default=0, help="of the noise (default 0)")
    _add_judges(verb)
    _add_paper(verb)
    verb.set_defaults(run=_run)


def _add_judges(verb: argparse.ArgumentParser) -> None:
    judges = verb.add_argument_group("who looks at pictures")
    judge = "what `train judge` or `train thing-judge` left; may be given twice, once for each"
    judges.add_argument("--judge", type=Path, action="append", default=[], metavar="FOLDER", help=judge)
    inception = "a fine-tuned inception_v3 of torchvision, head and all: for FID and Inception Score"
    judges.add_argument("--inception", type=Path, metavar="FILE", help=inception)
    clip = "ViT-B/32 as open_clip reads it: CLIP R@k, where open_clip is installed"
    judges.add_argument("--clip-weights", type=Path, metavar="FILE", help=clip)
    film = "a recorded show, of which AV-Align is measured; may be given more than once"
    judges.add_argument("--film", type=Path, action="append", default=[], metavar="FILE", help=film)


def _add_paper(verb: argparse.ArgumentParser) -> None:
    paper = verb.add_argument_group("the paper's tables (--paper)")
    moments = "of films, as `select` wrote them: their frames are shown, and table 2 is trained by them"
    paper.add_argument("--moments", type=Path, metavar="FILE.json", help=moments)
    ablation = "where `ablate` has trained table 2 already (default OUT/table-2, trained there)"
    paper.add_argument("--ablation", type=Path, metavar="FOLDER", help=ablation)
    claims = 'how much one claim is measured on, as louder_each=2, or the scenes that all are: scenes=["sea","dog"]'
    add_settings(paper, claims, "--claims")
    left_out = "a bundle trained without those scenes: where do their sounds land?"
    paper.add_argument("--left-out", nargs=2, metavar=("MODEL", "SCENE,SCENE"), help=left_out)
    add_settings(paper, "one setting of table 2's rows")
    paper.add_argument("--suitable-from", type=float, default=0.3, metavar="SHARE", help=_SHARE)


def _run(args: argparse.Namespace) -> None:
    import torch

    from s2s.evaluate.full_report import evaluate, write_full_page
    from s2s.evaluate.report.model import read_report

    against = (args.against, read_report(args.against)) if args.against else None  # refused now, not after the hour
    if args.threads is not None:
        torch.set_num_threads(args.threads)
    answers = None if args.study is None else _answers(args.study, args.model, args.seed)  # as early
    plan, when = _plan(args), datetime.now().astimezone().isoformat(timespec="seconds")
    report = evaluate(plan, _paper(args), when=when, study=answers)
    for line in _lines(report):
        print(line)
    print(write_full_page(plan, report, against))


def _answers(folder: Path, model: Path, seed: int) -> "Table":
    """Return table 1 (b) of the study in `folder`. Raises ValueError for one that asked about another model."""
    from s2s.card import read_card

    study, _, table = table_of_answers(folder, seed=seed)
    asked, card = study.models["ours"], read_card(model)
    if (asked["name"], asked["version"]) != (card.name, card.version):
        about = f"{asked['name']} {asked['version']}"
        raise ValueError(f"{folder}: expected a study of {card.name} {card.version}, got one of {about}")
    return table


def _plan(args: argparse.Namespace) -> "EvaluationPlan":
    from s2s.evaluate.evaluation import EvaluationPlan

    return EvaluationPlan(
        model=args.model,
        data=args.data,
        out=args.out,
        judges=tuple(args.judge),
        inception=args.inception,
        clip_weights=args.clip_weights,
        moments=args.moments,
        films=tuple(args.film),
        each=args.each,
        clips=args.clips,
        seed=args.seed,
        device=args.device,
    )


def _paper(args: argparse.Namespace) -> "PaperPlan | None":
    from s2s.evaluate.claims import ClaimSizes
    from s2s.evaluate.paper.ablation import AblationSettings
    from s2s.evaluate.paper.tables import PaperPlan

    if not args.paper and HELP not in (*args.set, *args.claims):
        return None
    settings = settings_of(AblationSettings, args.set)
    plan = PaperPlan(args.out, args.moments, args.ablation, settings, args.suitable_from, args.device)
    plan = replace(plan, claims=settings_of(ClaimSizes, args.claims))
    if args.left_out is None:
        return plan
    model, scenes = args.left_out
    return replace(plan, left_out=Path(model), left_out_scenes=tuple(scenes.split(",")))


def _lines(report: "Report") -> list[str]:
    """Return what was measured, as a person reads it."""
    lines = [f"{metric.name}, {metric.of}: {metric.value.value:.3f} {metric.unit}" for metric in report.metrics]
    for table in report.tables:
        lines.append(f"{table.title} ({table.source}); {table.note}")
        for row in table.rows:
            lines.append(f"  {row.label}: {', '.join(_cell(row, column) for column in table.columns)}")
    for claim in report.claims:
        holds = {True: "holds", False: "does not hold", None: "cannot be told"}[claim.holds]
        lines.append(f"{claim.claim}: {claim.value.value:.3f}, {holds}")
    return lines + [f"not measured: {one.what}: {one.why}" for one in report.skipped]


def _cell(row: "Row", column: "Column") -> str:
    value, published = row.cells.get(column.key), row.published.get(column.key)
    found = "–" if value is None else f"{value.value:.3f}"
    return f"{column.label} {found}" + ("" if published is None else f" (paper {published:g})")
