"""What a bundle makes of many sounds: by the nearest scene of f_V's pictures, and by its source heads if it has any."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final, Self

import numpy as np
import torch
import torch.nn.functional as F
from numpy.typing import NDArray
from torch import Tensor
from tqdm import tqdm

from s2s.bundle import Bundle
from s2s.clip_levels import clip_levels_db
from s2s.mel_bands import mel_bands
from s2s.metrics.scores import class_centroids
from s2s.models.source_heads import SourceHeads, joined
from s2s.rates import SAMPLE_RATE_HZ
from s2s.sampling.sources import MOST_SOURCES, NAMED_FROM
from s2s.spectrogram import fit_clip, log_power, normalise
from s2s.training.inputs.image_features import encode_pictures
from s2s.world.painter import Painter
from s2s.world.state import SCENES, draw_state

PICTURES: Final = 40  # of each scene, whose mean direction stands for it
PICTURES_FROM: Final = 9_500_000
_PICTURE_PX: Final = 128
_AT_ONCE: Final = 16


@dataclass(frozen=True, slots=True, eq=False)
class Ranking:
    """Scores [n, names] of every name for n sounds, the best the highest."""

    names: tuple[str, ...]
    scores: NDArray[np.float32]

    def among(self, truth: Sequence[str], most: int) -> NDArray[np.bool_]:
        """Return whether each sound's `truth` is among its `most` likely names, [n]."""
        best = self.best(most)
        return np.array([one in names for one, names in zip(truth, best, strict=True)], dtype=bool)

    def best(self, most: int) -> list[tuple[str, ...]]:
        """Return the `most` likely names of each sound, the likeliest first."""
        order = np.argsort(-self.scores, axis=1, kind="stable")[:, :most]
        return [tuple(self.names[number] for number in row) for row in order]


@dataclass(frozen=True, slots=True, eq=False)
class NamedSources:
    """What the heads say of n sounds: `presence` of every name, `certainty` [n] of the likeliest, what would be seen
    of the two likeliest, `seen` [n, 2, d], how near every name is, [n, names], and the `hour` [n] with its firmness.
    """

    presence: Ranking
    certainty: NDArray[np.float64]
    seen: Tensor
    nearness: NDArray[np.float64]
    hour: NDArray[np.float64]
    firmness: NDArray[np.float64]

    def named(self) -> list[tuple[str, ...]]:
        """Return the things that are named of each sound: the likeliest, and a second where it is present enough."""
        second = np.sort(self.presence.scores, axis=1)[:, -MOST_SOURCES]
        both = self.presence.best(MOST_SOURCES)
        return [names if there >= NAMED_FROM else names[:1] for names, there in zip(both, second, strict=True)]


@dataclass(frozen=True, slots=True, eq=False)
class Answers:
    """What is heard in n sounds: unit `h` [n, d], and the cosine with every scene; `sources` where there are heads."""

    h: Tensor
    nearest: Ranking
    sources: NamedSources | None

    @property
    def ways(self) -> dict[str, Ranking]:
        """How scenes are named: by h and, where there are heads, by them."""
        by_h = {"nearest scene of h": self.nearest}
        return by_h if self.sources is None else {**by_h, "source heads": self.sources.presence}


@dataclass(frozen=True, slots=True, eq=False)
class Ears:
    """A bundle and the `directions` [28, d] of the world's scenes in its space: mean features of pictures of each."""

    model: Bundle
    directions: Tensor

    @classmethod
    def of(cls, model: Bundle) -> Self:
        """Paint `PICTURES` of every scene and let f_V of `model` look at them; needs OpenGL.

        Raises ValueError for a bundle without f_V, or that hears at another rate.
        """
        if model.image_encoder is None:
            raise ValueError(f"{model.path}: expected a bundle with an image encoder: scenes are where f_V sees them")
        if model.spec.sample_rate_hz != SAMPLE_RATE_HZ:
            raise ValueError(f"{model.path}: expected ears at {SAMPLE_RATE_HZ} Hz, got {model.spec.sample_rate_hz}")
        takes = [draw_state(scene, PICTURES_FROM + n) for n in range(PICTURES) for scene in SCENES]
        with Painter(_PICTURE_PX) as painter:
            features = encode_pictures(model.image_encoder, painter.paint(takes))
        return cls(model, class_centroids(features, torch.arange(len(SCENES)).repeat(PICTURES)))

    @torch.inference_mode()
    def hear(self, sounds: NDArray[np.float32], told: str = "") -> Answers:
        """Return what is heard in `sounds` [n, samples]; `told` names them beside a bar."""
        starts = tqdm(range(0, len(sounds), _AT_ONCE), desc=told, disable=None if told else True)
        heard = [self._heard(sounds[start : start + _AT_ONCE]) for start in starts]
        maps, levels_db, bands = (torch.cat(part) for part in zip(*heard, strict=True))
        h = F.normalize(self.model.audio_encoder.embed(maps.mean((2, 3))), dim=1).cpu()
        heads = self.model.source_heads
        nearest = Ranking(SCENES, (h @ self.directions.T).numpy())
        return Answers(h, nearest, None if heads is None else _asked(heads, maps, levels_db, bands, h))

    def _heard(self, sounds: NDArray[np.float32]) -> tuple[Tensor, Tensor, Tensor]:
        """Return the feature maps [n, map_dim, f, t] of sounds, their levels in dBFS [n, 2] and their mel bands, if any
        part of the model hears those, [n, 64, columns].
        """
        spec, device = self.model.spec, self.model.device
        heard = log_power(torch.stack([fit_clip(sound, spec) for sound in sounds]), spec)
        maps = self.model.audio_encoder.features(normalise(heard, spec).float().unsqueeze(1).to(device))
        heads = self.model.source_heads
        is_named_by_bands = heads is not None and heads.namer is not None
        bands = mel_bands(heard, spec) if is_named_by_bands else torch.empty(len(heard), 0)
        return maps, clip_levels_db(heard, spec).to(device), bands.to(device)


def _asked(heads: SourceHeads, maps: Tensor, levels_db: Tensor, bands: Tensor, h: Tensor) -> NamedSources:
    """Return what the heads say of feature maps [n, map_dim, f, t], levels [n, 2], mel bands [n, 64, columns] and
    embeddings `h` [n, d] of the same sounds.
    """
    h = h.to(maps.device)
    heard = [heads.hear(few, some) for few, some in zip(maps.split(_AT_ONCE), bands.split(_AT_ONCE), strict=True)]
    summary = torch.cat([one for one, _ in heard])
    reading = joined([one for _, one in heard])
    presence = heads.presence(reading)
    seen, _ = heads.embed(summary, presence.topk(MOST_SOURCES, dim=1).indices)
    every = torch.arange(len(heads.names), device=maps.device)[None]
    each = zip(summary.split(1), levels_db.split(1), strict=True)
    nearness = torch.cat([heads.embed(one, every, level_db)[1] for one, level_db in each])
    hour, firmness = heads.hour(h)
    certainty, at, firm = (_numbers(one) for one in (heads.certainty(reading), hour, firmness))
    ranking = Ranking(heads.names, presence.cpu().numpy())
    return NamedSources(ranking, certainty, seen.cpu(), _numbers(nearness), at, firm)


def _numbers(values: Tensor) -> NDArray[np.float64]:
    numbers: NDArray[np.float64] = values.double().cpu().numpy()
    return numbers
