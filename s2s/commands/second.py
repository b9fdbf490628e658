"""`second`: a bundle whose ears learn anew when a second thing is there -> a bundle. The networks stay as they are."""

import argparse
from dataclasses import replace
from itertools import islice
from pathlib import Path
from typing import TYPE_CHECKING, Final

from s2s.commands.arguments import Verbs, at_least
from s2s.commands.bundle import read_story
from s2s.commands.fresh_takes import fresh_takes
from s2s.commands.retold import add_card_words, load_naming, write_retold

if TYPE_CHECKING:
    from s2s.bundle import Bundle
    from s2s.training.augment.two_sounds import OfScene, TwoSounds

_AT_ONCE: Final = 16


def add_to(verbs: Verbs) -> None:
    """Add the verb."""
    about = (
        "a bundle that names things -> one that has learnt anew when a second thing is there, from fresh takes of the "
        "world and recordings, alone and two at once; the networks stay as they are"
    )
    verb = verbs.add_parser("second", help="learn anew when two things are heard", description=about)
    verb.add_argument("bundle", type=Path, metavar="BUNDLE")
    verb.add_argument("out", type=Path, metavar="OUT")
    verb.add_argument("--takes", type=at_least(1), default=30, help="of each scene (default 30)")
    verb.add_argument("--mixes", type=at_least(1), default=4_000, help="of two takes (default 4000)")
    verb.add_argument("--recordings", type=Path, metavar="FOLDER", help="ESC-10: adds folds 1 and 2, and their mixes")
    verb.add_argument("--more", type=Path, metavar="FOLDER", help="recordings of the scenes: adds two thirds of them")
    verb.add_argument("--recorded-mixes", type=at_least(1), default=1_000, help="of two recordings (default 1000)")
    add_card_words(verb)
    verb.set_defaults(run=_run)


def _run(args: argparse.Namespace) -> None:
    from s2s.training.augment.two_sounds import OfScene, TwoSounds

    story = read_story(args.story)
    model, heads = load_naming(args.bundle)
    takes = [OfScene(state.scene, sound) for state, sound in fresh_takes(heads.names, args.takes)]
    sets = [TwoSounds(takes, args.mixes)]
    if recorded := _recordings(args.recordings, args.more, heads.names):
        sets.append(TwoSounds(recorded, args.recorded_mixes, seed=1))
    model = with_second(model, sets)
    write_retold(model, story, args)


def with_second(model: "Bundle", sets: "list[TwoSounds]") -> "Bundle":
    """Return `model`, which names things, with heads that have learnt from `sets` when a second thing is there."""
    import torch
    from tqdm import tqdm

    from s2s.models.source_heads import SourceHeads, SourceReading
    from s2s.training.augment.two_sounds import in_rooms
    from s2s.training.stages.second_thing import SECOND_WINDOWS, fit_second

    old = model.source_heads
    assert old is not None
    as_before = old.names, old.map_dim, old.h_dim, old.hidden, old.whole
    heads = SourceHeads(*as_before, second_windows=SECOND_WINDOWS, of_place=old.of_place, by_level=old.by_level)
    heads.load_state_dict(old.state_dict(), strict=False)  # all but what they weighed a second thing by
    heads = heads.to(model.device).eval().requires_grad_(False)
    numbers = {name: number for number, name in enumerate(heads.names)}
    drawn = iter(tqdm((one for some in sets for one in some.drawn()), desc="heard", disable=None))
    generator, readings, labels = torch.Generator().manual_seed(0), [], []
    while few := list(islice(drawn, _AT_ONCE)):  # five thousand sounds at once are gigabytes
        labels += [[*(numbers[scene] for scene in scenes), -1][:2] for scenes, _ in few]
        inputs = in_rooms([sound for _, sound in few], model.spec, generator)
        with torch.inference_mode():
            features = model.audio_encoder.features(inputs.to(model.device))
            reading = heads.read(heads.summary(features))
            readings.append([one.cpu() for one in (reading.logits, reading.distance, heads.in_windows(features))])
    reading = SourceReading(*(torch.cat(part) for part in zip(*readings, strict=True)))
    fit_second(heads, reading, torch.tensor(labels))
    sizes = model.card.source_heads
    assert sizes is not None
    told = sizes.model_copy(update={"weighs_second": False, "second_windows": SECOND_WINDOWS})
    card = model.card.model_copy(update={"source_heads": told})
    return replace(model, card=card, source_heads=heads)


def _recordings(esc10: Path | None, more: Path | None, names: "tuple[str, ...]") -> "list[OfScene]":
    """Return the recordings of training that are of `names`; DataError for a folder that holds none."""
    from s2s.data.esc10 import TRAINING_FOLDS, read_recordings
    from s2s.data.scene_recordings import read_scene_recordings
    from s2s.training.augment.two_sounds import OfScene

    recordings = [] if esc10 is None else read_recordings(esc10, TRAINING_FOLDS, names)
    windows = [] if more is None else read_scene_recordings(more, "train", names)
    return [OfScene(one.scene, one.sound) for one in (*recordings, *windows) if one.scene in names]
