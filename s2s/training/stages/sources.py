"""Ears for real rooms: f_A and the heads that name up to two sources, trained together on sounds of known scenes.

To the paper's L_total (equation 2), after which the whole sound is painted, comes what is true of each thing in it:
that it is there, where f_V sees it at the nearness that its level says, and how near that is.
"""

import json
import math
from dataclasses import asdict, dataclass, field
from pathlib import Path
from typing import Final

import numpy as np
import torch
import torch.nn.functional as F
from numpy.typing import NDArray
from safetensors.torch import load_file, save_file
from torch import Tensor

from s2s.models.audio_encoder import AudioEncoder
from s2s.models.source_heads import SourceHeads
from s2s.training.augment.freq_mix_style import freq_mix_style
from s2s.training.augment.sound_mixing import MixingSettings, at_levels, mixed
from s2s.training.augment.spectrogram_augment import (
    SpectrogramAugmentation,
    SpectrogramBatch,
    augment_spectrograms,
)
from s2s.training.engine.checkpoint import finished_file
from s2s.training.engine.device import DeviceContext, backward_and_step, set_lr
from s2s.training.engine.distributed import all_gather_rows
from s2s.training.engine.loop import RunPlan, train
from s2s.training.engine.stage import StageBase
from s2s.training.engine.step_context import SampleRng, StepContext, shard_of
from s2s.training.inputs.scene_sounds import SceneSounds
from s2s.training.losses.objectives import audio_visual_info_nce, unit_distance
from s2s.training.stages.audio_encoder import SPEC, WEIGHTS
from s2s.training.stages.calibration import Ears, calibrate
from s2s.training.stages.heard import Heard
from s2s.training.stages.second_thing import SECOND_WINDOWS
from s2s.world.sounds.space import FAR_DBFS, NEAR_DBFS
from s2s.world.state import SCENES

HEADS_WEIGHTS: Final = "source_heads.safetensors"
_SOURCES: Final = 2
_AT_ONCE: Final = 16


@dataclass(frozen=True, slots=True)
class SourcesSettings:
    """How the ears are trained. `columns` of each spectrogram, five seconds, are heard at a step; `whole`, `naming`,
    `seeing`, `nearness` and `hour` weigh those terms of the loss.
    """

    width: int = 16
    batch: int = 64
    columns: int = 512
    learning_rate: float = 1e-3
    weight_decay: float = 1e-4
    temperature: float = 0.1
    pull: float = 8.0
    whole: float = 4.0
    naming: float = 0.5
    seeing: float = 4.0
    nearness: float = 3.0
    hour: float = 0.5
    style_share: float = 0.3
    style_least_own: float = 0.5
    mixing: MixingSettings = field(default_factory=MixingSettings)
    augmentation: SpectrogramAugmentation = field(
        default_factory=lambda: SpectrogramAugmentation(gain_db=(0.0, 0.0), calibrated_gain_db=(0.0, 0.0))
    )


