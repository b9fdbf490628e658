"""Old model against new, on recordings that neither was trained on. Pure but for the networks.

Where classes are known, the score of a clip is whether the nearest of the evening's pictures is of its own class (hit):
what a visitor sees. Where none are, it is half of how much nearer to the front its own frame comes among all held-out
frames (place, 0 the first, 1 the last) and half of how much nearer it lies (cosine).
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
_POWER: Final = 0.8  # how often as many recordings as are asked for would tell a difference of this size
_OUT_OF_REACH: Final = 40  # times as many recordings


@dataclass(frozen=True, slots=True, eq=False)
class RetrievalScores:
    """How well one model's sounds retrieve n held-out frames: `place` [n] of the own frame, 0..1; `cosine` [n] with it.

    `recall_1` is how often it comes first, `l_total` the paper's loss over all of them at its temperature, 1.
    `agreement` is how often the nearest class is the clip's own, None where no class is known. `hits` [n] are 1 where
    the nearest picture is of the clip's class, 0 where not, NaN for a clip of no class; None where no class is known.
    """

    place: Numbers
    cosine: Numbers
    recall_1: float
    l_total: float
    agreement: float | None = None
    hits: Numbers | None = None

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
        if self.hits is not None:
            summary["class of the nearest picture"] = float(np.nanmean(self.hits))
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


def class_hits(audio: Tensor, labels: NDArray[np.int64], pictures: Tensor, kinds: NDArray[np.int64]) -> Numbers | None:
    """Return whether the nearest of unit `pictures` [m, d] of classes `kinds` [m] is of each clip's class `labels` [n].

    -1 marks no class; such pictures are left out. None where one class at most is known of clips or of pictures.
    """
    known = kinds >= 0
    if len(np.unique(kinds[known])) < 2 or not (labels >= 0).any():
        return None
    nearest = (F.normalize(audio, dim=1) @ pictures[torch.from_numpy(known)].T).argmax(dim=1).numpy()
    return np.where(labels >= 0, (kinds[known][nearest] == labels).astype(np.float64), np.nan)


@dataclass(frozen=True, slots=True)
class Verdict:
    """`gain` is the mean score, above 0 where the new model is better, `low` and `high` its 95 % interval.

    `recordings` were compared with. Where they cannot tell, `needed` is about how many would tell a difference of this
    size four times in five; None where they can, or where no number within reach would.
    """

    word: Word
    gain: float
    low: float
    high: float
    recordings: int = 0
    needed: int | None = None
    by_class: bool = False


def compare(old: RetrievalScores, new: RetrievalScores, recordings: Sequence[str], seed: int = 0) -> Verdict:
    """Compare clip by clip; better is what is so with 95 % confidence.

    Where no class is known, in place and cosine alike, and it must tell frames apart better than chance.
    """
    if old.hits is not None and new.hits is not None:
        known = ~np.isnan(old.hits)
        gains = (new.hits - old.hits)[known]
        return _verdict(gains, np.asarray(recordings)[known], seed, by_class=True)
    nearer, closer = old.place - new.place, new.cosine - old.cosine
    # All sounds may move to the middle of all frames: nearer to their own, and as near to every other.
    tells_apart = new.place.mean() < _CHANCE
    may_be_better = bool(nearer.mean() >= 0 and closer.mean() >= 0 and tells_apart)
    return _verdict((nearer + closer) / 2, np.asarray(recordings), seed, may_be_better=may_be_better)


def _verdict(
    gains: Numbers, recordings: NDArray[np.str_], seed: int, *, may_be_better: bool = True, by_class: bool = False
) -> Verdict:
    """Judge gains [n] of clips that were cut from `recordings` [n].

    Recordings are drawn anew with all of their clips, since those of one recording are alike. The interval takes
    Student's t for so many recordings times the bootstrap's standard error: of few recordings percentiles alone are
    too sure (Hesterberg 2015, "What teachers should know about the bootstrap").
    """
    names, of = np.unique(recordings, return_inverse=True)
    gain, count = float(gains.mean()), len(names)
    if count < 2:
        return Verdict("no clear difference", gain, -math.inf, math.inf, count, by_class=by_class)
    sums, counts = np.bincount(of, gains), np.bincount(of)
    draws = np.random.default_rng(seed).integers(count, size=(_DRAWS, count))
    means = sums[draws].sum(axis=1) / counts[draws].sum(axis=1)
    error = math.sqrt(count / (count - 1)) * float(means.std())  # the bootstrap divides by n
    reach = float(stats.t.ppf((1 + _CONFIDENCE) / 2, count - 1)) * error
    low, high = gain - reach, gain + reach
    if low > 0 and may_be_better:
        return Verdict("better", gain, low, high, count, by_class=by_class)
    if high < 0:
        return Verdict("worse", gain, low, high, count, by_class=by_class)
    needed = _needed(gain, error, count)
    return Verdict("no clear difference", gain, low, high, count, needed, by_class=by_class)


def _needed(gain: float, error: float, count: int) -> int | None:
    """Return how many recordings would tell `gain` from nothing, where `count` of them leave a standard `error`."""
    if not gain or not error:
        return None
    reach = float(stats.norm.ppf((1 + _CONFIDENCE) / 2) + stats.norm.ppf(_POWER)) * error
    needed = math.ceil(count * (reach / gain) ** 2)
    return needed if count < needed <= _OUT_OF_REACH * count else None


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
