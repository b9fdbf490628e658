"""`nearness`: a bundle whose ears learn anew how near a named thing is, by how loud it is -> a bundle."""

import argparse
from collections.abc import Iterable
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
    from s2s.world.state import SceneState


def add_to(verbs: Verbs) -> None:
    """Add the verb."""
    about = (
        "a bundle that names things -> one whose ears have learnt, from fresh takes of the world, how near each is by "
        "how loud it is; the networks stay as they are"
    )
    verb = verbs.add_parser("nearness", help="learn anew how near things are", description=about)
    verb.add_argument("bundle", type=Path, metavar="BUNDLE")
    verb.add_argument("out", type=Path, metavar="OUT")
    verb.add_argument("--takes", type=at_least(2), default=60, help="of each scene (default 60)")
    add_card_words(verb)
    verb.set_defaults(run=_run)


def _run(args: argparse.Namespace) -> None:
    story = read_story(args.story)
    model, heads = load_naming(args.bundle)
    write_retold(with_nearness(model, fresh_takes(heads.names, args.takes)), story, args)


def with_nearness(model: "Bundle", takes: "Iterable[tuple[SceneState, Sound]]") -> "Bundle":
    """Return `model`, which names things, with heads that read nearness off the level, as `takes` have it."""
    import torch

    from s2s.clip_levels import clip_levels_db
    from s2s.models.source_heads import SourceHeads
    from s2s.spectrogram import fit_clip, log_power
    from s2s.training.stages.nearness import fit_nearness

    old, sizes = model.source_heads, model.card.source_heads
    assert old is not None and sizes is not None
    told = sizes.model_copy(update={"by_level": True})
    heads = SourceHeads(**told.model_dump(exclude={"architecture"}))
    heads.load_state_dict(old.state_dict(), strict=False)  # all but what is learnt here
    numbers = {name: number for number, name in enumerate(heads.names)}
    levels_db, labels, nearness = [], [], []
    for state, sound in takes:
        levels_db.append(clip_levels_db(log_power(fit_clip(sound, model.spec), model.spec), model.spec))
        labels.append(numbers[state.scene])
        nearness.append(state.nearness)
    fit_nearness(heads, torch.stack(levels_db), torch.tensor(labels), torch.tensor(nearness))
    heads = heads.to(model.device).eval().requires_grad_(False)
    card = model.card.model_copy(update={"source_heads": told})
    return replace(model, card=card, source_heads=heads)
