"""Old model against new, on recordings that neither was trained on. Pure but for the networks.

The score of a clip is half of how much nearer to the front its own frame comes among all held-out frames (place, 0 the
first, 1 the last) and half of how much nearer it lies (cosine). The frames were chosen by the old model, which favours
it: a new one that is better all the same is.
"""

import math
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final, Literal

import numpy as np
import torch
import torch.nn.functional as F
from numpy.typing import NDArray
from scipy import stats
from torch import Tensor

from s2s.bundle import Bundle
from s2s.metrics.frechet import frechet_distance
from s2s.sampling.embed import as_seen
from s2s.sampling.noise import draw_noise
from s2s.training.losses.objectives import audio_visual_info_nce

Word = Literal["better", "no clear difference", "worse"]
Numbers = NDArray[np.float64]

_DRAWS: Final = 4000
_CONFIDENCE: Final = 0.95
_AT_ONCE: Final = 16
_CHANCE: Final = 0.5
_ALIKE: Final = 1e-7  # a cosine of float32 features is no more exact


@dataclass(frozen=True, slots=True, eq=False)
class RetrievalScores:
    """How well one model's sounds retrieve n held-out frames: `place` [n] of the own frame, 0..1; `cosine` [n] with it.

    `recall_1` is how often it comes first, `l_total` the paper's loss over all of them at its temperature, 1.
    `agreement` is how often the nearest class is the clip's own, None where no class is known.
    """

    place: Numbers
    cosine: Numbers
    recall_1: float
    l_total: float
    agreement: float | None = None

    def summary(self) -> dict[str, float]:
        """Return the means as plain numbers."""
        summary = {
            "recall at 1": self.recall_1,
            "mean place": float(self.place.mean()),
            "mean cosine": float(self.cosine.mean()),
            "L_total": self.l_total,
        }
        if self.agreement is not None:
            summary["class agreement"] = self.agreement
        return {name: round(value, 4) for name, value in summary.items()}


def retrieval_scores(audio: Tensor, image: Tensor) -> RetrievalScores:
    """Compare embeddings [n, d] of sounds with the features [n, d] of their frames; n is at least two."""
    assert audio.shape == image.shape and len(audio) > 1, f"{tuple(audio.shape)} against {tuple(image.shape)}"
    cosines = F.normalize(audio.double(), dim=1) @ F.normalize(image.double(), dim=1).T
    own = cosines.diagonal()[:, None]
    nearer = (cosines > own + _ALIKE).sum(dim=1).double()
    # Of the frames of a fixed camera, all alike, half count as nearer.
    alike = ((cosines - own).abs() <= _ALIKE).sum(dim=1).double() - 1
    place = (nearer + alike / 2) / (len(audio) - 1)
    return RetrievalScores(
        place.numpy(),
        own[:, 0].numpy(),
        float((place == 0).double().mean()),
        float(audio_visual_info_nce(audio, image)),
    )


def class_agreement(audio: Tensor, labels: NDArray[np.int64], centroids: Tensor) -> float | None:
    """Return how often the nearest of the unit `centroids` [classes, d] is the clip's own; -1 marks no class."""
    known = torch.from_numpy(labels >= 0)
    if not known.any() or not len(centroids):
        return None
    nearest = (F.normalize(audio, dim=1) @ centroids.T).argmax(dim=1)
    return float((nearest == torch.from_numpy(labels))[known].double().mean())


@dataclass(frozen=True, slots=True)
class Verdict:
    """`gain` is the mean score, above 0 where the new model is better, `low` and `high` its 95 % interval."""

    word: Word
    gain: float
    low: float
    high: float


def compare(old: RetrievalScores, new: RetrievalScores, recordings: Sequence[str], seed: int = 0) -> Verdict:
    """Compare clip by clip; better is what is so with 95 % confidence, in place and cosine alike,
    and tells frames apart better than chance.

    Recordings are drawn anew with all of their clips, since those of one recording are alike. The interval takes
    Student's t for so many recordings times the bootstrap's standard error: of few recordings percentiles alone are
    too sure (Hesterberg 2015, "What teachers should know about the bootstrap").
    """
    nearer, closer = old.place - new.place, new.cosine - old.cosine
    gains = (nearer + closer) / 2
    names, of = np.unique(np.asarray(recordings), return_inverse=True)
    sums, counts = np.bincount(of, gains), np.bincount(of)
    gain = float(gains.mean())
    if len(names) < 2:
        return Verdict("no clear difference", gain, -math.inf, math.inf)
    draws = np.random.default_rng(seed).integers(len(names), size=(_DRAWS, len(names)))
    means = sums[draws].sum(axis=1) / counts[draws].sum(axis=1)
    few = math.sqrt(len(names) / (len(names) - 1))  # the bootstrap divides by n
    reach = float(stats.t.ppf((1 + _CONFIDENCE) / 2, len(names) - 1) * few * means.std())
    low, high = gain - reach, gain + reach
    word: Word = "no clear difference"
    # All sounds may move to the middle of all frames: nearer to their own, and as near to every other.
    tells_apart = new.place.mean() < _CHANCE
    if low > 0 and nearer.mean() >= 0 and closer.mean() >= 0 and tells_apart:
        word = "better"
    elif high < 0:
        word = "worse"
    return Verdict(word, gain, low, high)


@dataclass(frozen=True, slots=True)
class GeneratorScores:
    """How a generator paints n held-out frames from their own features.

    `frechet` is the distance of what it paints from the frames, `cosine` that of each to its own; both in f_V.
    """

    frechet: float
    cosine: float

    def is_better_than(self, other: "GeneratorScores") -> bool:
        """Whether both numbers are."""
        return self.frechet < other.frechet and self.cosine > other.cosine


@torch.inference_mode()
def generator_scores(model: Bundle, features: Tensor, seed: int = 0) -> GeneratorScores:
    """Measure the generator of `model` on the features [n, d] of held-out frames."""
    assert model.image_encoder is not None
    h = F.normalize(features, dim=1)
    z = draw_noise(len(h), model.generator.z_dim, seed=seed)
    seen = torch.cat(
        [
            model.image_encoder.encode(as_seen(model, model.generator(a.to(model.device), b.to(model.device))))
            .float()
            .cpu()
            for a, b in zip(torch.split(z, _AT_ONCE), torch.split(h, _AT_ONCE), strict=True)
        ]
    )
    seen = F.normalize(seen, dim=1)
    return GeneratorScores(frechet_distance(seen, h), float((seen * h).sum(dim=1).mean()))
