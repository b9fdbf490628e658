"""Material made up for the tests: three classes of noise and colour, in seconds."""

from dataclasses import replace

import numpy as np
from numpy.typing import NDArray

from s2s.bundle import Bundle
from s2s.evaluate.figures.material import FigureMaterial, Films, Gallery, LabelledClip
from s2s.evaluate.heard_pictures import see
from s2s.selection.selectors import ByLoudness
from tests.s2s.selection.clips import MadeUp

LABELS = ("bee", "hen", "sea")


def noise(seed: int) -> NDArray[np.float32]:
    return np.random.default_rng(seed).normal(0.0, 0.1, 4000).astype(np.float32)


def made_up(model: Bundle, each: int = 4) -> FigureMaterial:
    """Return material for every figure but the one of a model that was trained without some classes."""
    rng = np.random.default_rng(0)
    pictures = rng.integers(0, 256, (len(LABELS) * each, 32, 32, 3), np.uint8)
    clips = [
        LabelledClip(f"{label} {number}", label, noise(number), pictures[number])
        for number, label in enumerate(LABELS * each)
    ]
    films = Films(MadeUp(2), ["clip-0", "clip-1"], ByLoudness(128))
    return FigureMaterial(
        "sounds made up",
        clips,
        gallery=Gallery(pictures, see(model, pictures)),
        films=films,
    )


def bare(model: Bundle) -> FigureMaterial:
    """Return the same with nothing but sounds and pictures."""
    return replace(made_up(model), gallery=None, films=None)
