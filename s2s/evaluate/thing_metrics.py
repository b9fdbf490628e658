"""What a judge that needs the thing says of a model, of any bundle alike: real, from pictures, sounds, recordings."""

from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Any, Final

import numpy as np
import torch
import torch.nn.functional as F
from numpy.typing import NDArray
from torch import Tensor
from tqdm import tqdm

from s2s.bundle import Bundle
from s2s.data.esc10 import Recording
from s2s.evaluate import picture_metrics as measure
from s2s.evaluate.size_regressor import mean_rank_correlation
from s2s.metrics import scores
from s2s.models.generator import Generator
from s2s.models.memory_generator import MemoryGenerator
from s2s.models.thing_judge import CLASSES, NONE, ThingJudge
from s2s.sampling.embed import encode_sounds
from s2s.sampling.generate import as_pixels
from s2s.sampling.sources import Hearing, hear_sound
from s2s.training.inputs.image_features import encode_pictures
from s2s.training.inputs.tensors import as_input
from s2s.training.stages.memory import middle_square
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
    """What the judge reads of pictures: logits [n, 29], and masks [n, 1, h, w] in 0..1."""

    logits: Tensor
    masks: Tensor

    def recall(self, labels: NDArray[np.int64], most: int = 1) -> float:
        """Return how often the label is among the `most` likely."""
        return scores.recall_at(self.logits, torch.from_numpy(labels), most)

    @property
    def none(self) -> float:
        """The share of pictures in which nothing is found."""
        return float((self.logits.argmax(dim=1) == CLASSES.index(NONE)).float().mean())

    @property
    def areas(self) -> NDArray[np.float64]:
        """How much of each picture the thing covers, 0..1 [n]."""
        areas: NDArray[np.float64] = self.masks.double().mean(dim=(1, 2, 3)).numpy()
        return areas


@torch.inference_mode()
def read(judge: ThingJudge, pictures: NDArray[np.uint8]) -> JudgeReading:
    """Return what `judge` reads of pictures [n, h, w, 3]."""
    starts = range(0, len(pictures), _AT_ONCE)
    parts = [judge(as_input(pictures[start : start + _AT_ONCE])) for start in starts]
    return JudgeReading(torch.cat([logits for logits, _ in parts]), torch.cat([mask.sigmoid() for _, mask in parts]))


