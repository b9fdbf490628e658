"""The end of training: measure the three networks together on held-out takes, and write the model bundle."""

import json
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
import torch
from PIL import Image
from torch import Tensor

from s2s import bundle
from s2s.card import AudioEncoderSizes, ImageEncoderSizes, LightSizes, ModelCard
from s2s.models.audio_encoder import AudioEncoder
from s2s.models.image_encoder import ImageEncoder
from s2s.models.light_generator import LightGenerator
from s2s.spectrogram_spec import SpectrogramSpec
from s2s.training import measure
from s2s.training.audio_encoder import encode_sounds, load_audio_encoder, num_training_sounds
from s2s.training.data import WorldData, int16_to_float, to_pictures, to_tensor
from s2s.training.generator import load_generator
from s2s.training.image_encoder import encode_pictures, load_image_encoder
from s2s.training.judge import Judge, load_judge
from s2s.training.recordings import TEST_FOLDS, read_recordings
from s2s.world.sheet import contact_sheet
from s2s.world.state import SCENES


@dataclass(frozen=True, slots=True)
class Stages:
    """The folders that the finished stages left."""

    image_encoder: Path
    generator: Path
    audio_encoder: Path
    judge: Path


@dataclass(frozen=True, slots=True)
class Networks:
    """A whole model before it is a bundle."""

    image_encoder: ImageEncoder
    generator: LightGenerator
    audio_encoder: AudioEncoder
    spec: SpectrogramSpec
    judge: Judge


def load_networks(stages: Stages) -> Networks:
    """Load what the stages wrote. Raises FileNotFoundError that says which command writes it."""
    image_encoder = load_image_encoder(stages.image_encoder)
    generator = load_generator(stages.generator, image_encoder.embedding_dim)
    audio_encoder, spec = load_audio_encoder(stages.audio_encoder)
    return Networks(image_encoder, generator, audio_encoder, spec, load_judge(stages.judge))


@dataclass(frozen=True, slots=True)
class HeldOut:
    """Takes that no stage was trained on, as the networks see them."""

    image: Tensor  # unit features [n, d]
    audio: Tensor  # unit embeddings [n, d]
    real: Tensor  # pictures [n, 3, px, px]
    scenes: Tensor  # [n]


def hold_out(networks: Networks, data: WorldData) -> HeldOut:
    """Encode the held-out takes of `data`."""
    start, end = num_training_sounds(data), len(data.sounds)
    pictures = data.pictures[start:end]
    return HeldOut(
        image=encode_pictures(networks.image_encoder, pictures),
        audio=encode_sounds(networks.audio_encoder, networks.spec, int16_to_float(data.sounds[start:end])),
        real=to_tensor(pictures, networks.generator.resolution),
        scenes=torch.from_numpy(data.scenes[start:end]),
    )


def measured(networks: Networks, data: WorldData, recordings: Path | None) -> dict[str, float | str]:
    """Return every number of the card; `recordings` adds those of fold 3 of real recordings."""
    held = hold_out(networks, data)
    train = encode_pictures(networks.image_encoder, data.pictures[: num_training_sounds(data)])
    centroids = measure.scene_centroids(train, torch.from_numpy(data.scenes[: len(train)]))
    G, judge = networks.generator, networks.judge
    from_sound, from_picture = measure.paint(G, held.audio), measure.paint(G, held.image)
    metrics: dict[str, float | str] = {
        "held-out takes": float(len(held.scenes)),
        "sound to scene, world": measure.accuracy(measure.nearest_scene(held.audio, centroids), held.scenes),
        "picture to scene, world": measure.accuracy(measure.nearest_scene(held.image, centroids), held.scenes),
        "sound to own picture, recall at 1": measure.recall_at_1(held.audio, held.image),
        "distance of sound from its picture": (held.audio - held.image).norm(dim=1).mean().item(),
        "judge on real pictures": measure.accuracy(measure.judged(judge, held.real), held.scenes),
        "judge on pictures from sounds": measure.accuracy(measure.judged(judge, from_sound), held.scenes),
        "judge on pictures from pictures": measure.accuracy(measure.judged(judge, from_picture), held.scenes),
        "noise diversity": measure.noise_diversity(G, judge, held.audio, held.real, held.scenes),
        "sharpness against real": measure.sharpness(from_sound) / measure.sharpness(held.real),
        "generator ms, one thread": _paint_ms(G),
    }
    if recordings is not None:
        metrics |= _on_recordings(networks, centroids, recordings)
    return {name: round(value, 4) if isinstance(value, float) else value for name, value in metrics.items()}


def _on_recordings(networks: Networks, centroids: Tensor, folder: Path) -> dict[str, float | str]:
    """Return accuracy and confusion on real recordings of the test fold."""
    clips = read_recordings(folder, TEST_FOLDS)
    wanted = torch.tensor([SCENES.index(clip.scene) for clip in clips])
    h = encode_sounds(networks.audio_encoder, networks.spec, np.stack([clip.sound for clip in clips]))
    found = measure.nearest_scene(h, centroids)
    seen = measure.judged(networks.judge, measure.paint(networks.generator, h))
    return {
        "sound to scene, recordings fold 3": measure.accuracy(found, wanted),
        "judge on pictures from recordings fold 3": measure.accuracy(seen, wanted),
        "confusion, recordings fold 3": json.dumps(measure.confusion(found, wanted)),
    }


def _paint_ms(generator: LightGenerator) -> float:
    threads = torch.get_num_threads()
    torch.set_num_threads(1)
    z, h = torch.randn(1, generator.z_dim), torch.rand(1, generator.h_dim)
    with torch.inference_mode():
        taken_ms = measure.milliseconds(lambda: generator(z, h))
    torch.set_num_threads(threads)
    return taken_ms


def write_bundle(
    out: Path, networks: Networks, metrics: dict[str, float | str], *, name: str, version: str, story: dict[str, str]
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
        generator=LightSizes(resolution=G.resolution, channels=G.channels, z_dim=G.z_dim, h_dim=G.h_dim),
        image_encoder=ImageEncoderSizes(width=f_V.width),
        metrics=metrics,
    )
    bundle.save(out, card, audio_encoder=f_A, generator=G, image_encoder=f_V)
    return card


def write_thumbnail(path: Path, networks: Networks, data: WorldData) -> None:
    """Save a sheet of pictures painted from held-out sounds, one of each scene."""
    start = num_training_sounds(data)
    num_scenes = data.counts.num_scenes
    chosen = [start + (i - start) % num_scenes for i in range(num_scenes)]
    h = encode_sounds(networks.audio_encoder, networks.spec, int16_to_float(data.sounds[chosen]))
    pictures = to_pictures(measure.paint(networks.generator, h))
    Image.fromarray(contact_sheet(pictures, columns=4)).save(path, optimize=True)


def summary_of_runs(stages: Stages) -> dict[str, Any]:
    """Return what each stage was run with, and how long, from the folders it left."""
    runs = {}
    for stage in ("image_encoder", "generator", "audio_encoder", "judge"):
        folder: Path = getattr(stages, stage)
        last = json.loads((folder / "log.jsonl").read_text().splitlines()[-1])
        runs[stage] = {**json.loads((folder / "run.json").read_text()), **last}
    return runs
