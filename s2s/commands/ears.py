"""`ears`: a bundle with the ears of a finished stage `sources` -> a bundle."""

import argparse
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING

from s2s.commands.arguments import Verbs, at_least
from s2s.commands.bundle import read_story
from s2s.commands.retold import add_card_words, write_retold

if TYPE_CHECKING:
    from s2s.bundle import Bundle


def add_to(verbs: Verbs) -> None:
    """Add the verb."""
    about = "a bundle with other ears: f_A and heads of the finished stage `sources` -> a bundle"
    verb = verbs.add_parser("ears", help=about, description=about)
    verb.add_argument("bundle", type=Path, metavar="BUNDLE", help="whose generator and image encoder are kept")
    verb.add_argument("ears", type=Path, metavar="EARS", help="what `train sources` left, trained with the same f_V")
    verb.add_argument("out", type=Path, metavar="OUT")
    heard = "of each scene, by which a memory learns again how nearness is heard (default 20)"
    verb.add_argument("--takes", type=at_least(2), default=20, help=heard)
    add_card_words(verb)
    verb.set_defaults(run=_run)


def _run(args: argparse.Namespace) -> None:
    from s2s import bundle
    from s2s.models.memory_generator import MemoryGenerator
    from s2s.training.inputs.known_states import heard_nearness

    story = read_story(args.story)
    model = with_ears(bundle.load(args.bundle), args.ears)
    if isinstance(model.generator, MemoryGenerator) and model.knows_states:
        model.generator.nearness_line.copy_(heard_nearness(model, args.takes))
    write_retold(model, story, args)


def with_ears(model: "Bundle", folder: Path) -> "Bundle":
    """Return `model` with f_A, its heads and its input as the finished stage in `folder` left them.

    Raises FileNotFoundError, and ValueError where they answer in another space.
    """
    from s2s.card import SourceHeadsSizes
    from s2s.training.stages.audio_encoder import load_audio_encoder
    from s2s.training.stages.sources import load_source_heads

    f_A, spec = load_audio_encoder(folder)
    heads = load_source_heads(folder)
    if f_A.embedding_dim != model.generator.h_dim:
        raise ValueError(
            f"{folder} answers with {f_A.embedding_dim} numbers, this generator takes {model.generator.h_dim}"
        )
    changes = {
        "spectrogram": spec,
        "audio_encoder": model.card.audio_encoder.model_copy(update={"width": f_A.width}),
        "source_heads": SourceHeadsSizes(
            names=heads.names,
            map_dim=heads.map_dim,
            h_dim=heads.h_dim,
            hidden=heads.hidden,
            weighs_second=heads.weighs_second,
            second_windows=heads.second_windows,
            by_level=heads.by_level,
        ),
    }
    card = model.card.model_copy(update=changes)
    return _with_marks_of(model, replace(model, card=card, audio_encoder=f_A, source_heads=heads))


def _with_marks_of(old: "Bundle", new: "Bundle") -> "Bundle":
    """Return `new` with the marks that the heads of `old` share with its memory, where both name the same things."""
    from s2s.models.source_heads import SourceHeads

    before, heads, sizes = old.source_heads, new.source_heads, new.card.source_heads
    assert heads is not None and sizes is not None
    if before is None or not before.marked or before.names != heads.names:
        return new
    told = sizes.model_copy(update={"marked": True})
    carrying = SourceHeads(**told.model_dump(exclude={"architecture"}))
    carrying.load_state_dict({**heads.state_dict(), "marks": before.marks})
    card = new.card.model_copy(update={"source_heads": told})
    return replace(new, card=card, source_heads=carrying.eval().requires_grad_(False))
