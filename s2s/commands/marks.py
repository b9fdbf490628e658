"""`marks`: a bundle whose ears name things and whose generator recalls -> one whose memory knows what it shows."""

import argparse
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING

from s2s.commands.arguments import Verbs, at_least
from s2s.commands.bundle import read_story
from s2s.commands.retold import add_card_words, load_naming, write_retold

if TYPE_CHECKING:
    from collections.abc import Sequence

    from s2s.bundle import Bundle
    from s2s.training.inputs.pair_moments import Moment


def add_to(verbs: Verbs) -> None:
    """Add the verb."""
    about = (
        "a bundle that names things and recalls the world's moments -> one in which a named thing recalls moments of "
        "its own: both carry one mark; nothing is trained"
    )
    verb = verbs.add_parser("marks", help="let a memory know which thing each moment shows", description=about)
    verb.add_argument("bundle", type=Path, metavar="BUNDLE")
    verb.add_argument("out", type=Path, metavar="OUT")
    drawn = "what `pairs` or `memory` chose its moments of two things from (default 40)"
    verb.add_argument("--drawn", type=at_least(1), default=40, help=drawn)
    add_card_words(verb)
    verb.set_defaults(run=_run)


def _run(args: argparse.Namespace) -> None:
    from s2s.models.memory_generator import MemoryGenerator
    from s2s.training.inputs.pair_moments import plainest_moments
    from s2s.world.composition import composable_pairs

    story = read_story(args.story)
    model, _ = load_naming(args.bundle)
    if not isinstance(model.generator, MemoryGenerator) or model.generator.of_place:
        raise ValueError(f"{args.bundle}: expected a generator that recalls the world's moments alone")
    each = -(-model.generator.pairs // len(composable_pairs()))
    pairs = plainest_moments(each, max(each, args.drawn)) if each else []
    write_retold(with_marks(model, pairs), story, args)


def with_marks(model: "Bundle", pairs: "Sequence[Moment]") -> "Bundle":
    """Return `model` with marks on its keys and in its heads; `pairs` are its moments of two things.

    Moments of one thing are taken to be the world's, its scenes in turn. Raises ValueError where either is not so, and
    for a bundle that has marks.
    """
    import torch

    from s2s.models.memory_generator import MemoryGenerator
    from s2s.models.source_heads import SourceHeads
    from s2s.training.stages.key_marks import carry_marks, draw_marks
    from s2s.world.state import SCENES

    old, sizes, generator = model.source_heads, model.card.source_heads, model.generator
    assert old is not None and sizes is not None and isinstance(generator, MemoryGenerator)
    if old.marked:
        raise ValueError(f"{model.path} has marks already")
    if len(pairs) != generator.pairs:
        raise ValueError(f"{model.path} keeps {generator.pairs} moments of two things, expected {len(pairs)}")
    told = sizes.model_copy(update={"marked": True})
    heads = SourceHeads(**told.model_dump(exclude={"architecture"}))
    kept = [generator.keys, *(generator.pair_keys if generator.pairs else ())]
    marks = draw_marks(torch.cat([keys.cpu() for keys in kept]), len(old.names))
    heads.load_state_dict({**old.state_dict(), "marks": marks})
    alone = [SCENES[moment % len(SCENES)] for moment in range(len(generator.keys))]
    carry_marks(generator, heads, alone, [(place.scene, thing.scene) for place, thing in pairs])
    heads = heads.to(model.device).eval().requires_grad_(False)
    card = model.card.model_copy(update={"source_heads": told})
    return replace(model, card=card, source_heads=heads)
