"""The end of training: measure the three networks together on held-out takes, and write the model bundle."""

import json
from dataclasses import dataclass, field
from pathlib import Path
from typing import Final

import numpy as np
import torch
from numpy.typing import NDArray
from PIL import Image
from torch import Tensor

from s2s import bundle
from s2s.card import AudioEncoderSizes, BigGanSizes, ImageEncoderSizes, LightSizes, ModelCard
from s2s.evaluate import picture_metrics as measure
from s2s.evaluate.size_regressor import SizeRegressor, mean_rank_correlation, train_size_regressor, true_sizes
from s2s.media.montage import captioned_sheet
from s2s.models.audio_encoder import AudioEncoder
from s2s.models.image_encoder import ImageEncoder
from s2s.spectrogram_spec import SpectrogramSpec
from s2s.training.inputs.image_features import encode_pictures
from s2s.training.inputs.pair_sources import held_out_takes, num_training_takes
from s2s.training.inputs.recordings import TEST_FOLDS, read_recordings
from s2s.training.inputs.world_arrays import WorldData, int16_to_float, to_pictures, to_tensor
from s2s.training.stages.audio_encoder import encode_sounds, load_audio_encoder
from s2s.training.stages.image_encoder import load_image_encoder
from s2s.training.stages.judge import Judge, load_judge
from s2s.training.stages.trained_generator import TrainedGenerator, load_trained_generator, sizes_of_run
from s2s.world.scene_sheet import contact_sheet

Metrics = dict[str, float | str]
SIZE_REGRESSOR_STEPS: Final = 1200
GAINS_DB: Final = tuple(range(-20, 11, 5))
_SWEPT: Final = 2  # sounds of each scene
_SAMPLES: Final = 8  # pictures of each scene on the sheet


@dataclass(frozen=True, slots=True)
class Stages:
    """The folders that the finished stages left."""

    image_encoder: Path
    generator: Path
    audio_encoder: Path
    judge: Path


@dataclass(frozen=True, slots=True)
class Networks:
    """A whole model before it is a bundle, and what it is measured with."""

    image_encoder: ImageEncoder
    generator: TrainedGenerator
    generator_sizes: BigGanSizes | LightSizes
    audio_encoder: AudioEncoder
    spec: SpectrogramSpec
    judge: Judge

    def hear(self, sounds: NDArray[np.float32]) -> Tensor:
        """Return unit embeddings [n, d] of sounds [n, clip_samples]."""
        return encode_sounds(self.audio_encoder, self.spec, sounds)


def load_networks(stages: Stages) -> Networks:
    """Load what the stages wrote. Raises FileNotFoundError that says which command writes it, ValueError."""
    image_encoder = load_image_encoder(stages.image_encoder)
    if not isinstance(image_encoder, ImageEncoder):
        raise ValueError(f"{stages.image_encoder}: `bundle` takes the small image encoder alone")
    generator = load_trained_generator(stages.generator, image_encoder.embedding_dim)
    sizes = sizes_of_run(stages.generator, image_encoder.embedding_dim)
    audio_encoder, spec = load_audio_encoder(stages.audio_encoder)
    return Networks(image_encoder, generator, sizes, audio_encoder, spec, load_judge(stages.judge))


@dataclass(frozen=True, slots=True)
class HeldOut:
    """Takes that no stage was trained or stopped by, as the networks see them; `labels` index the judge's classes."""

    takes: NDArray[np.int64]
    sounds: NDArray[np.float32]  # [n, clip_samples]
    real: NDArray[np.uint8]  # [n, px, px, 3]
    image: Tensor  # unit features [n, d]
    audio: Tensor  # unit embeddings [n, d]
    labels: Tensor  # [n]


def hold_out(networks: Networks, data: WorldData) -> HeldOut:
    """Encode the held-out takes of `data`."""
    takes = held_out_takes(data)
    real, sounds = np.asarray(data.pictures[takes]), int16_to_float(data.sounds[takes])
    labels = _labels(networks.judge, [data.classes[scene] for scene in data.scenes[takes]])
    return HeldOut(takes, sounds, real, encode_pictures(networks.image_encoder, real), networks.hear(sounds), labels)


def _labels(judge: Judge, names: list[str]) -> Tensor:
    if missing := sorted(set(names) - set(judge.classes)):
        raise ValueError(f"the judge does not know {', '.join(missing)}: train it on pictures of the same world")
    return torch.tensor([judge.classes.index(name) for name in names])


