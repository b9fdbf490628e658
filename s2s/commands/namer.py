"""`namer`: a bundle whose names are heard by a network of its own besides -> a bundle. f_A and G stay as they are."""

import argparse
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING, Final

from s2s.commands.arguments import Verbs, at_least
from s2s.commands.bundle import read_story
from s2s.commands.retold import add_card_words, load_naming, write_retold
from s2s.commands.second import add_sounds, all_drawn, sets_of, training_recordings

if TYPE_CHECKING:
    from s2s.bundle import Bundle
    from s2s.data.clip_source import Sound
    from s2s.models.source_heads import SourceHeads
    from s2s.training.augment.two_sounds import TwoSounds

_FIRST_UNKNOWN: Final = 6_900_000  # of no data that a model of ours was trained with
_NO_SCENE: Final = ""
_ROUNDS: Final = 3  # hearings of each recording that no network has learnt from, in as many rooms


def add_to(verbs: Verbs) -> None:
    """Add the verb."""
    about = (
        "a bundle that names things, and what `train namer` left -> one whose names both have a say in; what each "
        "counts, how sure that is and when a second thing is there is learnt from fresh takes and recordings"
    )
    verb = verbs.add_parser("namer", help="let a network of its own hear names", description=about)
    verb.add_argument("bundle", type=Path, metavar="BUNDLE")
    verb.add_argument("namer", type=Path, metavar="NAMER", help="what `train namer` left")
    verb.add_argument("out", type=Path, metavar="OUT")
    add_sounds(verb)
    unknown = "made-up sounds of none of the scenes, by which it learns how sure it may be (default 160)"
    verb.add_argument("--unknown", type=at_least(1), default=160, help=unknown)
    add_card_words(verb)
    verb.set_defaults(run=_run)


def _run(args: argparse.Namespace) -> None:
    story = read_story(args.story)
    model, _ = load_naming(args.bundle)
    model = with_namer(model, args.namer)
    heads = model.source_heads
    assert heads is not None
    learn_names(model, heads, args)
    write_retold(model, story, args)


def with_namer(model: "Bundle", folder: Path) -> "Bundle":
    """Return `model` with heads that have the namer in `folder` besides, as yet believed as much as the detectors.

    Raises ValueError where the two do not hear the same spectrogram.
    """
    from s2s.models.source_heads import SourceHeads
    from s2s.training.stages.namer import load_namer
    from s2s.training.stages.second_thing import SECOND_WINDOWS

    old, sizes = model.source_heads, model.card.source_heads
    assert old is not None and sizes is not None
    namer, heard = load_namer(folder)
    as_heard = replace(model.spec, normalisation=heard.normalisation, mean=heard.mean, deviation=heard.deviation)
    if heard != as_heard or model.spec.normalisation != "fixed":
        raise ValueError(f"{folder} hears {heard}, {model.path} hears {model.spec}: expected the same, at fixed levels")
    if namer.num_names != len(old.names):
        raise ValueError(f"{folder} knows {namer.num_names} names, {model.path} {len(old.names)}")
    changes = {"namer": namer.channels, "weighs_second": False, "second_windows": SECOND_WINDOWS}
    told = sizes.model_copy(update=changes)
    heads = SourceHeads(**told.model_dump(exclude={"architecture"}))
    known = {key: value for key, value in old.state_dict().items() if not key.startswith(("second.", "namer"))}
    heads.load_state_dict(known | {f"namer.{key}": value for key, value in namer.state_dict().items()}, strict=False)
    heads = heads.to(model.device).eval().requires_grad_(False)
    card = model.card.model_copy(update={"source_heads": told})
    return replace(model, card=card, source_heads=heads)


def learn_names(model: "Bundle", heads: "SourceHeads", args: argparse.Namespace) -> None:
    """Teach `heads` of `model` what each that names counts, when a second thing is there, and how sure they may be."""
    from s2s.training.stages.naming import fit_certainty, fit_name_shares, hear_named
    from s2s.training.stages.second_thing import fit_second

    sets = sets_of(args, heads.names)
    sounds = hear_named(model, heads, all_drawn(sets))
    to_be_sure_of = hear_named(model, heads, _not_trained_with(sets[0], args, heads.names), seed=1)
    heads.cpu()
    fit_name_shares(heads, sounds)
    fit_second(heads, sounds.read_by(heads), sounds.labels)
    fit_certainty(heads, to_be_sure_of)
    heads.to(model.device)


def _not_trained_with(
    takes: "TwoSounds", args: argparse.Namespace, names: "tuple[str, ...]"
) -> "Iterator[tuple[tuple[str, ...], Sound]]":
    """Yield sounds that no network was trained with, and what of `names` they are: takes, held-out recordings, and
    sounds of none of the scenes, made up and recorded.
    """
    from s2s.training.augment.two_sounds import OfScene, TwoSounds
    from s2s.training.inputs.scene_sound_sources import splits_of
    from s2s.world.sounds.unknown import synthesize_unknown

    recordings = training_recordings(args.recordings, args.more, names)
    held_out = [one for one, split in zip(recordings, splits_of(recordings), strict=True) if split == "val"]
    sounds = [*takes.sounds, *(OfScene(one.scene, one.sound) for one in held_out for _ in range(_ROUNDS))]
    sounds += [OfScene(_NO_SCENE, synthesize_unknown(_FIRST_UNKNOWN + number)) for number in range(args.unknown)]
    for (scene,), sound in TwoSounds(sounds, 0, seed=2).drawn():
        yield (scene,) if scene in names else (), sound
