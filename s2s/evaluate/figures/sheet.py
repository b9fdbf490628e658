"""A figure before it is a file: pixels, a caption, and the sounds that it shows. Pure."""

import hashlib
import math
import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Final

import numpy as np

from s2s.bundle import Bundle
from s2s.media.montage import PAPER, Pixels
from s2s.media.tiles import spectrogram_picture
from s2s.sampling.figures.sweeps import decibels
from s2s.sampling.manipulate import Sound

_CELL_PX: Final = 256  # of a spectrogram, across
_GAP_PX: Final = 12


@dataclass(frozen=True, slots=True, eq=False)
class Sheet:
    """`pixels` [h, w, 3], what is seen in words, and mono `sounds` [n] at the model's rate by name."""

    pixels: Pixels
    caption: str
    sounds: Mapping[str, Sound] = field(default_factory=dict)


def heard_cell(sound: Sound, model: Bundle) -> Pixels:
    """Return the spectrogram of a sound in the shape of the model's pictures."""
    height_px = round(_CELL_PX * model.generator.height / model.generator.width)
    return spectrogram_picture(sound, model.spec, width_px=_CELL_PX, height_px=height_px)


def sound_name(*words: str) -> str:
    """Return words as a name that any file system takes: "dog", "-12 dB" becomes "dog-minus-12-db".

    Letters that not all take are left out; a few digits then tell the name from others that are left with the same.
    """
    text = " ".join(words).lower().replace("+", " and ")
    name = re.sub(r"[^a-z0-9]+", "-", re.sub(r"-(?=\d)", "minus ", text)).strip("-") or "sound"
    lost = any(letter.isalnum() and not letter.isascii() for letter in text)
    return f"{name}-{hashlib.sha256(text.encode()).hexdigest()[:6]}" if lost else name


def gain_name(gain_db: float) -> str:
    """Return a gain as names of files have it."""
    return "off" if gain_db == -math.inf else decibels(gain_db).replace("+", "plus ")


def side_by_side(sheets: Sequence[Pixels]) -> Pixels:
    """Return sheets [h, w, 3] beside one another, shorter ones on paper."""
    height = max(len(sheet) for sheet in sheets)
    parts = []
    for sheet in sheets:
        part = np.full((height, sheet.shape[1] + _GAP_PX, 3), PAPER, np.uint8)
        part[: len(sheet), : sheet.shape[1]] = sheet
        parts.append(part)
    return np.concatenate(parts, axis=1)[:, :-_GAP_PX]


def above_each_other(sheets: Sequence[Pixels]) -> Pixels:
    """Return sheets [h, w, 3] under one another, narrower ones on paper."""
    turned = side_by_side([sheet.transpose(1, 0, 2) for sheet in sheets])
    return np.ascontiguousarray(turned.transpose(1, 0, 2))