class SourcesStage(StageBase):
    """One step: sounds drawn at random, some of them two at once, through rooms and microphones, at any level."""

    def __init__(
        self, data: SceneSounds, settings: SourcesSettings, device_context: DeviceContext, seed: int = 0
    ) -> None:
        torch.manual_seed(seed)
        self.data, self.settings, self.device_context = data, settings, device_context
        self.net = device_context.prepare(AudioEncoder(settings.width, data.feature_dim))
        self._features = device_context.compile(self.net.features)
        self.heads = device_context.prepare(
            SourceHeads(SCENES, 8 * settings.width, data.feature_dim, second_windows=SECOND_WINDOWS, by_level=True)
        )
        parameters = [*self.net.parameters(), *self.heads.parameters()]
        self.optimiser = device_context.adam(parameters, settings.learning_rate, weight_decay=settings.weight_decay)
        self._batch = min(settings.batch, len(data.train) // device_context.rank.count * device_context.rank.count)
        super().__init__({"net": self.net, "heads": self.heads, "optimiser": self.optimiser})

    def step(self, ctx: StepContext) -> dict[str, float]:
        """Take one step."""
        set_lr(self.optimiser, self.settings.learning_rate * _warm_then_falling(ctx.progress))
        rows = ctx.rng.choice(self.data.train, self._batch, replace=False, p=self.data.chances)
        share = shard_of(ctx.rank, len(rows))
        heard = self.hear(rows[share], np.roll(rows, -1)[share], ctx.sample_rng(len(rows)))
        self._last_batch = {"inputs": heard.inputs, "rows": torch.from_numpy(rows[share])}
        self.net.train()
        self.heads.train()
        with self.device_context.autocast():
            features = self._features(self.device_context.to_device(heard.inputs))
        losses = self._losses(features.float(), heard)
        loss = torch.stack(list(losses.values())).sum()
        backward_and_step(self.optimiser, loss)
        return {"loss": loss.item(), **{name: value.item() for name, value in losses.items()}}

    def hear(self, rows: NDArray[np.int64], others: NDArray[np.int64], sample_rng: SampleRng) -> Heard:
        """Return sounds `rows` [b], some with `others` [b] in them, in random rooms and at random levels."""
        s, data = self.settings, self.data
        columns = min(s.columns, data.spec.num_frames)
        first, second = (
            self.device_context.to_device(
                data.crops_of(few, sample_rng.integers(data.spec.num_frames).numpy(), columns)
            )
            for few in (rows, others)
        )
        mix = mixed(first, second, s.mixing, sample_rng)
        calibrated = torch.ones(len(rows), dtype=torch.bool)
        batch = SpectrogramBatch(mix.log_power, second, calibrated)
        log_power = augment_spectrograms(batch, s.augmentation, data.spec, sample_rng)
        recorded = torch.from_numpy(data.recorded[rows])
        log_power = freq_mix_style(log_power, recorded, s.style_share, s.style_least_own, sample_rng).clamp_min(0.0)
        log_power, gain_db = at_levels(log_power, s.mixing, sample_rng)
        inputs = data.normalised(log_power).contiguous(memory_format=torch.channels_last)
        return self._truth(inputs, rows, others, mix.is_mixed, mix.raised_db + gain_db[:, None])

    def _truth(
        self,
        inputs: Tensor,
        rows: NDArray[np.int64],
        others: NDArray[np.int64],
        is_mixed: Tensor,
        raised_db: Tensor,
    ) -> Heard:
        data, both = self.data, np.stack([rows, others], axis=1)
        labels = torch.from_numpy(data.labels[both])
        behind = labels[:, 1].clone()
        labels[:, 1] = torch.where(is_mixed & (labels[:, 1] != labels[:, 0]), labels[:, 1], -1)
        nearness = torch.from_numpy(data.nearness[both]) + raised_db / (NEAR_DBFS - FAR_DBFS)
        ladders = torch.from_numpy(data.ladders[both])
        hours = torch.from_numpy(data.hours[rows])
        return Heard(inputs, labels, ladders, nearness.clamp(0.0, 1.0), hours, behind)

    def _losses(self, features: Tensor, own: Heard) -> dict[str, Tensor]:
        """Return the weighted terms over the batch of all ranks, by name.

        Rows are gathered before any is left out: every rank may have another number of known things.
        """
        s = self.settings
        summary = all_gather_rows(self.heads.summary(features))
        h = all_gather_rows(self.net.embed(features.mean((2, 3))))
        heard = own.of_all_ranks(features.device)
        targets, labels, first = heard.targets, heard.labels, heard.dominant
        known = labels.gather(1, first[:, None]).squeeze(1) >= 0
        whole = targets.gather(1, first[:, None, None].expand(-1, 1, targets.shape[-1])).squeeze(1)
        seen, near = self.heads.embed(summary, labels.clamp_min(0))
        there = labels >= 0
        return {
            **{f"whole {name}": value for name, value in self._aligned(h[known], whole[known], s.whole).items()},
            **{f"each {name}": value for name, value in self._aligned(seen[there], targets[there], s.seeing).items()},
            "naming": s.naming * _naming(self.heads.read(summary).logits, labels, heard.behind),
            "nearness": s.nearness * (near - heard.nearness)[there].abs().mean(),
            "hour": s.hour * self._hour(h, heard.hours),
        }

    def _aligned(self, h: Tensor, target: Tensor, weight: float) -> dict[str, Tensor]:
        """Return L_total of features [n, d] and the plain distance, weighted."""
        s = self.settings
        distance = unit_distance(h, target).diagonal().mean()
        scale = weight / (1.0 + s.pull)
        return {
            "contrast": scale * audio_visual_info_nce(h, target, s.temperature),
            "distance": scale * s.pull * distance,
        }

    def _hour(self, h: Tensor, hours: Tensor) -> Tensor:
        """Return how far the clock's hand is from where it points in the truth, where that is known."""
        known = ~hours.isnan()
        if not bool(known.any()):
            return h.new_zeros(())
        angle = hours[known] / 24.0 * 2 * math.pi
        hand = self.heads.clock(F.normalize(h[known].detach(), dim=1))
        return F.mse_loss(hand, torch.stack([angle.cos(), angle.sin()], dim=1))

    @torch.no_grad()
    def validate(self) -> dict[str, float]:
        """Return the loss on held-out sounds as they are, and how often they are named rightly: takes and recordings.

        `unknown` is how often a sound that is none of the scenes is named with more than even odds. Every rank does
        all of it.
        """
        data, rows = self.data, self.data.held_out
        if not (data.labels[rows] >= 0).any():
            return {}
        self.net.eval()
        self.heads.eval()
        h, summary = encode_rows(self.net, self.heads, data, rows)
        labels, logits = torch.from_numpy(data.labels[rows]), self.heads.read(summary).logits.cpu()
        known, recorded = labels >= 0, torch.from_numpy(data.recorded[rows])
        ladders = torch.from_numpy(data.ladders[rows])[:, None]
        nearness = torch.from_numpy(data.nearness[rows]).clamp(0.0, 1.0)[:, None]
        heard = Heard(h, labels[:, None], ladders, nearness, nearness[:, 0], labels)
        distance = unit_distance(h[known], heard.targets[known, 0]).diagonal().mean().item()
        naming = _naming(logits, labels[:, None], labels).item()
        right = logits.argmax(dim=1) == labels
        groups = {"named": right[known & ~recorded], "named recordings": right[known & recorded]}
        groups["unknown"] = logits[~known].amax(dim=1) > 0.0
        shares = {name: group.float().mean().item() for name, group in groups.items() if len(group)}
        return {"loss": distance + self.settings.naming * naming, "distance": distance, **shares}


def _warm_then_falling(progress: float) -> float:
    return min(1.0, 0.05 + 50 * progress) * max(0.02, 0.5 * (1 + math.cos(math.pi * progress)))


def _naming(logits: Tensor, labels: Tensor, behind: Tensor) -> Tensor:
    """Return the cross-entropy of every detector, summed over names, averaged over sounds.

    `labels` [b, k] are there; what lies `behind` [b] may or may not be heard, and is not asked for.
    """
    truth = torch.zeros(len(logits), logits.shape[1] + 1, device=logits.device)
    asked = torch.ones_like(truth)
    asked.scatter_(1, behind.remainder(asked.shape[1])[:, None], 0.0)  # -1 is the last column, which is cut away
    truth.scatter_(1, labels.remainder(truth.shape[1]), 1.0)
    asked = torch.maximum(asked, truth)[:, :-1]
    terms = F.binary_cross_entropy_with_logits(logits, truth[:, :-1], reduction="none")
    return (terms * asked).sum(dim=1).mean()


@torch.no_grad()
def encode_rows(
    net: AudioEncoder, heads: SourceHeads, data: SceneSounds, rows: NDArray[np.int64]
) -> tuple[Tensor, Tensor]:
    """Return embeddings [k, d] and summaries [k, hidden], on the CPU, of the sounds of `rows` as they are."""
    device = net.fc.weight.device
    parts = []
    for start in range(0, len(rows), _AT_ONCE):
        inputs = data.normalised(data.log_spectrograms_of(rows[start : start + _AT_ONCE])).to(device)
        features = net.features(inputs)
        parts.append((net.embed(features.mean((2, 3))).float().cpu(), heads.summary(features).float().cpu()))
    h, summary = (torch.cat(part) for part in zip(*parts, strict=True))
    return h, summary


def train_sources(
    data: SceneSounds,
    settings: SourcesSettings,
    plan: RunPlan,
    start: AudioEncoder | None = None,
    start_heads: SourceHeads | None = None,
) -> tuple[AudioEncoder, SourceHeads]:
    """Train f_A and its heads, each from its start where one is given, and calibrate how sure they are.

    Writes both networks and `spectrogram.json` to the plan's folder and returns them. Raises ValueError for a start of
    other sizes.
    """
    stage = SourcesStage(data, settings, plan.device_context, plan.seed)
    if start is not None:
        if (start.width, start.embedding_dim) != (settings.width, data.feature_dim):
            raise ValueError(
                f"expected width {settings.width} and {data.feature_dim} numbers of the audio encoder to begin with, "
                f"got {start.width} and {start.embedding_dim}"
            )
        stage.net.load_state_dict(start.state_dict())
    if start_heads is not None:
        stage.heads.load_state_dict(start_heads.state_dict(), strict=False)  # what calibration learns may lack
    run_info = {"stage": "sources", "sounds": len(data.train), "held_out": len(data.held_out)}
    train(stage, plan, {**run_info, "spec": data.spec.to_dict(), "from_encoder": start is not None, **asdict(settings)})
    stage.net.eval().requires_grad_(False)
    stage.heads.eval().requires_grad_(False)
    calibrate(Ears(stage.net, stage.heads, stage.hear, settings.batch), data)
    if plan.device_context.is_main:
        for name, network in ((WEIGHTS, stage.net), (HEADS_WEIGHTS, stage.heads)):
            save_file({key: value.contiguous() for key, value in network.state_dict().items()}, plan.out / name)
        (plan.out / SPEC).write_text(json.dumps(data.spec.to_dict()) + "\n")
    return stage.net, stage.heads


def load_source_heads(folder: Path) -> SourceHeads:
    """Return the heads that a finished run left in `folder`. Raises FileNotFoundError."""
    finished_file(folder, HEADS_WEIGHTS, "sources")
    return _read_heads(folder)


def load_start_heads(folder: Path) -> SourceHeads | None:
    """Return the heads of a finished run or of a bundle to be trained on, None where it has none."""
    return _read_heads(folder).train().requires_grad_(True) if (folder / HEADS_WEIGHTS).exists() else None


def _read_heads(folder: Path) -> SourceHeads:
    weights = load_file(folder / HEADS_WEIGHTS)
    hidden, both = weights["enter.weight"].shape
    h_dim, weighs_second = weights["clock.weight"].shape[1], "second_odds" in weights
    windows = SECOND_WINDOWS if "second.weights" in weights else ()
    heads = SourceHeads(
        SCENES,
        both // 2,
        h_dim,
        hidden,
        weighs_second=weighs_second,
        second_windows=windows,
        by_level="of_level" in weights,
    )
    heads.load_state_dict(weights)
    return heads.eval().requires_grad_(False)
