"""What `bench` measures of training: one step of the audio encoder's stage beside one of the published recipe.

Nothing is read or written: sounds and pictures are made up on the spot. Both sides begin with the same weights and
learn from the same pairs, all of them at every step, so that their losses agree as far as their number formats do.
"""

import itertools
import math
from collections.abc import Callable
from dataclasses import dataclass, field
from functools import partial
from typing import Final

import numpy as np
import torch
import torch.nn.functional as F
from numpy.typing import NDArray
from torch import Tensor, nn

from s2s.bench.baselines import published_spectrogram
from s2s.bench.measuring import Case
from s2s.models.audio_encoder import AudioEncoder
from s2s.models.swav import SwavResNet50
from s2s.spectrogram import log_power
from s2s.spectrogram_spec import SpectrogramSpec
from s2s.training.augment.spectrogram_augment import NO_AUGMENTATION
from s2s.training.engine.device import DeviceContext, Precision
from s2s.training.engine.step_context import StepContext
from s2s.training.inputs.image_features import raw_features
from s2s.training.inputs.pairs import Pairs
from s2s.training.stages.audio_encoder import AudioEncoderSettings, AudioEncoderStage

_PICTURE_PX: Final = 256  # to which the published loader squashes a frame
_LEARNING_RATE: Final = 1e-3
_WEIGHT_DECAY: Final = 1e-5
_PUBLISHED_BATCH: Final = 64
_CPU_BATCH: Final = 8
"""A step of 64 takes a minute on two cores, and says no more."""
_Samples = NDArray[np.float32]


@dataclass(frozen=True, slots=True)
class TrainingSizes:
    """Widths of f_A and f_V, and what f_A hears; the defaults are the published ones. `batch` 0: what suits the device.

    `precision` is that of our side alone.
    """

    batch: int = 0
    width: int = 64
    picture_width: int = 64
    spec: SpectrogramSpec = field(default_factory=SpectrogramSpec)
    precision: Precision = "auto"


class PublishedStep:
    """One step of the published training, computing everything anew: spectrograms by SciPy, f_V's features, f_A.

    All in float32 but the spectrograms, channels first, plain Adam. Two things that it does without changing a number
    are spared it: keeping f_V's graph, which costs memory, and decoding and squashing pictures. Clips are read one
    after another; the published loader has four processes for it, which gain time where cores are idle.
    """

    def __init__(self, sounds: _Samples, pictures: Tensor, eye: SwavResNet50, ear: AudioEncoder) -> None:
        self._sounds, self._pictures, self._f_V, self._f_A = sounds, pictures, eye, ear.train()
        self._optimiser = torch.optim.Adam(ear.parameters(), lr=_LEARNING_RATE, weight_decay=_WEIGHT_DECAY)

    def __call__(self) -> Tensor:
        """Return the loss before the step."""
        device = self._f_A.fc.weight.device
        heard = np.stack([published_spectrogram(sound.astype(np.float64)) for sound in self._sounds])
        audio = self._f_A(torch.from_numpy(heard).float().unsqueeze(1).to(device))
        with torch.no_grad():
            image = self._f_V.encode(self._pictures.to(device))
        loss = published_loss(audio, image)
        self._optimiser.zero_grad()
        loss.backward()
        self._optimiser.step()
        return loss.detach()


def published_loss(audio: Tensor, image: Tensor) -> Tensor:
    """Return L_total of raw embeddings [b, d]: cross-entropy of unit vectors' negative distances, both ways."""
    distance = torch.cdist(image / image.norm(dim=-1, keepdim=True), audio / audio.norm(dim=-1, keepdim=True))
    pairs = torch.arange(len(audio), device=audio.device)
    return (F.cross_entropy(-distance, pairs) + F.cross_entropy(-distance.T, pairs)) / 2


def audio_encoder_training(device: str, sizes: TrainingSizes | None = None) -> Case:
    """Steps of f_A's training: the stage on pairs that were computed once, and the published recipe."""
    sizes = sizes or TrainingSizes()
    batch = sizes.batch or (_PUBLISHED_BATCH if device.startswith("cuda") else _CPU_BATCH)
    device_context = DeviceContext(torch.device(device), sizes.precision)
    rng = np.random.default_rng(0)
    # Loud and soft, bright and dull, of every colour: pairs that can be told apart.
    loudness = rng.uniform(0.01, 0.3, (batch, 1))
    sounds = (loudness * rng.standard_normal((batch, sizes.spec.clip_samples))).clip(-1.0, 1.0).astype(np.float32)
    colours = rng.integers(0, 256, (batch, 1, 1, 3))
    pictures = (colours * rng.uniform(0.5, 1.0, (batch, _PICTURE_PX, _PICTURE_PX, 1))).astype(np.uint8)
    with torch.random.fork_rng():
        torch.manual_seed(0)
        eye = _picture_encoder(sizes.picture_width, pictures).to(device)
        data = _pairs(sounds, raw_features(eye, pictures), sizes.spec)
        settings = AudioEncoderSettings(width=sizes.width, batch=batch, augmentation=NO_AUGMENTATION)
        stage = AudioEncoderStage(data, settings, device_context)
        ear = AudioEncoder(sizes.width, eye.embedding_dim)
        ear.load_state_dict(stage.net.state_dict())
    return Case(
        f"step of f_A, batch {batch}, {str(device_context.format).removeprefix('torch.')}",
        ours=_steps_of(stage),
        baseline=PublishedStep(sounds, _as_tensor(pictures), eye, ear.to(device)),
        compared_with="as published: SciPy and f_V anew, float32",
        settle=partial(torch.cuda.synchronize, device) if device.startswith("cuda") else lambda: None,
        samples=batch,
    )


def _steps_of(stage: AudioEncoderStage) -> Callable[[], Tensor]:
    numbers = itertools.count()
    return lambda: torch.tensor(stage.step(StepContext(next(numbers), 0.0, 0))["loss"])


def _picture_encoder(width: int, pictures: NDArray[np.uint8]) -> SwavResNet50:
    """Return a frozen f_V of random weights whose batch norms know the pictures: else all look alike to it."""
    encoder = SwavResNet50(width).requires_grad_(False)
    for module in encoder.modules():
        if isinstance(module, nn.BatchNorm2d):
            module.momentum = 1.0
    encoder.train().encode(_as_tensor(pictures))
    return encoder.eval()


def _as_tensor(pictures: NDArray[np.uint8]) -> Tensor:
    """Return pictures [b, px, px, 3] as [b, 3, px, px] in -1..1."""
    return torch.from_numpy(pictures).permute(0, 3, 1, 2).contiguous().float() / 127.5 - 1.0


def _pairs(sounds: _Samples, features: Tensor, spec: SpectrogramSpec) -> Pairs:
    """Return what `write_pairs` would leave on disk, in memory."""
    rows = np.arange(len(sounds))
    levels = [log_power(torch.from_numpy(sound), spec) - math.log(spec.floor) for sound in sounds]
    return Pairs(
        train=rows,
        held_out=rows[:0],
        test=rows[:0],
        ids=tuple(map(str, rows)),
        classes=(),
        labels=np.full(len(rows), -1),
        weights=np.ones(len(rows)),
        calibrated=np.zeros(len(rows), bool),
        spec=spec,
        log_spectrograms=torch.stack(levels).clamp_min(0.0).half().numpy(),
        features=features[:, None].numpy(),
    )