@dataclass(slots=True)
class Measuring:
    """Measures one model, part by part; `metrics` are what the card gets."""

    networks: Networks
    data: WorldData
    held: HeldOut
    size_regressor_steps: int
    metrics: Metrics = field(default_factory=dict)

    def everything(self, recordings: Path | None) -> Metrics:
        """Return every number of the card; `recordings` adds those of fold 3 of real recordings."""
        self.pictures()
        self.embeddings(recordings)
        self.louder_is_larger()
        self.speed()
        return {name: round(value, 4) if isinstance(value, float) else value for name, value in self.metrics.items()}

    def pictures(self) -> None:
        """Measure what the judge names of pictures: painted, retrieved and real (Sound2Scene, section 4.3)."""
        held, G, judge = self.held, self.networks.generator, self.networks.judge
        self.metrics["held-out takes"] = float(len(held.takes))
        known = len(judge.classes)
        self._recall("chance", torch.full((len(held.labels), known), 0.0), held.labels, chance=known)
        painted = measure.paint(G, held.audio)
        self._recall("pictures from sounds", measure.judged(judge, painted), held.labels)
        self._recall("pictures from pictures", measure.judged(judge, measure.paint(G, held.image)), held.labels)
        self._recall("retrieved by sounds", measure.judged(judge, self._retrieved()), held.labels)
        self._recall("real pictures", measure.judged(judge, held.real), held.labels)
        diversity = measure.noise_diversity(G, judge, held.audio, held.real, held.labels)
        self.metrics["noise diversity"] = diversity
        small = held.real if held.real.shape[1] == painted.shape[1] else _halved(held.real, painted.shape[1])
        self.metrics["sharpness against real"] = measure.sharpness(painted) / measure.sharpness(small)

    def _recall(self, name: str, logits: Tensor, labels: Tensor, chance: int = 0) -> None:
        for most in (1, 5):
            found = min(1.0, most / chance) if chance else measure.recall_at(logits, labels, most)
            self.metrics[f"R@{most}, {name}"] = found

    def _retrieved(self) -> NDArray[np.uint8]:
        """Return, for every held-out sound, the nearest of the pictures of the training takes."""
        seen = np.asarray(self.data.pictures[: num_training_takes(self.data)])
        features = encode_pictures(self.networks.image_encoder, seen)
        return np.asarray(seen[(self.held.audio @ features.T).argmax(dim=1).numpy()])

    def embeddings(self, recordings: Path | None) -> None:
        """Measure where sounds land, those of the world and real ones."""
        networks, held = self.networks, self.held
        takes = np.arange(num_training_takes(self.data))
        train = encode_pictures(networks.image_encoder, np.asarray(self.data.pictures[takes]))
        names = [self.data.classes[scene] for scene in self.data.scenes[takes]]
        centroids = measure.class_centroids(train, _labels(networks.judge, names))
        found = measure.nearest_class(held.audio, centroids)
        self.metrics["sound to scene, world"] = measure.accuracy(found, held.labels)
        self.metrics["sound to own picture, recall at 1"] = measure.recall_of_own(held.audio, held.image)
        self.metrics["distance of sound from its picture"] = (held.audio - held.image).norm(dim=1).mean().item()
        if recordings is not None:
            self._recordings(recordings, centroids)

    def _recordings(self, folder: Path, centroids: Tensor) -> None:
        networks = self.networks
        clips = read_recordings(folder, TEST_FOLDS)
        wanted = _labels(networks.judge, [clip.scene for clip in clips])
        h = networks.hear(np.stack([clip.sound for clip in clips]))
        found = measure.nearest_class(h, centroids)
        self.metrics["recordings of fold 3"] = float(len(clips))
        painted = measure.paint(networks.generator, h)
        self._recall("pictures from recordings", measure.judged(networks.judge, painted), wanted)
        self.metrics["sound to scene, recordings"] = measure.accuracy(found, wanted)
        table = measure.confusion(found, wanted, networks.judge.classes)
        self.metrics["confusion, recordings"] = json.dumps(table)

    def louder_is_larger(self) -> None:
        """Measure rank correlations of size: as the ruler reads it, against the truth and against gain."""
        held, G = self.held, self.networks.generator
        scenes = self.data.scenes[held.takes]
        size_regressor = train_size_regressor(
            self.data, np.arange(num_training_takes(self.data)), steps=self.size_regressor_steps
        )
        truth = true_sizes(self.data, held.takes)
        shown = {
            "ruler on real pictures": held.real,
            "pictures from pictures": measure.paint(G, held.image),
            "pictures from sounds": measure.paint(G, held.audio),
        }
        for name, pictures in shown.items():
            found = mean_rank_correlation(size_regressor.read(pictures, scenes), truth, scenes)
            self.metrics[f"size, {name} against truth"] = found
        self.metrics["size against gain, -20 to 10 dB"] = self._against_gain(size_regressor)

    def _against_gain(self, size_regressor: SizeRegressor) -> float:
        """Return ρ of gain and painted size, one noise a sound, averaged over sounds that things in view make."""
        scenes = self.data.scenes[self.held.takes]
        chosen = np.concatenate([np.flatnonzero(scenes == scene)[:_SWEPT] for scene in np.unique(scenes)])
        each = []
        for row in chosen:
            louder = [np.clip(self.held.sounds[row] * 10.0 ** (gain / 20.0), -1.0, 1.0) for gain in GAINS_DB]
            h = self.networks.hear(np.stack(louder).astype(np.float32))
            sizes = size_regressor.read(self._alike(h, int(row)), np.repeat(scenes[row], len(GAINS_DB)))
            each.append(measure.rank_correlation(np.array(GAINS_DB, float), sizes))
        return float(np.mean(each))

    @torch.inference_mode()
    def _alike(self, h: Tensor, seed: int) -> NDArray[np.uint8]:
        """Paint every row of h with one noise."""
        G = self.networks.generator
        z = torch.randn(1, G.z_dim, generator=torch.Generator().manual_seed(seed)).expand(len(h), -1)
        return to_pictures(G(z, h))

    def speed(self) -> None:
        """Measure how long one thread takes for a picture and for a clip."""
        G, f_A, spec = self.networks.generator, self.networks.audio_encoder, self.networks.spec
        threads = torch.get_num_threads()
        torch.set_num_threads(1)
        z, h = torch.randn(1, G.z_dim), torch.rand(1, G.h_dim)
        clip = torch.zeros(1, 1, spec.num_bins, spec.num_frames)
        with torch.inference_mode():
            self.metrics["generator ms, one thread"] = measure.milliseconds(lambda: G(z, h))
            self.metrics["audio encoder ms, one thread"] = measure.milliseconds(lambda: f_A(clip))
        torch.set_num_threads(threads)