@dataclass(frozen=True, slots=True)
class Conditions:
    """What n sounds are painted after: unit `h` [n, h_dim] and, where an ear says how near things are, `held` [n, 2, 2]
    as `MemoryGenerator` takes it.
    """

    h: Tensor
    held: Tensor | None = None


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
        model, encoder = self.model, self.model.image_encoder
        if encoder is None:
            raise ValueError("pictures from pictures need a model with an image encoder")
        self.metrics["thing, takes"] = float(len(self.takes))
        real, truth = self._drawn()
        self._tell("real pictures", read(self.judge, real), truth)
        h = encode_pictures(encoder, middle_square(real))
        self._tell("pictures from pictures", read(self.judge, measure.paint(model.generator, h)), truth)
        sounds = np.stack([synthesize(take) for take in tqdm(self.takes, desc="sounds", disable=None)])
        heard = hear_conditions(model, sounds.astype(np.float32))
        from_sounds = read(self.judge, self._painted(heard, _noise(model.generator, len(sounds), measure.Z_SEED)))
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
        placed = F.interpolate(reading.masks, truth.shape[2:], mode="bilinear")
        self.metrics[f"thing IoU, {name}"] = float(intersection_over_union(placed, truth).mean())
        sizes = truth.double().mean(dim=(1, 2, 3)).numpy()
        self.metrics[f"thing size, {name} against truth"] = mean_rank_correlation(reading.areas, sizes, self.labels)

    def _by_scene(self, name: str, reading: JudgeReading, labels: NDArray[np.int64]) -> None:
        right = (reading.logits.argmax(dim=1).numpy() == labels).astype(float)
        shares = {SCENES[label]: float(right[labels == label].mean()) for label in np.unique(labels)}
        words = ", ".join(f"{scene} {share:.2f}" for scene, share in sorted(shares.items(), key=lambda one: -one[1]))
        self.metrics[f"thing R@1 by scene, {name}"] = words

    def _painted(self, heard: Conditions, z: Tensor) -> NDArray[np.uint8]:
        return paint_conditions(self.model.generator, z, heard)

    def _diversity(self, heard: Conditions) -> None:
        """Measure how far two draws of z for one h lie apart, against two real takes of one scene, in pixels."""
        count, generator = len(heard.h), self.model.generator
        one, two = (self._painted(heard, _noise(generator, count, seed)).astype(np.int16) for seed in (1, 2))
        real = self._drawn()[0].astype(np.int16)
        turns = len(SCENES)
        between = np.abs(real[turns:] - real[:-turns]).mean()
        self.metrics["noise diversity, pixels"] = float(np.abs(one - two).mean() / between)

    def _against_gain(self, sounds: NDArray[np.floating[Any]]) -> None:
        """Measure ρ of gain and painted size, one noise a sound, averaged over sounds."""
        each = []
        for row in range(_SWEPT * len(SCENES)):
            louder = np.stack([np.clip(sounds[row] * 10.0 ** (gain / 20.0), -1.0, 1.0) for gain in GAINS_DB])
            heard = hear_conditions(self.model, louder.astype(np.float32))
            z = _noise(self.model.generator, 1, row).expand(len(louder), -1)
            reading = read(self.judge, self._painted(heard, z))
            each.append(scores.rank_correlation(np.array(GAINS_DB, float), reading.areas))
        self.metrics["thing size against gain, -20 to 10 dB"] = float(np.mean(each))

    def _recordings(self, recordings: Sequence[Recording]) -> None:
        model = self.model
        labels = np.array([SCENES.index(one.scene) for one in recordings])
        heard = hear_conditions(model, np.stack([one.sound for one in recordings]))
        reading = read(self.judge, self._painted(heard, _noise(model.generator, len(recordings), measure.Z_SEED)))
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


def hear_conditions(model: Bundle, sounds: NDArray[np.float32]) -> Conditions:
    """Return what the show paints sounds [n, samples] after: the likeliest named thing, as near as it sounds, or, where
    the model names nothing, the whole sound.
    """
    if model.source_heads is None:
        return Conditions(encode_sounds(model.audio_encoder, model.spec, sounds))
    return conditions_of(model, [hear_sound(model, sound) for sound in sounds])


def conditions_of(model: Bundle, hearings: Sequence[Hearing]) -> Conditions:
    """Return what the show paints after what was heard, of a model that names things."""
    first = [one.sources[0] for one in hearings]
    nearness = torch.tensor([[[source.nearness, 1.0], [0.5, 0.0]] for source in first])
    h = torch.from_numpy(np.stack([source.h for source in first]))
    return Conditions(h, nearness if model.knows_states else None)


@torch.inference_mode()
def paint_conditions(generator: Generator, z: Tensor, heard: Conditions) -> NDArray[np.uint8]:
    """Return the pictures [n, h, w, 3] of noise [n, z_dim] and what was heard."""
    pictures = []
    for start in range(0, len(z), _AT_ONCE):
        few = slice(start, start + _AT_ONCE)
        if isinstance(generator, MemoryGenerator) and heard.held is not None:
            pictures.append(as_pixels(generator(z[few], heard.h[few], heard.held[few])))
        else:
            pictures.append(as_pixels(generator(z[few], heard.h[few])))
    return np.concatenate(pictures)


def _noise(generator: Generator, count: int, seed: int) -> Tensor:
    return torch.randn(count, generator.z_dim, generator=torch.Generator().manual_seed(seed))
