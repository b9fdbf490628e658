"""A small network that names the scene of a sound: which the world's realism is measured with.

One thread of the caller; owns no file.
"""

from dataclasses import dataclass
from typing import Final

import numpy as np
import torch
import torch.nn.functional as F
from numpy.typing import NDArray
from torch import Tensor, nn

from s2s.models.audio_encoder import AudioEncoder
from s2s.rates import SAMPLE_RATE_HZ
from s2s.spectrogram import fit_clip, log_power, normalise
from s2s.spectrogram_spec import SpectrogramSpec

CLIP_S: Final = 5
SPEC: Final = SpectrogramSpec(clip_samples=CLIP_S * SAMPLE_RATE_HZ, hop_samples=318)
"""The house's spectrogram of a recording's length, every second column of it: no scene needs more."""
WIDTH: Final = 16
BATCH: Final = 16
_GAIN_DB: Final = 10.0
"""Takes are made louder or quieter by up to this, so that a scene is not known by its level."""
_CUT: Final = 0.35
"""How many are cut short and end, or begin, in digital silence, as library recordings do."""


@dataclass(frozen=True, slots=True)
class LabelledSounds:
    """Sounds as the classifier gets them: log power [n, bins, frames] float16, and the number [n] of each scene."""

    log_power: Tensor
    scene: Tensor

    def __len__(self) -> int:
        return len(self.scene)


def log_power_of(sound: NDArray[np.float32]) -> Tensor:
    """Return the log power float16 [bins, frames] of a sound of any length, repeated or cut to `CLIP_S`."""
    return log_power(fit_clip(sound, SPEC), SPEC).half()


class SoundClassifier(nn.Module):
    """f_A's network at width 16 and a linear head: [b, bins, frames] log power -> [b, num_scenes] logits."""

    def __init__(self, num_scenes: int) -> None:
        super().__init__()
        self.encoder = AudioEncoder(WIDTH, embedding_dim=1)
        self.encoder.fc = nn.Identity()  # type: ignore[assignment]  # the head below reads the pooled features
        self.head = nn.Linear(8 * WIDTH, num_scenes)

    def forward(self, sounds: Tensor) -> Tensor:
        # In double precision: what is cut to silence has no deviation, and is to become zeros, not rounding blown up.
        scaled = normalise(sounds.double(), SPEC).float()
        logits: Tensor = self.head(self.encoder.pooled(scaled.unsqueeze(1)))
        return logits

    @torch.inference_mode()
    def answer(self, sounds: LabelledSounds) -> Tensor:
        """Return the logits [n, num_scenes]; leaves the network in evaluation mode."""
        self.eval()
        return torch.cat([self(batch) for batch in torch.split(sounds.log_power, BATCH)])


def train_sound_classifier(
    takes: LabelledSounds,
    num_scenes: int,
    *,
    steps: int,
    seed: int,
    recordings: LabelledSounds | None = None,
    share: float = 0.25,
) -> SoundClassifier:
    """Return a listener trained for `steps` batches on `takes`, and on `recordings` for a `share` of every batch."""
    draws = torch.Generator().manual_seed(seed)
    with torch.random.fork_rng():
        torch.manual_seed(seed)
        listener = SoundClassifier(num_scenes)
    optimiser = torch.optim.AdamW(listener.parameters(), weight_decay=0.02)
    schedule = torch.optim.lr_scheduler.OneCycleLR(optimiser, 3e-3, total_steps=max(steps, 2))
    listener.train()
    for _ in range(steps):
        drawn = [_drawn(takes, BATCH if recordings is None else round(BATCH * (1.0 - share)), draws)]
        drawn += [] if recordings is None else [_drawn(recordings, round(BATCH * share), draws)]
        batch, scene = (torch.cat(part) for part in zip(*drawn, strict=True))
        loss = F.cross_entropy(listener(varied(batch, draws)), scene, label_smoothing=0.05)
        optimiser.zero_grad()
        loss.backward()
        optimiser.step()
        schedule.step()
    return listener


def _drawn(sounds: LabelledSounds, count: int, draws: torch.Generator) -> tuple[Tensor, Tensor]:
    chosen = torch.randint(len(sounds), (count,), generator=draws)
    return sounds.log_power[chosen].float(), sounds.scene[chosen]


def varied(batch: Tensor, draws: torch.Generator) -> Tensor:
    """Return log power [b, bins, frames] at other levels, begun at other moments, and some of it cut short."""
    count, _, frames = batch.shape
    # The floor is part of the power, and is left out of the change of level.
    power = (batch.exp() - SPEC.floor).clamp(min=0.0)
    gain_db = (2.0 * torch.rand(count, 1, 1, generator=draws) - 1.0) * _GAIN_DB
    power = power * 10.0 ** (gain_db / 10.0)
    for number in range(count):
        offset = int(torch.randint(frames, (1,), generator=draws))
        power[number] = power[number].roll(offset, dims=-1)
        if float(torch.rand(1, generator=draws)) < _CUT:
            kept = int(torch.randint(frames // 6, frames, (1,), generator=draws))
            silent = slice(kept, None) if float(torch.rand(1, generator=draws)) < 0.8 else slice(None, frames - kept)
            power[number, :, silent] = 0.0
    return torch.log(power + SPEC.floor)
