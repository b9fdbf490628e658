"""A network that hears names: which of the scenes sound, one or two at once, in any room and at any level.

Trained on sets of sounds by their likelihood among all sets: cross-entropy over none, every name, and every two.
"""

import math
from dataclasses import asdict, dataclass, field
from pathlib import Path
from typing import Final

import numpy as np
import torch
from numpy.typing import NDArray
from safetensors.torch import load_file, save_file
from torch import Tensor

from s2s.models.namer import CHANNELS, Namer, Scores
from s2s.spectrogram_spec import SpectrogramSpec
from s2s.training.augment.band_rooms import BandRooms, bands_in_rooms, two_at_once
from s2s.training.augment.freq_mix_style import freq_mix_style
from s2s.training.engine.checkpoint import finished_file, read_run_info
from s2s.training.engine.device import DeviceContext, backward_and_step, set_lr
from s2s.training.engine.loop import RunPlan, train
from s2s.training.engine.moving_average import MovingAverage
from s2s.training.engine.stage import StageBase
from s2s.training.engine.step_context import SampleRng, StepContext, shard_of
from s2s.training.inputs.band_sounds import BandSounds
from s2s.training.inputs.sound_sets import NOTHING, SetDraws, SetShares, SoundSets
from s2s.world.state import SCENES

NAMER_WEIGHTS: Final = "namer.safetensors"
_AT_ONCE: Final = 64
_WARM_UP_STEPS: Final = 200


@dataclass(frozen=True, slots=True)
class NamerSettings:
    """How a namer is trained. `columns` of each sound's bands, five seconds, are heard at a step; of `style_share` of
    them some statistics are those of the other domain (Freq-MixStyle).
    """

    channels: tuple[int, ...] = CHANNELS
    batch: int = 64
    columns: int = 251
    learning_rate: float = 2e-3
    weight_decay: float = 0.02
    average: float = 0.998
    style_share: float = 0.3
    style_least_own: float = 0.5
    sets: SetShares = field(default_factory=SetShares)
    rooms: BandRooms = field(default_factory=BandRooms)


