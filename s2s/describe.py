"""A bundle in words, for `python -m s2s info` and for logs. Reads card and headers alone, without torch."""

import math
import textwrap
from pathlib import Path

from s2s.card import AUDIO_ENCODER, GENERATOR, IMAGE_ENCODER, SOURCE_HEADS, ModelCard, read_card
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


def _hearing(spec: SpectrogramSpec) -> str:
    seconds = spec.clip_samples / spec.sample_rate_hz
    return (
        f"{seconds:g} s of mono at {spec.sample_rate_hz} Hz as {spec.num_frames} frames of {spec.num_bins} bins, "
        f"{spec.normalisation} normalisation"
    )


def _networks(folder: Path, card: ModelCard) -> list[tuple[str, str]]:
    parts = (
        (AUDIO_ENCODER, card.audio_encoder),
        (SOURCE_HEADS, card.source_heads),
        (GENERATOR, card.generator),
        (IMAGE_ENCODER, card.image_encoder),
    )
    rows = []
    for name, sizes in parts:
        if sizes is not None:
            values = ", ".join(f"{key} {value}" for key, value in sizes.model_dump(mode="json").items())
            rows.append((Path(name).stem.replace("_", " "), f"{values}; {_size(folder / name)}"))
    return rows


def _size(path: Path) -> str:
    weights = sum(math.prod(entry.shape) for entry in read_header(path).values())
    return f"{weights:,} values, {path.stat().st_size / 1e6:.1f} MB"


def _row(label: str, text: str) -> str:
    first, others = f"{label:<{_LABEL_COLUMNS}} ", " " * (_LABEL_COLUMNS + 1)
    words = " ".join(text.split()) or "-"
    return textwrap.fill(words, _WIDTH_COLUMNS, initial_indent=first, subsequent_indent=others)
