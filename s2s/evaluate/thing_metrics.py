"""What a judge that needs the thing says of a model, of any bundle alike: real, from pictures, sounds, recordings."""

from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Final

import numpy as np
import torch
import torch.nn.functional as F
from numpy.typing import NDArray
from torch import Tensor
from tqdm import tqdm

from s2s.bundle import Bundle
from s2s.data.esc10 import Recording
from s2s.evaluate import picture_metrics as measure
from s2s.evaluate.heard_pictures import HeardSounds, hear_all, paint_all, see
from s2s.metrics import scores
from s2s.metrics.scores import mean_rank_correlation
from s2s.models.generator import Generator
from s2s.models.thing_judge import CLASSES, NONE, ThingJudge
from s2s.sampling.generate import paint
from s2s.sampling.manipulate import Sound, at_volume
from s2s.training.inputs.tensors import as_input
from s2s.training.stages.thing_judge import intersection_over_union
from s2s.world.painter import Painter
from s2s.world.sounds import synthesize
from s2s.world.state import SCENES, SceneState, draw_state

Metrics = dict[str, float | str]
FIRST_SEED: Final = 9_000_000
"""Of the takes that are measured on: no stage draws seeds from here on."""
GAINS_DB: Final = tuple(range(-20, 11, 5))
_SWEPT: Final = 2  # sounds of each scene
_AT_ONCE: Final = 32


@dataclass(frozen=True, slots=True)
class JudgeReading:
    """What the judge reads of pictures: logits [n, 29], masks [n, 1, h, w] in 0..1, and log sizes [n, 29]."""

    logits: Tensor
    masks: Tensor
    log_sizes: Tensor

    def recall(self, labels: NDArray[np.int64], most: int = 1) -> float:
        """Return how often the label is among the `most` likely."""
        return scores.recall_at(self.logits, torch.from_numpy(labels), most)

    @property
    def none(self) -> float:
        """The share of pictures in which nothing is found."""
        return float((self.logits.argmax(dim=1) == CLASSES.index(NONE)).float().mean())

    def sizes(self, labels: NDArray[np.int64]) -> NDArray[np.float64]:
        """Return how much of each picture the thing of its label [n] covers, 0..1 [n]."""
        own = self.log_sizes.gather(1, torch.from_numpy(labels)[:, None])[:, 0]
        sizes: NDArray[np.float64] = own.double().exp().numpy()
        return sizes

    def sizes_of(self, scene: str) -> NDArray[np.float64]:
        """Return the same where all pictures are of one scene."""
        return self.sizes(np.full(len(self.log_sizes), CLASSES.index(scene)))


@torch.inference_mode()
def read(judge: ThingJudge, pictures: NDArray[np.uint8]) -> JudgeReading:
    """Return what `judge` reads of pictures [n, h, w, 3]."""
    starts = range(0, len(pictures), _AT_ONCE)
    parts = [judge(as_input(pictures[start : start + _AT_ONCE])) for start in starts]
    logits, masks, log_sizes = (
        torch.cat(some) for some in zip(*((part.logits, part.mask, part.log_sizes) for part in parts), strict=True)
    )
    return JudgeReading(logits, masks.sigmoid(), log_sizes)


