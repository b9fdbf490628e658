"""`pairs`: a bundle whose memory keeps other moments of two things -> a bundle. What it hears by stays as it is."""

import argparse
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING

from s2s.commands.arguments import Verbs, at_least
from s2s.commands.bundle import read_story
from s2s.commands.retold import add_card_words, write_retold

if TYPE_CHECKING:
    from s2s.models.autoencoder import CodeDecoder


def add_to(verbs: Verbs) -> None:
    """Add the verb."""
    about = (
        "a bundle whose generator recalls -> one that keeps moments of two things anew, those that show both most "
        "plainly of many that are drawn; nothing else changes"
    )
    verb = verbs.add_parser("pairs", help="keep moments of two things anew", description=about)
    verb.add_argument("bundle", type=Path, metavar="BUNDLE")
    verb.add_argument("out", type=Path, metavar="OUT")
    verb.add_argument("--autoencoder", type=Path, required=True, metavar="FOLDER", help="that painted BUNDLE's moments")
    verb.add_argument("--each", type=at_least(1), default=8, help="kept of every two scenes (default 8)")
    verb.add_argument("--drawn", type=at_least(1), default=40, help="of every two scenes, to choose from (default 40)")
    add_card_words(verb)
    verb.set_defaults(run=_run)


def _run(args: argparse.Namespace) -> None:
    from s2s import bundle
    from s2s.models.image_encoder import ImageEncoder
    from s2s.models.memory_generator import MemoryGenerator
    from s2s.training.inputs.pair_moments import plainest_moments
    from s2s.training.stages.autoencoder import load_autoencoder
    from s2s.training.stages.key_marks import carry_marks
    from s2s.training.stages.pair_memory import encode_moments, with_pairs

    story = read_story(args.story)
    old = bundle.load(args.bundle)
    f_V = old.image_encoder
    if not isinstance(old.generator, MemoryGenerator) or not isinstance(f_V, ImageEncoder):
        raise ValueError(f"{args.bundle}: expected a generator that recalls, and a small image encoder of its own")
    autoencoder = load_autoencoder(args.autoencoder)
    if not _paints_alike(old.generator.decoder, autoencoder.decoder):
        raise ValueError(f"{args.autoencoder}: expected the autoencoder that {args.bundle} paints by, got another")
    moments = plainest_moments(args.each, args.drawn)
    size_px = old.generator.width, old.generator.height
    generator = with_pairs(old.generator, encode_moments(moments, size_px, autoencoder, f_V))
    if old.source_heads is not None and old.source_heads.marked:
        carry_marks(generator, old.source_heads, (), [(place.scene, thing.scene) for place, thing in moments])
    sizes = old.card.generator.model_copy(update={"pairs": generator.pairs})
    card = old.card.model_copy(update={"generator": sizes})
    write_retold(replace(old, card=card, generator=generator), story, args)


def _paints_alike(one: "CodeDecoder", other: "CodeDecoder") -> bool:
    """Return whether two decoders have the same weights, to half precision, in which a bundle keeps them."""
    weights, others = one.state_dict(), other.state_dict()
    return weights.keys() == others.keys() and all(
        value.half().equal(others[key].half()) for key, value in weights.items()
    )
