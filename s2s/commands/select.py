"""`select`: the moments of every clip that show what is heard, in the published shape, with scores and a sheet."""

import argparse
import logging
import os
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final

from s2s.card import DEFAULT_BUNDLE
from s2s.commands.arguments import Verbs, at_least, device
from s2s.commands.files import progress
from s2s.commands.record import write_run

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

    from s2s.data.prepared import PreparedData
    from s2s.models.image_encoder import PictureEncoder
    from s2s.selection.select import Ledger
    from s2s.selection.selectors import ByLocalizer, Scores, Selector

_log = logging.getLogger(__name__)

_WAYS: Final = ("localizer", "combined", "self", "middle", "random", "loudest")
_SPLITS: Final = ("train", "val", "test")
_STORY: Final = """Say which moments of each clip show what is heard (paper, 3.3): the ten best frames, at ten a second
from 0, best first. OUT.json has them in the published shape; OUT.safetensors the score of every frame; OUT.png shows
some of the clips, the best frame beside the middle one; OUT.run.json what it was made with. A run that was stopped,
even killed, goes on where it was; under torchrun every rank does its part."""
_BY: Final = """localizer: C_av of a trained localizer (default); combined: what `retrain` chooses by, what is new in
the sound, what is seen then, and whether a bundle's f_V and f_A agree, with --model its localizer, too; self: their
cosine alone; middle, random, loudest: baselines that look at no picture"""


def add_to(verbs: Verbs) -> None:
    """Add the verb."""
    verb = verbs.add_parser("select", help="which moments of each clip show what is heard", description=_STORY)
    verb.add_argument("data", type=Path, metavar="DATA", help="a folder that `prepare` wrote")
    verb.add_argument("out", type=Path, metavar="OUT.json")
    verb.add_argument("--by", choices=_WAYS, default="localizer", help=_BY)
    verb.add_argument("--model", type=Path, metavar="LOCALIZER", help="folder of the finished stage `train localizer`")
    bundle = "its f_V and f_A look and hear (default: the one that ships); localizer: also a finished image encoder"
    verb.add_argument("--bundle", type=Path, default=DEFAULT_BUNDLE, metavar="BUNDLE", help=bundle)
    audible = "the localizer passes over moments so far below the clip's loudest, or none (default 20)"
    verb.add_argument("--audible-db", type=_range_db, default=20.0, metavar="DB", help=audible)
    verb.add_argument("--split", choices=_SPLITS, action="append", help="these clips alone; may be given again")
    verb.add_argument("--count", type=at_least(1), default=10, help="moments of each clip (default 10)")
    verb.add_argument("--shown", type=at_least(1), default=8, metavar="N", help="clips on the sheet (default 8)")
    truth = "a folder of `world` or `evening`, where the clips come from: says how often the selection is right"
    verb.add_argument("--truth", type=Path, metavar="FOLDER", help=truth)
    verb.add_argument("--device", type=device, default="cpu", help="cpu, cuda or cuda:N (default cpu)")
    verb.add_argument("--seed", type=int, default=0, help="of what is drawn at random (default 0)")
    verb.set_defaults(run=_run)


def _range_db(text: str) -> float | None:
    if text == "none":
        return None
    value = float(text)
    if not value > 0:
        raise argparse.ArgumentTypeError(f"expected dB above 0, or none; got {text}")
    return value


def _run(args: argparse.Namespace) -> None:
    from s2s.data.annotations import write_annotation
    from s2s.data.prepared import PreparedData
    from s2s.data.ranks import Rank
    from s2s.selection.select import Ledger, gather, save_scores, score_clips, top_moments

    _check(args)
    data, rank = PreparedData.open(args.data), Rank.of(os.environ)
    clip_ids = [clip_id for clip_id in data.ids if not args.split or data.split(clip_id) in args.split]
    if not clip_ids:
        raise ValueError(f"{args.data}: there are no clips{' of that split' if args.split else ''}")
    selector = _selector(args, data)
    ledgers = [args.out.with_suffix(f".rank-{index:03d}.jsonl") for index in range(rank.count)]
    ledger = Ledger.open(ledgers[rank.index], selector.settings)
    _take_finished(ledger, args.out, clip_ids)
    score_clips(data, progress(clip_ids[rank.index :: rank.count], "clips"), selector, ledger)
    if rank.index > 0:
        return
    gather(ledger, [path for path in ledgers if path != ledger.path], clip_ids)
    scores = {clip_id: ledger.scores[clip_id] for clip_id in clip_ids if clip_id in ledger.scores}
    if not scores:
        raise ValueError(f"none of {len(clip_ids)} clips can be used: {next(iter(ledger.skipped.values()))}")
    write_annotation(args.out, {clip_id: top_moments(each, args.count) for clip_id, each in scores.items()})
    save_scores(args.out.with_suffix(".safetensors"), scores, selector.settings)
    truths = _truths(args.truth, data, scores) if args.truth else {}
    _draw_sheet(args, data, selector, scores, truths)
    results = _results(ledger, scores, truths)
    write_run(args.out.with_suffix(".run.png"), args, {"selector": selector.settings, **results})
    for path in ledgers:
        path.unlink(missing_ok=True)
    _tell(args.out, results)


def _check(args: argparse.Namespace) -> None:
    """Refuse what is wrong before any network is loaded. Raises ValueError."""
    if args.out.suffix.lower() != ".json":
        raise ValueError(f"{args.out}: expected a name that ends in .json")
    if args.by == "localizer" and args.model is None:
        raise ValueError(
            "--model names no localizer: train one with `python -m s2s train localizer DATA OUT`, or choose --by self"
        )
    if args.truth is not None and not args.truth.is_dir():
        raise ValueError(f"{args.truth}: no such folder; expected one that `world` or `evening` wrote")


