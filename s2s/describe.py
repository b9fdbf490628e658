"""A bundle in words, for `python -m s2s info` and for logs. Reads card and headers alone, without torch."""

import math
import textwrap
from pathlib import Path
from typing import Any

from pydantic import BaseModel

from s2s.card import AUDIO_ENCODER, GENERATOR, IMAGE_ENCODER, SOURCE_HEADS, MemorySizes, ModelCard, read_card
from s2s.spectrogram_spec import SpectrogramSpec
from s2s.weight_headers import read_header

_LABEL_COLUMNS = 15
_WIDTH_COLUMNS = 100


def describe(path: Path | str) -> str:
    """Return what the bundle in folder `path` is, several lines; raises BundleError."""
    folder = Path(path)
    card = read_card(folder)
    rows = [
        ("licence", card.licence),
        ("provenance", card.provenance),
        ("data", card.data),
        ("hears", _hearing(card.spectrogram)),
        *_networks(folder, card),
        *((name, f"{value:g}" if isinstance(value, float) else value) for name, value in card.metrics.items()),
    ]
    return "\n".join([f"{card.name} {card.version}", *(_row(label, text) for label, text in rows)])


def describe_short(path: Path | str) -> str:
    """Return the bundle in folder `path` at one glance: what it hears, names, paints and sees, and how large it is.

    Raises BundleError.
    """
    folder = Path(path)
    card = read_card(folder)
    spec, sizes, heads = card.spectrogram, card.generator, card.source_heads
    names = "nothing" if heads is None else f"{len(heads.names)} things: {', '.join(heads.names)}"
    width, height = (sizes.width, sizes.height) if isinstance(sizes, MemorySizes) else (sizes.resolution,) * 2
    seen = "nothing" if card.image_encoder is None else "images, so that they can be blended, found again and retrieved"
    files = _weights(folder, card)
    values, size = (sum(one[key] for one in files.values()) for key in ("values", "bytes"))
    rows = [
        ("hears", f"{spec.clip_samples / spec.sample_rate_hz:g} s at {spec.sample_rate_hz} Hz"),
        ("names", names),
        ("paints", f"{width}×{height} pixels, architecture {sizes.architecture}"),
        ("sees", seen),
        ("weights", f"{values:,} values, {size / 1e6:.1f} MB"),
    ]
    return "\n".join([f"{card.name} {card.version}, {card.licence}", *(_row(label, text) for label, text in rows)])


def as_document(path: Path | str) -> dict[str, Any]:
    """Return the whole card of the bundle in folder `path`, and its weights by file, as plain values.

    Raises BundleError.
    """
    folder = Path(path)
    card = read_card(folder)
    return {**card.model_dump(mode="json"), "weights": _weights(folder, card)}


def _weights(folder: Path, card: ModelCard) -> dict[str, dict[str, int]]:
    """Return how many values and bytes each file of weights holds."""
    return {
        name: {"values": _num_values(folder / name), "bytes": (folder / name).stat().st_size}
        for name, sizes in _parts(card)
        if sizes is not None
    }


def _hearing(spec: SpectrogramSpec) -> str:
    seconds = spec.clip_samples / spec.sample_rate_hz
    return (
        f"{seconds:g} s of mono at {spec.sample_rate_hz} Hz as {spec.num_frames} frames of {spec.num_bins} bins, "
        f"{spec.normalisation} normalisation"
    )


def _parts(card: ModelCard) -> tuple[tuple[str, BaseModel | None], ...]:
    """Return the files of weights that a bundle may have, each with its network's sizes where it has it."""
    return (
        (AUDIO_ENCODER, card.audio_encoder),
        (SOURCE_HEADS, card.source_heads),
        (GENERATOR, card.generator),
        (IMAGE_ENCODER, card.image_encoder),
    )


def _networks(folder: Path, card: ModelCard) -> list[tuple[str, str]]:
    rows = []
    for name, sizes in _parts(card):
        if sizes is not None:
            values = ", ".join(f"{key} {value}" for key, value in sizes.model_dump(mode="json").items())
            rows.append((Path(name).stem.replace("_", " "), f"{values}; {_size(folder / name)}"))
    return rows


def _size(path: Path) -> str:
    return f"{_num_values(path):,} values, {path.stat().st_size / 1e6:.1f} MB"


def _num_values(path: Path) -> int:
    return sum(math.prod(entry.shape) for entry in read_header(path).values())


def _row(label: str, text: str) -> str:
    first, others = f"{label:<{_LABEL_COLUMNS}} ", " " * (_LABEL_COLUMNS + 1)
    words = " ".join(text.split()) or "-"
    return textwrap.fill(words, _WIDTH_COLUMNS, initial_indent=first, subsequent_indent=others)