class NamerStage(StageBase):
    """One step: sets of sounds, each by a random microphone in a random room."""

    def __init__(self, data: BandSounds, settings: NamerSettings, device_context: DeviceContext, seed: int = 0) -> None:
        torch.manual_seed(seed)
        self.data, self.settings, self.device_context = data, settings, device_context
        self.net = device_context.prepare(Namer(len(SCENES), settings.channels))
        self._forward = device_context.compile(self.net)
        self.average = MovingAverage(self.net, settings.average)
        self._draws = SetDraws(data.pools(), settings.sets)
        matrices = [one for one in self.net.parameters() if one.ndim > 1]
        vectors = [one for one in self.net.parameters() if one.ndim <= 1]
        groups = [{"params": matrices, "weight_decay": settings.weight_decay}, {"params": vectors, "weight_decay": 0.0}]
        self.optimiser = torch.optim.AdamW(groups, settings.learning_rate)
        super().__init__({"net": self.net, "optimiser": self.optimiser}, average=self.average)

    def step(self, ctx: StepContext) -> dict[str, float]:
        """Take one step; the rate rises over the first, then falls as a cosine."""
        s = self.settings
        set_lr(self.optimiser, s.learning_rate * _rising(ctx.step) * _falling(ctx.progress))
        drawn = self._draws.draw(ctx.rng, s.batch)
        starts = ctx.rng.integers(self.data.bands.shape[2], size=(s.batch, 2))
        bands, labels = self.hear(drawn, starts, ctx.sample_rng(s.batch), shard_of(ctx.rank, s.batch))
        self._last_batch = {"bands": bands, "labels": labels}
        self.net.train()
        with self.device_context.autocast():
            scores = Scores(*(one.float() for one in self._forward(bands)))
        loss = -self.net.log_probability(scores, labels).mean()
        backward_and_step(self.optimiser, loss)
        self.average.update(self.net)
        return {"loss": loss.item()}

    def hear(
        self, drawn: SoundSets, starts: NDArray[np.int64], sample_rng: SampleRng, share: slice
    ) -> tuple[Tensor, Tensor]:
        """Return the bands [n, 64, columns] and the labels [n, 2] of `share` of the sets, begun at `starts` [b, 2]."""
        s, rows = self.settings, np.arange(len(drawn.first))[share]
        shape = len(rows), self.data.bands.shape[1], s.columns
        first, second = np.zeros(shape, np.float32), np.zeros(shape, np.float32)
        for place, row in enumerate(rows):
            first[place] = self.data.crop(int(drawn.first[row]), int(starts[row, 0]), s.columns)
            if drawn.second[row] != NOTHING:
                second[place] = self.data.crop(int(drawn.second[row]), int(starts[row, 1]), s.columns)
        one, two = (self.device_context.to_device(torch.from_numpy(bands)) for bands in (first, second))
        is_two = self.device_context.to_device(torch.from_numpy(drawn.second[rows] != NOTHING))
        power = two_at_once(one, two, is_two, s.rooms, self.data.spec, sample_rng)
        bands = bands_in_rooms(power, s.rooms, self.data.spec, sample_rng)
        recorded = torch.from_numpy(drawn.recorded[rows])
        bands = freq_mix_style(bands, recorded, s.style_share, s.style_least_own, sample_rng).clamp_min(0.0)
        return bands, self.device_context.to_device(torch.from_numpy(drawn.labels[rows]))

    @torch.no_grad()
    def validate(self) -> dict[str, float]:
        """Return the loss on held-out sounds as they are, whole, and how often they are named rightly: takes and
        recordings. Every rank does all of it.
        """
        data, rows, net = self.data, self.data.held_out, self.average.net
        if not len(rows):
            return {}
        losses, right = [], []
        for start in range(0, len(rows), _AT_ONCE):
            few = rows[start : start + _AT_ONCE]
            scores = net(self.device_context.to_device(torch.from_numpy(np.asarray(data.bands[few], np.float32))))
            alone = self.device_context.to_device(torch.from_numpy(data.labels[few]))
            labels = torch.stack([alone, torch.full_like(alone, NOTHING)], dim=1)
            losses.append(-net.log_probability(scores, labels).cpu())
            right.append((scores.each.argmax(dim=1) == alone).cpu().numpy())
        known, recorded, is_right = data.labels[rows] != NOTHING, data.recorded[rows], np.concatenate(right)
        groups = {"named": is_right[known & ~recorded], "named recordings": is_right[known & recorded]}
        shares = {name: float(group.mean()) for name, group in groups.items() if len(group)}
        return {"loss": torch.cat(losses).mean().item(), **shares}


def train_namer(data: BandSounds, settings: NamerSettings, plan: RunPlan) -> Namer:
    """Train a namer; write the average of its weights and what it hears by to the plan's folder, and return it."""
    stage = NamerStage(data, settings, plan.device_context, plan.seed)
    run_info = {"stage": "namer", "sounds": len(data.train), "held_out": len(data.held_out)}
    train(stage, plan, {**run_info, "spec": data.spec.to_dict(), **asdict(settings)})
    net = stage.average.net
    if plan.device_context.is_main:
        state = {key: value.cpu().contiguous() for key, value in net.state_dict().items()}
        save_file(state, plan.out / NAMER_WEIGHTS)
    return net


def load_namer(folder: Path) -> tuple[Namer, SpectrogramSpec]:
    """Return the namer that a finished run left in `folder`, and what its bands are made of. Raises FileNotFoundError.

    How the spectrogram is normalised is nothing to it.
    """
    path = finished_file(folder, NAMER_WEIGHTS, "namer")
    run = read_run_info(folder)
    net = Namer(len(SCENES), run["channels"])
    net.load_state_dict(load_file(path))
    return net.eval().requires_grad_(False), SpectrogramSpec.from_dict(run["spec"])


def _rising(step: int) -> float:
    return min(1.0, 0.02 + step / _WARM_UP_STEPS)


def _falling(progress: float) -> float:
    return max(0.005, 0.5 * (1.0 + math.cos(math.pi * progress)))