@dataclass(slots=True)
class ThingMeasuring:
    """Measures `model` on `per_scene` fresh takes of each scene; `metrics` are what a card gets.

    Needs OpenGL and f_V. A model paints pictures of its own shape; real ones are drawn in that shape, too.
    """

    model: Bundle
    judge: ThingJudge
    per_scene: int = 13
    metrics: Metrics = field(default_factory=dict)
    takes: list[SceneState] = field(init=False)
    labels: NDArray[np.int64] = field(init=False)

    def __post_init__(self) -> None:
        self.takes = [draw_state(SCENES[n % len(SCENES)], FIRST_SEED + n) for n in range(self.per_scene * len(SCENES))]
        self.labels = np.array([SCENES.index(take.scene) for take in self.takes])

    def everything(self, recordings: Sequence[Recording] = ()) -> Metrics:
        """Return every number; `recordings` adds those of real sounds."""
        model = self.model
        if model.image_encoder is None:
            raise ValueError("pictures from pictures need a model with an image encoder")
        self.metrics["thing, takes"] = float(len(self.takes))
        real, truth = self._drawn()
        self._tell("real pictures", read(self.judge, real), truth)
        z = _noise(model.generator, len(real), measure.Z_SEED)
        self._tell("pictures from pictures", read(self.judge, paint(model, z, see(model, real))), truth)
        sounds = [synthesize(take).astype(np.float32) for take in tqdm(self.takes, desc="sounds", disable=None)]
        heard = hear_all(model, sounds)
        from_sounds = read(self.judge, paint_all(model, heard, z))
        self._tell("pictures from sounds", from_sounds, truth)
        self._by_scene("from sounds", from_sounds, self.labels)
        self._diversity(heard)
        self._against_gain(sounds)
        if recordings:
            self._recordings(recordings)
        self._speed(model.generator)
        return {name: round(value, 4) if isinstance(value, float) else value for name, value in self.metrics.items()}

    def _drawn(self) -> tuple[NDArray[np.uint8], Tensor]:
        """Return the takes' own pictures [n, h, w, 3] and their masks [n, 1, h / 4, w / 4] in 0..1."""
        width, height = self.model.generator.width, self.model.generator.height
        with Painter(height, width_px=width) as painter, Painter(height // 4, width_px=width // 4) as small:
            masks = torch.from_numpy(small.masks(self.takes))[:, None].float() / 255.0
            return painter.paint(self.takes), masks

    def _tell(self, name: str, reading: JudgeReading, truth: Tensor) -> None:
        for most in (1, 5):
            self.metrics[f"thing R@{most}, {name}"] = reading.recall(self.labels, most)
        self.metrics[f"none, {name}"] = reading.none
        on_its_grid = F.interpolate(truth, reading.masks.shape[2:], mode="area")
        self.metrics[f"thing IoU, {name}"] = float(intersection_over_union(reading.masks, on_its_grid).mean())
        sizes = truth.double().mean(dim=(1, 2, 3)).numpy()
        self.metrics[f"thing size, {name} against truth"] = mean_rank_correlation(
            reading.sizes(self.labels), sizes, self.labels
        )

    def _by_scene(self, name: str, reading: JudgeReading, labels: NDArray[np.int64]) -> None:
        right = (reading.logits.argmax(dim=1).numpy() == labels).astype(float)
        shares = {SCENES[label]: float(right[labels == label].mean()) for label in np.unique(labels)}
        words = ", ".join(f"{scene} {share:.2f}" for scene, share in sorted(shares.items(), key=lambda one: -one[1]))
        self.metrics[f"thing R@1 by scene, {name}"] = words

    def _diversity(self, heard: HeardSounds) -> None:
        """Measure how far two draws of z for one h lie apart, against two real takes of one scene, in pixels."""
        count, generator = len(heard.h), self.model.generator
        noises = (_noise(generator, count, seed) for seed in (1, 2))
        one, two = (paint_all(self.model, heard, z).astype(np.int16) for z in noises)
        real = self._drawn()[0].astype(np.int16)
        turns = len(SCENES)
        between = np.abs(real[turns:] - real[:-turns]).mean()
        self.metrics["noise diversity, pixels"] = float(np.abs(one - two).mean() / between)

    def _against_gain(self, sounds: Sequence[Sound]) -> None:
        """Measure ρ of gain and painted size, one noise a sound, averaged over sounds."""
        each = []
        for row in range(_SWEPT * len(SCENES)):
            heard = hear_all(self.model, [at_volume(sounds[row], gain) for gain in GAINS_DB])
            reading = read(self.judge, paint_all(self.model, heard, _noise(self.model.generator, 1, row)))
            each.append(scores.rank_correlation(np.array(GAINS_DB, float), reading.sizes_of(self.takes[row].scene)))
        self.metrics["thing size against gain, -20 to 10 dB"] = float(np.mean(each))

    def _recordings(self, recordings: Sequence[Recording]) -> None:
        labels = np.array([SCENES.index(one.scene) for one in recordings])
        heard = hear_all(self.model, [one.sound for one in recordings])
        z = _noise(self.model.generator, len(recordings), measure.Z_SEED)
        reading = read(self.judge, paint_all(self.model, heard, z))
        self.metrics["recordings"] = float(len(recordings))
        for most in (1, 5):
            self.metrics[f"thing R@{most}, pictures from recordings"] = reading.recall(labels, most)
        self.metrics["none, pictures from recordings"] = reading.none
        self._by_scene("from recordings", reading, labels)

    def _speed(self, generator: Generator) -> None:
        threads = torch.get_num_threads()
        torch.set_num_threads(1)
        z, h = torch.randn(1, generator.z_dim), torch.rand(1, generator.h_dim)
        with torch.inference_mode():
            self.metrics["generator ms, one thread"] = measure.milliseconds(lambda: generator(z, h))
        torch.set_num_threads(threads)


def _noise(generator: Generator, count: int, seed: int) -> Tensor:
    return torch.randn(count, generator.z_dim, generator=torch.Generator().manual_seed(seed))
