"""The numbers of a model's card, as far as the data allow them; what they do not allow is said in words."""

import json
from collections.abc import Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Final

import numpy as np
import torch
import torch.nn.functional as F
from numpy.typing import NDArray
from torch import Tensor

from s2s.data.esc10 import TEST_FOLDS, read_recordings
from s2s.evaluate import picture_metrics as measure
from s2s.evaluate.held_out import HeldOut, Seen, see_training
from s2s.evaluate.size_regressor import SizeRegressor, train_size_regressor, true_sizes
from s2s.evaluate.trained_model import Metrics, TrainedModel
from s2s.metrics.frechet import frechet_distance
from s2s.metrics.scores import (
    accuracy,
    class_centroids,
    confusion,
    mean_rank_correlation,
    nearest_class,
    rank_correlation,
    recall_at,
    recall_of_own,
)
from s2s.models.judge import Judge
from s2s.sampling.generate import as_pixels
from s2s.training.inputs.image_features import encode_pictures
from s2s.training.inputs.pair_sources import WorldPairs
from s2s.training.inputs.pairs import PairSource
from s2s.world.takes import take_of

SIZE_REGRESSOR_STEPS: Final = 1200
GAINS_DB: Final = tuple(range(-20, 11, 5))
NOT_MEASURED: Final = "not measured"
_SWEPT: Final = 2  # sounds of each scene


@dataclass(slots=True)
class ModelMetrics:
    """Measures one model, part by part; `metrics` are what the card gets, `missing` why a part could not be."""

    model: TrainedModel
    pairs: PairSource
    judge: Judge | None
    held: HeldOut
    seen: Seen
    size_regressor_steps: int = SIZE_REGRESSOR_STEPS
    metrics: Metrics = field(default_factory=dict)
    missing: list[str] = field(default_factory=list)

    def everything(self, recordings: Path | None) -> Metrics:
        """Return every number of the card; `recordings` adds those of fold 3 of real recordings."""
        self.metrics["held-out takes"] = float(len(self.held.ids))
        self.pictures()
        self.distances()
        self.embeddings(recordings)
        self.louder_is_larger()
        self.speed()
        if self.missing:
            self.metrics[NOT_MEASURED] = "; ".join(self.missing)
        return {name: round(value, 4) if isinstance(value, float) else value for name, value in self.metrics.items()}

    def pictures(self) -> None:
        """Measure what the judge names of pictures: painted, retrieved and real (Sound2Scene, section 4.3)."""
        painted = measure.paint(self.model.generator, self.held.audio)
        self.metrics["sharpness against real"] = _sharpness_against(painted, self.held.real)
        if self.judge is None:
            self.missing.append("R@1, R@5 and noise diversity: no judge was given")
            return
        targets = _targets(self.judge, self.held.labels)
        unknown = int((targets < 0).sum())
        if unknown == len(targets):
            self.missing.append("R@1, R@5 and noise diversity: no held-out clip has a class that the judge knows")
            return
        if unknown:
            self.missing.append(f"R@1, R@5 of {unknown} clips: they have no class that the judge knows")
        self._named(self.judge, painted, targets)

    def _named(self, judge: Judge, painted: NDArray[np.uint8], targets: Tensor) -> None:
        """Measure R@k of every kind of picture, and what z is good for, where the judge knows the class."""
        held, G, known = self.held, self.model.generator, targets >= 0
        self.metrics |= {f"R@{most}, chance": min(1.0, most / len(judge.classes)) for most in (1, 5)}
        shown = {
            "pictures from sounds": painted,
            "pictures from pictures": measure.paint(G, held.image),
            "retrieved by sounds": self._retrieved(),
            "real pictures": held.real,
        }
        for name, pictures in shown.items():
            self._recall(name, measure.judged(judge, pictures)[known], targets[known])
        if max(torch.bincount(targets[known]).tolist()) < 2:
            self.missing.append("noise diversity: no class has two held-out clips")
            return
        h, real = held.audio[known], held.real[known.numpy()]
        self.metrics["noise diversity"] = measure.noise_diversity(G, judge, h, real, targets[known])

    def _recall(self, name: str, logits: Tensor, targets: Tensor) -> None:
        for most in (1, 5):
            self.metrics[f"R@{most}, {name}"] = recall_at(logits, targets, most)

    def _retrieved(self) -> NDArray[np.uint8]:
        """Return, for every held-out sound, the nearest of the training pictures."""
        nearest = (self.held.audio @ self.seen.features.T).argmax(dim=1).tolist()
        return np.stack([np.asarray(self.pairs.pictures(self.seen.ids[row])[0]) for row in nearest])

    def distances(self) -> None:
        """Measure how far what is painted lies from real pictures, in f_V's features: no class is needed for it."""
        held, f_V = self.held, self.model.image_encoder
        for name, h in (("sounds", held.audio), ("pictures", held.image)):
            painted = encode_pictures(f_V, measure.paint(self.model.generator, h))
            self.metrics[f"Fréchet distance in f_V, pictures from {name}"] = frechet_distance(painted, held.image)

    def embeddings(self, recordings: Path | None) -> None:
        """Measure where sounds land, the held-out ones and real recordings."""
        held = self.held
        self.metrics["sound to own picture, recall at 1"] = recall_of_own(held.audio, held.image)
        self.metrics["distance of sound from its picture"] = (held.audio - held.image).norm(dim=1).mean().item()
        classes = sorted({label for label in self.seen.labels if label is not None})
        targets = torch.tensor([classes.index(label) if label in classes else -1 for label in held.labels])
        if not bool((targets >= 0).any()):
            self.missing.append("sound to scene: the held-out clips have no class")
            return
        seen = torch.tensor([classes.index(label) if label is not None else -1 for label in self.seen.labels])
        centroids = class_centroids(self.seen.features[seen >= 0], seen[seen >= 0])
        known = targets >= 0
        where = "sound to scene, world" if isinstance(self.pairs, WorldPairs) else "sound to class"
        self.metrics[where] = accuracy(nearest_class(held.audio[known], centroids), targets[known])
        if recordings is not None:
            self._recordings(recordings, centroids, classes)

    def _recordings(self, folder: Path, centroids: Tensor, classes: Sequence[str]) -> None:
        clips = read_recordings(folder, TEST_FOLDS)
        if self.judge is None or {clip.scene for clip in clips} - (set(self.judge.classes) & set(classes)):
            self.missing.append("recordings: their classes are not those of the data")
            return
        targets = torch.tensor([classes.index(clip.scene) for clip in clips])
        h = self.model.hear(np.stack([clip.sound for clip in clips]))
        predictions = nearest_class(h, centroids)
        self.metrics["recordings of fold 3"] = float(len(clips))
        painted = measure.paint(self.model.generator, h)
        named = _targets(self.judge, [clip.scene for clip in clips])
        self._recall("pictures from recordings", measure.judged(self.judge, painted), named)
        self.metrics["sound to scene, recordings"] = accuracy(predictions, targets)
        self.metrics["confusion, recordings"] = json.dumps(confusion(predictions, targets, classes))

    def louder_is_larger(self) -> None:
        """Measure rank correlations of size: as the regressor reads it, against the truth and against gain."""
        held, pairs, G = self.held, self.pairs, self.model.generator
        if not isinstance(pairs, WorldPairs):
            self.missing.append("size against truth and gain: only the synthetic world knows how large its things are")
            return
        takes = np.array([take_of(one) for one in held.ids])
        scenes = pairs.data.scenes[takes]
        training = np.arange(pairs.data.num_training_takes)
        regressor = train_size_regressor(pairs.data, training, steps=self.size_regressor_steps)
        truth = true_sizes(pairs.data, takes)
        shown = {
            "ruler on real pictures": held.real,
            "pictures from pictures": measure.paint(G, held.image),
            "pictures from sounds": measure.paint(G, held.audio),
        }
        for name, pictures in shown.items():
            correlation = mean_rank_correlation(regressor.read(pictures, scenes), truth, scenes)
            self.metrics[f"size, {name} against truth"] = correlation
        self.metrics["size against gain, -20 to 10 dB"] = self._against_gain(regressor, scenes)

    def _against_gain(self, regressor: SizeRegressor, scenes: NDArray[np.int64]) -> float:
        """Return ρ of gain and painted size, one noise per sound, averaged over sounds that things in view make."""
        chosen = np.concatenate([np.flatnonzero(scenes == scene)[:_SWEPT] for scene in np.unique(scenes)])
        each = []
        for row in chosen:
            louder = [np.clip(self.held.sounds[row] * 10.0 ** (gain / 20.0), -1.0, 1.0) for gain in GAINS_DB]
            h = self.model.hear(np.stack(louder).astype(np.float32))
            sizes = regressor.read(self._alike(h, int(row)), np.repeat(scenes[row], len(GAINS_DB)))
            each.append(rank_correlation(np.array(GAINS_DB, float), sizes))
        return float(np.mean(each))

    @torch.inference_mode()
    def _alike(self, h: Tensor, seed: int) -> NDArray[np.uint8]:
        """Paint every row of h with one noise."""
        G = self.model.generator
        z = torch.randn(1, G.z_dim, generator=torch.Generator().manual_seed(seed)).expand(len(h), -1)
        return as_pixels(G(z, h))

    def speed(self) -> None:
        """Measure how long one thread takes for a picture and for a clip."""
        G, f_A, spec = self.model.generator, self.model.audio_encoder, self.model.spec
        threads = torch.get_num_threads()
        torch.set_num_threads(1)
        z, h = torch.randn(1, G.z_dim), torch.rand(1, G.h_dim)
        clip = torch.zeros(1, 1, spec.num_bins, spec.num_frames)
        with torch.inference_mode():
            self.metrics["generator ms, one thread"] = measure.milliseconds(lambda: G(z, h))
            self.metrics["audio encoder ms, one thread"] = measure.milliseconds(lambda: f_A(clip))
        torch.set_num_threads(threads)


