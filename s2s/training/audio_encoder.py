"""Stage 3: the audio encoder f_A, pulled to the frozen image encoder's features of the same takes (Sound2Scene 3.1).

The loss is the paper's L_total; temperature and an added plain distance are options, because at temperature 1 and
batch 64 the loss spans 1.4 nats and hardly tells neighbours apart. Scene names enter only where real recordings,
which come without pictures, are given pictures of the world.
"""

import json
import math
from dataclasses import asdict, dataclass, field
from pathlib import Path
from typing import Any, Final

import numpy as np
import torch
from numpy.typing import NDArray
from safetensors.torch import load_file, save_file
from torch import Tensor

from s2s.losses import audio_visual_info_nce, unit_distance
from s2s.models.audio_encoder import AudioEncoder
from s2s.models.image_encoder import ImageEncoder
from s2s.spectrogram import log_power, spectrogram
from s2s.spectrogram_spec import SpectrogramSpec
from s2s.training.data import WorldData, int16_to_float
from s2s.training.descent import channels_last, descend, set_rate
from s2s.training.hearing import Hearing, coloured_input, heard
from s2s.training.image_encoder import encode_pictures
from s2s.training.loop import RunLength, train
from s2s.training.recordings import Recording
from s2s.world.state import SCENES

WEIGHTS: Final = "audio_encoder.safetensors"
SPEC: Final = "spectrogram.json"
HELD_OUT_SHARE: Final = 0.1
FADING_BELOW: Final = 0.3  # far wind may fade into the room's noise: what silence is to look like
FADING_SHARE: Final = 0.8
FADE_DB: Final = (-80.0, -10.0)


@dataclass(frozen=True, slots=True)
class AudioEncoderSettings:
    """How f_A is trained. The paper: temperature 1, pull 0, batch 64, Adam 1e-3, weight decay 1e-5."""

    width: int = 24
    batch: int = 64
    learning_rate: float = 1e-3
    weight_decay: float = 1e-5
    temperature: float = 0.1
    pull: float = 8.0  # contrast alone drives embeddings off the manifold that the generator was trained on
    recordings_share: float = 0.12
    hearing: Hearing = field(default_factory=Hearing)
    seed: int = 0


class AudioEncoderTrainer:
    """One step: takes drawn at random, heard through a random microphone, pulled to their pictures."""

    def __init__(
        self,
        data: WorldData,
        encoder: ImageEncoder,
        settings: AudioEncoderSettings,
        recordings: list[Recording],
    ) -> None:
        torch.manual_seed(settings.seed)
        self.data, self.settings, self.recordings = data, settings, recordings
        self.num_train = num_training_sounds(data)
        self.features = encode_pictures(encoder, data.pictures[: len(data.sounds)])
        self.spec = measured_spec(data.sounds[: self.num_train])
        self.net = channels_last(AudioEncoder(settings.width, encoder.embedding_dim))
        self.optimiser = torch.optim.Adam(
            self.net.parameters(), lr=settings.learning_rate, weight_decay=settings.weight_decay
        )
        self.rng = np.random.default_rng(settings.seed)

    def step(self, progress: float) -> dict[str, float]:
        """Take one step; the rate rises over the first fiftieth, then falls along a half cosine."""
        rate = min(1.0, 0.05 + 50 * progress) * max(0.02, 0.5 * (1 + math.cos(math.pi * progress)))
        set_rate(self.optimiser, self.settings.learning_rate * rate)
        waveforms, image = self._draw()
        heard_input = coloured_input(waveforms, self.settings.hearing, self.spec, self.rng)
        self.net.train()
        with torch.autocast("cpu", dtype=torch.bfloat16):
            audio: Tensor = self.net(heard_input.contiguous(memory_format=torch.channels_last))
        contrast = audio_visual_info_nce(audio.float(), image, self.settings.temperature)
        distance = unit_distance(audio.float(), image).diagonal().mean()
        descend(self.optimiser, contrast + self.settings.pull * distance)
        return {"contrast": contrast.item(), "distance": distance.item()}

    def _draw(self) -> tuple[Tensor, Tensor]:
        """Return waveforms [b, samples] and the unit image features [b, d] that they belong to."""
        sounds, takes = [], []
        for _ in range(self.settings.batch):
            if self.recordings and self.rng.random() < self.settings.recordings_share:
                sound, take = self._draw_recording()
            else:
                take = int(self.rng.integers(self.num_train))
                sound = self._sound(take)
            other = self._sound(int(self.rng.integers(self.num_train)))
            if self._may_fade(take):
                sound = sound * np.float32(10 ** (self.rng.uniform(*FADE_DB) / 20))
            sounds.append(heard(sound, other, self.settings.hearing, self.spec, self.rng))
            takes.append(take)
        return torch.from_numpy(np.stack(sounds)), self.features[takes]

    def _draw_recording(self) -> tuple[NDArray[np.float32], int]:
        recording = self.recordings[self.rng.integers(len(self.recordings))]
        place = SCENES.index(recording.scene)
        takes = np.arange(place, self.num_train, self.data.counts.num_scenes)
        return recording.sound, int(self.rng.choice(takes))

    def _may_fade(self, take: int) -> bool:
        state = self.data.counts.state(take)
        return state.scene == "wind" and state.nearness < FADING_BELOW and self.rng.random() < FADING_SHARE

    def _sound(self, take: int) -> NDArray[np.float32]:
        return int16_to_float(self.data.sounds[take])

    def sheet(self) -> NDArray[np.uint8] | None:
        """There is nothing to see yet: pictures of sounds need the generator."""
        return None

    def state_dict(self) -> dict[str, Any]:
        """Return weights and optimiser. The draws go on from the step count, not from where they were."""
        return {"net": self.net.state_dict(), "optimiser": self.optimiser.state_dict(), "seed": self._next_seed()}

    def _next_seed(self) -> int:
        return int(self.rng.integers(2**31))

    def load_state_dict(self, state: dict[str, Any]) -> None:
        """Take over a checkpoint."""
        self.net.load_state_dict(state["net"])
        self.optimiser.load_state_dict(state["optimiser"])
        self.rng = np.random.default_rng(state["seed"])


