"""A bundle whose parts stay or were changed in place, written under another card: `ears`, `second` and their like."""

import argparse
from collections.abc import Mapping
from pathlib import Path
from typing import TYPE_CHECKING, cast

if TYPE_CHECKING:
    from s2s.bundle import Bundle
    from s2s.models.source_heads import SourceHeads


def add_card_words(verb: argparse.ArgumentParser) -> None:
    """Add what a new card says: name, version and story."""
    verb.add_argument("--name", default="Small world")
    verb.add_argument("--version", default="1")
    verb.add_argument("--story", type=Path, required=True, help="YAML with `provenance` and `data`, for the card")


def load_naming(folder: Path) -> "tuple[Bundle, SourceHeads]":
    """Return the bundle in `folder` and its heads that name things; ValueError for one without."""
    from s2s import bundle

    model = bundle.load(folder)
    if model.source_heads is None:
        raise ValueError(f"{folder}: expected a bundle whose ears name things, this one names none")
    return model, model.source_heads


def write_retold(model: "Bundle", story: Mapping[str, str], args: argparse.Namespace) -> None:
    """Write `model` to `args.out` with a card of `story` and the words in `args`, unmeasured; say how large it is."""
    from torch import nn

    from s2s import bundle

    card = model.card.model_copy(update={"name": args.name, "version": args.version, "metrics": {}, **story})
    bundle.save(
        args.out,
        card,
        audio_encoder=model.audio_encoder,
        generator=cast(nn.Module, model.generator),
        image_encoder=cast(nn.Module | None, model.image_encoder),
        source_heads=model.source_heads,
        half=True,
    )
    files = [path for path in args.out.iterdir() if path.is_file()]
    print(f"{args.out}: {sum(path.stat().st_size for path in files) / 1e6:.1f} MB")