def _targets(judge: Judge, labels: Sequence[str | None]) -> Tensor:
    """Return the judge's numbers [n] of `labels`, -1 for those that it does not know."""
    return torch.tensor([judge.classes.index(label) if label in judge.classes else -1 for label in labels])


def _sharpness_against(painted: NDArray[np.uint8], real: NDArray[np.uint8]) -> float:
    """Return the sharpness of painted pictures in that of real ones, which are brought to their size."""
    height, width = painted.shape[1:3]
    if real.shape[1:3] != (height, width):
        pictures = torch.from_numpy(real).permute(0, 3, 1, 2).float()
        small = F.interpolate(pictures, (height, width), mode="area")
        real = small.round().to(torch.uint8).permute(0, 2, 3, 1).numpy()
    return measure.sharpness(painted) / measure.sharpness(real)


def measured(
    model: TrainedModel,
    pairs: PairSource,
    held: HeldOut,
    judge: Judge | None = None,
    recordings: Path | None = None,
    *,
    size_regressor_steps: int = SIZE_REGRESSOR_STEPS,
) -> Metrics:
    """Return every number of the card that `pairs` and `judge` allow, and what they do not allow in words.

    `held` are the pairs that `hold_out` took of `pairs`; `recordings` adds numbers of fold 3 of real recordings.
    """
    seen = see_training(model, pairs)
    return ModelMetrics(model, pairs, judge, held, seen, size_regressor_steps).everything(recordings)
