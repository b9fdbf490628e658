"""`retrain`: an evening's recordings -> a model that knows the venue, compared with the old before it takes over."""

import argparse
import logging
import math
import os
import shlex
from collections.abc import Mapping
from datetime import date
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final

from s2s.card import DEFAULT_BUNDLE
from s2s.commands.arguments import Verbs, add_model, at_least
from s2s.commands.record import write_run
from s2s.files.names import shown

if TYPE_CHECKING:
    from s2s.retrain.candidate import Story

_log = logging.getLogger(__name__)

_STORY: Final = """Teach the model the sounds of a place: FOLDER holds an evening's films, or sounds and photographs of
what is heard. A photograph goes with the sound whose name its own begins with (`terrace.wav`, `terrace-2.jpg`), else
with the sound it was taken during, else with sounds at most ten minutes away. Ten recordings are needed; some of them
are held out. OUT/model is what `run_show.py --model OUT/model` plays: a copy of the old model, until a new one is
better on held-out clips with 95 % confidence. Then the old one is OUT/previous. OUT/before-after.html shows both. A
run that was stopped, even killed, goes on where it was. It says how far it is; all of it takes --minutes."""
_CONSENT: Final = """Nothing is learnt from visitors but by this command. It copies sound (16 kHz) and frames from
FOLDER into OUT/data and never changes FOLDER. With --forget the copies are deleted as soon as what is learnt from is
computed, and OUT/cache, the spectrograms, after the comparison: from those speech could be made again. What stays are
weights, some hundred numbers of each clip by which its sound is known again, frame numbers, scores, pictures that the
model painted, and the frames on the page. FOLDER is yours to delete;
files are unlinked, not overwritten."""


def add_to(verbs: Verbs) -> None:
    """Add the verb."""
    verb = verbs.add_parser(
        "retrain", help="a venue's recordings -> a model that knows them", description=_STORY, epilog=_CONSENT
    )
    verb.add_argument("folder", type=Path, nargs="?", metavar="FOLDER", help="films, or sounds and photographs")
    verb.add_argument("out", type=Path, nargs="?", metavar="OUT", help="a folder of its own, not within FOLDER")
    back = "play the previous model of a retraining again, and stop; a second time undoes it"
    verb.add_argument("--rollback", type=Path, metavar="OUT", help=back)
    minutes = "for all of it, all starts together; what does not fit is left out, and said (default 20)"
    verb.add_argument("--minutes", type=_minutes, default=20.0, metavar="N", help=minutes)
    verb.add_argument("--steps", type=at_least(1), default=4000, help="of training at most (default 4000)")
    generator = (
        "teach the generator the place as well, for about half of the time: a memory, as in the default model, takes a "
        "picture of each clip among its moments (24 are needed) and learns to paint photographs; a light one is "
        "fine-tuned on 500 pictures, four a clip"
    )
    verb.add_argument("--generator", action="store_true", help=generator)
    note = "who agreed to what, in words, kept in the bundle's provenance"
    verb.add_argument("--consent", type=_note, metavar="NOTE", help=note)
    forget = "delete the copies of sounds and pictures once they are learnt from; see below"
    verb.add_argument("--forget", action="store_true", help=forget)
    verb.add_argument("--force", action="store_true", help="promote the new model even if it is not better")
    restart = "delete what OUT holds of an earlier retraining, but for its model and the previous one"
    verb.add_argument("--restart", action="store_true", help=restart)
    verb.add_argument("--workers", type=at_least(1), help="processes that prepare (default: one per core)")
    add_model(verb)
    verb.set_defaults(run=_run)


def _minutes(text: str) -> float:
    value = float(text)
    if not 0 < value < math.inf:
        raise argparse.ArgumentTypeError(f"expected minutes above 0, got {text}")
    return value


def _note(text: str) -> str:
    words = " ".join(text.split())
    if not words:
        raise argparse.ArgumentTypeError("expected a note in words, got nothing")
    return words