def _selector(args: argparse.Namespace, data: "PreparedData") -> "Selector":
    from s2s import bundle
    from s2s.selection import selectors

    px = min(data.about.settings.px)
    match args.by:
        case "middle":
            return selectors.ByMiddle(px)
        case "random":
            return selectors.ByChance(args.seed, px)
        case "loudest":
            return selectors.ByLoudness(px)
        case "self":
            return selectors.BySelfTraining(bundle.load(args.bundle, device=args.device))
        case "combined":
            from s2s.selection.combined import Combined

            return Combined(bundle.load(args.bundle, device=args.device), _localizer(args) if args.model else None)
    return _localizer(args)


def _localizer(args: argparse.Namespace) -> "ByLocalizer":
    from s2s.selection.selectors import ByLocalizer
    from s2s.training.stages.localizer import load_localizer

    net, about = load_localizer(args.model)
    encoder = _image_encoder(args)
    return ByLocalizer(net.to(args.device), about, encoder, args.audible_db)


def _image_encoder(args: argparse.Namespace) -> "PictureEncoder":
    """Return f_V of a bundle, which is checked, or of a finished stage."""
    from s2s import bundle
    from s2s.card import CARD
    from s2s.training.stages.image_encoder import load_image_encoder

    if (args.bundle / CARD).exists():
        return bundle.load_image_encoder(args.bundle, device=args.device)
    return load_image_encoder(args.bundle).to(args.device)


def _take_finished(ledger: "Ledger", out: Path, clip_ids: Sequence[str]) -> None:
    """Take over the scores of a finished run with the same settings."""
    from s2s.selection.select import load_scores

    path = out.with_suffix(".safetensors")
    if not path.exists():
        return
    try:
        scores, settings = load_scores(path, clip_ids)
    except ValueError as error:
        _log.warning("%s: scored anew", error)
        return
    if settings == ledger.settings:
        ledger.scores.update(scores)


def _truths(folder: Path, data: "PreparedData", scores: "Mapping[str, Scores]") -> "dict[str, NDArray[np.float64]]":
    """Return presence [num_frames] of the thing that owns each clip. Raises ValueError for a clip that is not there."""
    from s2s.evaluate.made_evening import TRUTH, presence_by_clip
    from s2s.evaluate.selection_hits import presence_of
    from s2s.world.truth import read_truth

    if (folder / TRUTH).exists():
        places = {clip_id: (data.rows[clip_id].source, data.rows[clip_id].start_s) for clip_id in scores}
        return presence_by_clip(folder, places, {clip_id: len(each) for clip_id, each in scores.items()})
    truths = {}
    for clip_id, each in scores.items():
        row = data.rows[clip_id]
        path = folder / Path(row.source).with_suffix(".json")
        if not path.exists():
            raise ValueError(f"{path} is missing: {clip_id} is no clip of that world")
        truths[clip_id] = presence_of(read_truth(path), row.start_s, len(each))
    return truths


def _draw_sheet(
    args: argparse.Namespace,
    data: "PreparedData",
    selector: "Selector",
    scores: "Mapping[str, Scores]",
    truths: "Mapping[str, NDArray[np.float64]]",
) -> None:
    """Show clips spread evenly over those that are scored."""
    import numpy as np

    from s2s.media.montage import save_png
    from s2s.selection.select import top_moments
    from s2s.selection.selection_sheet import Selected, selection_sheet
    from s2s.selection.selectors import ByLocalizer

    names = list(scores)
    chosen = [names[place] for place in np.unique(np.linspace(0, len(names) - 1, args.shown).round().astype(int))]
    rows = []
    for clip_id in chosen:
        best = top_moments(scores[clip_id], 1)[0]
        where = selector.maps(data, clip_id)[best] if isinstance(selector, ByLocalizer) else None
        frames = data.frames(clip_id, max(data.about.settings.px))
        rows.append(Selected(clip_id, frames, scores[clip_id], where, truths.get(clip_id)))
    title = f"selected by {selector.settings['by']}, {len(scores)} clips of {args.data.name}"
    save_png(args.out.with_suffix(".png"), selection_sheet(rows, title=title))


def _results(
    ledger: "Ledger", scores: "Mapping[str, Scores]", truths: "Mapping[str, NDArray[np.float64]]"
) -> dict[str, Any]:
    from s2s.evaluate.selection_hits import hits, shown_share

    results: dict[str, Any] = {"clips": len(scores), "skipped": ledger.skipped}
    if truths:
        score = hits(scores, truths)
        results["truth"] = {
            "clips": score.clips,
            "hits": score.hits,
            "top1": score.top,
            "interval95": score.interval,
            "among_top10": score.among_top,
            "chance": shown_share(truths),
        }
    return results


def _tell(out: Path, results: Mapping[str, Any]) -> None:
    print(f"{out}: {results['clips']} clips, {len(results['skipped'])} skipped")
    if truth := results.get("truth"):
        low, high = truth["interval95"]
        print(
            f"the best frame shows the thing in {truth['hits']} of {truth['clips']} clips, {truth['top1']:.1%} "
            f"(95 %: {low:.1%} to {high:.1%}), by chance {truth['chance']:.1%}; "
            f"so do {truth['among_top10']:.1%} of the top ten"
        )
