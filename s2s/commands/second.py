"""`second`: a bundle whose ears learn anew when a second thing is there -> a bundle. The networks stay as they are."""

import argparse
from collections.abc import Iterator, Sequence
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING

from s2s.commands.arguments import Verbs, at_least
from s2s.commands.bundle import read_story
from s2s.commands.fresh_takes import fresh_takes
from s2s.commands.retold import add_card_words, load_naming, write_retold

if TYPE_CHECKING:
    from s2s.bundle import Bundle
    from s2s.data.clip_source import Sound
    from s2s.data.esc10 import Recording
    from s2s.training.augment.two_sounds import TwoSounds


def add_to(verbs: Verbs) -> None:
    """Add the verb."""
    about = (
        "a bundle that names things -> one that has learnt anew when a second thing is there, from fresh takes of the "
        "world and recordings, alone and two at once; the networks stay as they are"
    )
    verb = verbs.add_parser("second", help="learn anew when two things are heard", description=about)
    verb.add_argument("bundle", type=Path, metavar="BUNDLE")
    verb.add_argument("out", type=Path, metavar="OUT")
    add_sounds(verb)
    add_card_words(verb)
    verb.set_defaults(run=_run)


def add_sounds(verb: argparse.ArgumentParser) -> None:
    """Add which sounds are learnt from."""
    verb.add_argument("--takes", type=at_least(1), default=30, help="of each scene (default 30)")
    verb.add_argument("--mixes", type=at_least(1), default=4_000, help="of two takes (default 4000)")
    verb.add_argument("--recordings", type=Path, metavar="FOLDER", help="ESC-10: adds folds 1 and 2, and their mixes")
    verb.add_argument("--more", type=Path, metavar="FOLDER", help="recordings of the scenes: adds two thirds of them")
    verb.add_argument("--recorded-mixes", type=at_least(1), default=1_000, help="of two recordings (default 1000)")


def _run(args: argparse.Namespace) -> None:
    story = read_story(args.story)
    model, heads = load_naming(args.bundle)
    write_retold(with_second(model, sets_of(args, heads.names)), story, args)


def sets_of(args: argparse.Namespace, names: "tuple[str, ...]") -> "list[TwoSounds]":
    """Return the sounds of `names` that `args` ask for: fresh takes, and recordings of the scenes, if any."""
    from s2s.training.augment.two_sounds import OfScene, TwoSounds

    takes = [OfScene(state.scene, sound) for state, sound in fresh_takes(names, args.takes)]
    sets = [TwoSounds(takes, args.mixes)]
    if recorded := [one for one in training_recordings(args.recordings, args.more, names) if one.scene in names]:
        sets.append(TwoSounds([OfScene(one.scene, one.sound) for one in recorded], args.recorded_mixes, seed=1))
    return sets


def with_second(model: "Bundle", sets: "Sequence[TwoSounds]") -> "Bundle":
    """Return `model`, which names things, with heads that have learnt from `sets` when a second thing is there."""
    from s2s.models.source_heads import SourceHeads
    from s2s.training.stages.naming import hear_named
    from s2s.training.stages.second_thing import SECOND_WINDOWS, fit_second

    old, sizes = model.source_heads, model.card.source_heads
    assert old is not None and sizes is not None
    told = sizes.model_copy(update={"weighs_second": False, "second_windows": SECOND_WINDOWS})
    heads = SourceHeads(**told.model_dump(exclude={"architecture"}))
    # All but what they weighed a second thing by.
    known = {key: value for key, value in old.state_dict().items() if not key.startswith("second.")}
    heads.load_state_dict(known, strict=False)
    heads = heads.to(model.device).eval().requires_grad_(False)
    sounds = hear_named(model, heads, all_drawn(sets))
    heads = heads.cpu()
    fit_second(heads, sounds.read_by(heads), sounds.labels)
    card = model.card.model_copy(update={"source_heads": told})
    return replace(model, card=card, source_heads=heads.to(model.device))


def all_drawn(sets: "Sequence[TwoSounds]") -> "Iterator[tuple[tuple[str, ...], Sound]]":
    """Yield all sounds of `sets`, beside a bar."""
    from tqdm import tqdm

    yield from tqdm((one for some in sets for one in some.drawn()), desc="heard", disable=None)


def training_recordings(esc10: Path | None, more: Path | None, names: "tuple[str, ...]") -> "list[Recording]":
    """Return the recordings that are for training, of `names` or of none; DataError for a folder that holds none.

    In the order in which `train sources` and `train namer` learn from them, by which some are held out.
    """
    from s2s.data.esc10 import TRAINING_FOLDS, UNKNOWN_CLASSES, read_recordings, read_unknown
    from s2s.data.scene_recordings import read_scene_recordings

    recordings = [] if esc10 is None else read_recordings(esc10, TRAINING_FOLDS, names)
    if esc10 is not None and any((esc10 / name).is_dir() for name in UNKNOWN_CLASSES):
        recordings += read_unknown(esc10, TRAINING_FOLDS)
    windows = [] if more is None else read_scene_recordings(more, "train", names)
    return [*recordings, *windows]