def num_training_sounds(data: WorldData) -> int:
    """Return how many takes are trained on; the rest, the last tenth, are held out."""
    return max(len(data.sounds) - int(len(data.sounds) * HELD_OUT_SHARE), 1)


def measured_spec(sounds: NDArray[np.int16], sample: int = 256) -> SpectrogramSpec:
    """Return the spectrogram definition with mean and deviation of log power over evenly spread training sounds."""
    spec = SpectrogramSpec()
    chosen = np.unique(np.linspace(0, len(sounds) - 1, sample).astype(int))
    moments = []
    for take in chosen:
        level = log_power(torch.from_numpy(int16_to_float(sounds[take])), spec)
        moments.append((level.mean().item(), level.square().mean().item()))
    mean, square = np.mean(moments, axis=0)
    deviation = float(np.sqrt(square - mean**2))
    return SpectrogramSpec(normalisation="fixed", mean=round(float(mean), 4), deviation=round(deviation, 4))


def train_audio_encoder(
    data: WorldData,
    encoder: ImageEncoder,
    out: Path,
    settings: AudioEncoderSettings,
    length: RunLength,
    recordings: list[Recording],
) -> AudioEncoder:
    """Train f_A; write `audio_encoder.safetensors` and `spectrogram.json` to `out` and return the network."""
    trainer = AudioEncoderTrainer(data, encoder, settings, recordings)
    names = [str(r.path.name) for r in recordings]
    train(trainer, out, length, {"stage": "audio-encoder", "recordings": names, **asdict(settings)})
    save_file({k: v.contiguous() for k, v in trainer.net.state_dict().items()}, out / WEIGHTS)
    (out / SPEC).write_text(json.dumps(trainer.spec.to_dict()) + "\n")
    return trainer.net.eval().requires_grad_(False)


def load_audio_encoder(folder: Path) -> tuple[AudioEncoder, SpectrogramSpec]:
    """Return the encoder and the input definition that a finished run left in `folder`. Raises FileNotFoundError."""
    path = folder / WEIGHTS
    if not path.exists():
        raise FileNotFoundError(f"{path} is missing: train it with `python -m s2s train audio-encoder DATA {folder}`")
    weights = load_file(path)
    net = AudioEncoder(width=weights["conv1.weight"].shape[0], embedding_dim=weights["fc.weight"].shape[0])
    net.load_state_dict(weights)
    return net.eval().requires_grad_(False), SpectrogramSpec.from_dict(json.loads((folder / SPEC).read_text()))


@torch.no_grad()
def encode_sounds(net: AudioEncoder, spec: SpectrogramSpec, sounds: NDArray[np.float32], batch: int = 16) -> Tensor:
    """Return unit embeddings [n, d] of sounds [n, clip_samples]."""
    parts = [
        torch.nn.functional.normalize(net(spectrogram(torch.from_numpy(sounds[i : i + batch]), spec)), dim=1)
        for i in range(0, len(sounds), batch)
    ]
    return torch.cat(parts)