def _run(args: argparse.Namespace) -> None:
    if args.rollback is not None:
        _roll_back(args)
        return
    if args.folder is None or args.out is None:
        raise ValueError("expected FOLDER and OUT, or --rollback OUT")
    from s2s.data.ranks import Rank
    from s2s.retrain.run import RetrainOptions, retrain

    report = retrain(
        RetrainOptions(
            args.folder,
            args.out,
            args.model,
            _story(args),
            steps=args.steps,
            minutes=args.minutes,
            device=args.device,
            seed=args.seed,
            workers=args.workers or Rank.of(os.environ).cores(),
            generator=args.generator,
            forget=args.forget,
            force=args.force,
            restart=args.restart,
        )
    )
    write_run(args.out, args, {name: value for name, value in report.items() if name != "held_out"})
    _tell(args.out, report)


def _story(args: argparse.Namespace) -> "Story":
    from s2s.retrain.candidate import Story, command_line

    options: dict[str, object] = {"minutes": f"{args.minutes:g}", "steps": args.steps, "seed": args.seed}
    options |= {name: True for name in ("generator", "forget") if getattr(args, name)}
    if args.model != DEFAULT_BUNDLE:
        options["model"] = args.model.name
    folder, out = shown(args.folder.resolve().name), shown(args.out.resolve().name)
    return Story(date.today(), folder, command_line(folder, out, options), args.consent)


def _roll_back(args: argparse.Namespace) -> None:
    if args.folder is not None:
        raise ValueError("--rollback OUT takes no FOLDER: it trains nothing")
    from s2s.retrain.layout import Layout
    from s2s.retrain.promote import roll_back

    layout = Layout(args.rollback)
    print(f"{layout.model} is {roll_back(layout, date.today())} again; the other one is {layout.previous}")


def _tell(out: Path, report: Mapping[str, Any]) -> None:
    verdict, before, after = report["verdict"], report["before"], report["after"]
    print(f"{report['in_words']} {report['old']} -> {report['new']}, {report['clips']['test']} held-out clips")
    if verdict["low"] is not None:
        print(f"score {verdict['gain']:+.3f}, 95 %: {verdict['low']:+.3f} to {verdict['high']:+.3f}")
    if report["advice"]:
        print(report["advice"])
    _tell_learning(report["learning"])
    if (name := "class of the nearest picture") in before:
        print(f"{name}: {before[name]:.3f} -> {after[name]:.3f}")
    for name, chance in (("recall at 1", True), ("mean place", True), ("mean cosine", False), ("L_total", False)):
        by_chance = f", by chance {report['by_chance'][name]:.3f}" if chance else ""
        print(f"{name}: {before[name]:.3f} -> {after[name]:.3f}{by_chance}")
    for words in report.get("cut_short", ()):
        print(f"for want of time: {words}")
    if report["consent"] is None:
        print('no consent note was given: say with --consent "…" who agreed to be recorded')
    _tell_what_to_do(out, promoted=report["promoted"])


def _tell_learning(learning: Mapping[str, Any]) -> None:
    for words, name in (("kept", "kept"), ("painted as before", "painted")):
        if kept := learning.get(name):
            print(f"the world's scenes {words}: {kept[0]:.3f} -> {kept[1]:.3f}")
    for words, name in (("sounds of the place", "sure"), ("made-up sounds of no scene", "sure_of_unknown")):
        if shares := learning.get(name):
            print(f"{words} that it is sure enough of to paint: {shares[0]:.2f} -> {shares[1]:.2f}")


def _tell_what_to_do(out: Path, *, promoted: bool) -> None:
    """Print what comes next, to be copied: the page, how to play, how to go back."""
    place = shlex.quote(shown(out))
    print(f"look:      {out / 'before-after.html'}")
    if promoted:
        print(f"promoted:  python run_show.py --model {place}/model    plays the new model")
        print(f"roll back: python -m s2s retrain --rollback {place}")
    else:
        print(f"not promoted: {out / 'model'} is what it was; the same command with --force puts the new one there")
        print(f"play it:   python run_show.py --model {place}/candidate    the new model, as it is")
        print(f"roll back: nothing to do; after --force: python -m s2s retrain --rollback {place}")