def _halved(pictures: NDArray[np.uint8], px: int) -> NDArray[np.uint8]:
    return to_pictures(to_tensor(pictures, px))


def measured(
    networks: Networks, data: WorldData, recordings: Path | None, *, size_regressor_steps: int = SIZE_REGRESSOR_STEPS
) -> Metrics:
    """Return every number of the card; `recordings` adds those of fold 3 of real recordings."""
    return Measuring(networks, data, hold_out(networks, data), size_regressor_steps).everything(recordings)


def write_bundle(
    out: Path, networks: Networks, metrics: Metrics, *, name: str, version: str, story: dict[str, str]
) -> ModelCard:
    """Write the bundle; `story` holds the card's provenance and data in words."""
    G, f_A, f_V = networks.generator, networks.audio_encoder, networks.image_encoder
    card = ModelCard(
        name=name,
        version=version,
        licence="MIT",
        provenance=story["provenance"],
        data=story["data"],
        spectrogram=networks.spec,
        audio_encoder=AudioEncoderSizes(width=f_A.width, embedding_dim=f_A.embedding_dim),
        generator=networks.generator_sizes,
        image_encoder=ImageEncoderSizes(width=f_V.width),
        metrics=metrics,
    )
    bundle.save(out, card, audio_encoder=f_A, generator=G, image_encoder=f_V)
    return card


def _one_of_each(data: WorldData) -> NDArray[np.int64]:
    """Return a held-out take of every scene: the one that is nearest to three quarters near."""
    takes = held_out_takes(data)
    scenes = data.scenes[takes]
    off = np.array([abs(data.counts.state(int(take)).nearness - 0.75) for take in takes])
    members = [np.flatnonzero(scenes == scene) for scene in np.unique(scenes)]
    return takes[[rows[off[rows].argmin()] for rows in members]]


def write_thumbnail(path: Path, networks: Networks, data: WorldData) -> None:
    """Save a sheet of pictures painted from held-out sounds, one of each scene."""
    h = networks.hear(int16_to_float(data.sounds[_one_of_each(data)]))
    pictures = measure.paint(networks.generator, h)
    Image.fromarray(contact_sheet(pictures, columns=7)).save(path, optimize=True)


def samples_sheet(networks: Networks, data: WorldData, *, cell_px: int = 128) -> NDArray[np.uint8]:
    """Return a sheet of a row a scene: a held-out sound's own picture, then what eight noises make of the sound."""
    takes = _one_of_each(data)
    h = networks.hear(int16_to_float(data.sounds[takes]))
    columns = [measure.paint(networks.generator, h, seed=measure.Z_SEED + number) for number in range(_SAMPLES)]
    real = np.asarray(data.pictures[takes])
    rows = [[real[row], *(column[row] for column in columns)] for row in range(len(takes))]
    return captioned_sheet(
        rows,
        row_captions=[data.classes[scene] for scene in data.scenes[takes]],
        column_captions=["the take", *(f"z {number + 1}" for number in range(_SAMPLES))],
        title="painted from one held-out sound of each scene, eight noises",
        cell_px=cell_px,
    )
