"""The sound source localisation model for pair selection (Sound2Scene 3.3), from unlabelled clips alone.

A frame's positive is the sound of its own moment; its negatives are the moments of the other clips in the batch and,
weighed less because much of a clip looks and sounds alike, other moments of its own. InfoNCE alone leaves open whether
a silent, empty place scores above or below a thing that sounds: each is told from the other, and no more is asked. A
logistic term puts all pairs on one scale: what matches much else in the batch scores low.
"""

import json
import math
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any, Final

import numpy as np
import torch
from numpy.typing import NDArray
from safetensors.torch import load_file, save_file
from torch import Tensor, nn

from s2s.models.localizer import COLUMNS_A_STEP, Localizer, LocalizerSizes
from s2s.rates import FRAME_RATE_HZ
from s2s.training.augment.band_augment import BandAugmentation, BandAugmenter
from s2s.training.engine.device import DeviceContext, backward_and_step, set_lr
from s2s.training.engine.distributed import all_gather_rows
from s2s.training.engine.loop import RunPlan, train
from s2s.training.engine.stage import LossBounds, StageBase
from s2s.training.engine.step_context import SampleRng, StepContext, shard_of
from s2s.training.inputs.moments import Moments
from s2s.training.losses.moments import found_moments, guessing_info_nce, moment_info_nce, moment_logistic

WEIGHTS: Final = "localizer.safetensors"
ABOUT: Final = "localizer.json"
MEASURED_ON: Final = 256  # clips, evenly spread: enough for a mean and a deviation
SMALLEST_TEMPERATURE: Final = 0.01
VALIDATED_ON: Final = 96  # clips at most
FIRST_EVEN_ODDS: Final = 0.6


@dataclass(frozen=True, slots=True)
class LocalizerSettings:
    """How the localizer is trained. Symmetric InfoNCE as in EZ-VSL (Mo & Morgado 2022), whose temperature of 0.03
    learns a few thousand clips by heart.
    """

    embedding_dim: int = 128
    picture_width: int = 96
    sound_width: int = 16
    attention: float = 0.1
    batch: int = 24  # clips
    moments: int = 8  # of each clip in the batch
    learning_rate: float = 2e-3
    weight_decay: float = 0.02
    temperature: float = 0.07
    learn_temperature: bool = False
    same_clip: float = 0.5  # weight of other moments of the same clip among the negatives
    calibration: float = 1.0  # weight of the logistic term
    gain_db: tuple[float, float] = (-6.0, 6.0)
    tilt_db: float = 4.0  # either way, over the whole range of pitch
    shift_bands: int = 1  # either way
    behind_db: tuple[float, float] = (-50.0, -10.0)  # level of another clip of the batch, relative to its own
    hiss_db: tuple[float, float] = (-80.0, -45.0)  # RMS of noise laid over: a clip's own noise would give it away
    jitter_s: float = 0.5  # between a frame and its sound: else the moment at which a thing comes is all that counts
    map_dropout: float = 0.3  # of f_V's channels

    def __post_init__(self) -> None:
        if self.batch < 2 or self.moments < 1:
            raise ValueError(f"a batch needs two clips and one of their moments, got {self.batch} and {self.moments}")
        if not self.temperature >= SMALLEST_TEMPERATURE:
            raise ValueError(f"temperature must be at least {SMALLEST_TEMPERATURE}, got {self.temperature}")
        if not (self.calibration >= 0 and self.jitter_s >= 0):
            raise ValueError(f"calibration and jitter_s must not be negative, got {self.calibration}, {self.jitter_s}")
        if not self.same_clip >= 0:
            raise ValueError(f"same_clip must not be negative, got {self.same_clip}")
        if not 0 <= self.map_dropout < 1:
            raise ValueError(f"map_dropout must lie from 0 to below 1, got {self.map_dropout}")

    def augmentation(self) -> BandAugmentation:
        """How far the random microphones of clips differ."""
        return BandAugmentation(self.gain_db, self.tilt_db, self.shift_bands, self.behind_db, self.hiss_db)


@dataclass(frozen=True, slots=True)
class LocalizerAbout:
    """What besides its weights a localizer is: sizes, f_V's stages and fingerprint, and how its bands are scaled."""

    sizes: LocalizerSizes
    stages: tuple[int, ...]
    encoder: str
    mean: float
    deviation: float

    def scaled(self, bands: Tensor) -> Tensor:
        """Return log bands as the network was trained to hear them."""
        return (bands - self.mean) / self.deviation


class LocalizerStage(StageBase):
    """One step: a few moments of each of a batch of clips, every frame against every sound."""

    def __init__(
        self, data: Moments, settings: LocalizerSettings, device_context: DeviceContext, seed: int = 0
    ) -> None:
        torch.manual_seed(seed)
        self.data, self.settings, self.device_context = data, settings, device_context
        sizes = LocalizerSizes(
            tuple(shape[0] for shape in data.shapes),
            data.bands.shape[1],
            settings.embedding_dim,
            settings.picture_width,
            settings.sound_width,
            settings.attention,
        )
        self.about = LocalizerAbout(sizes, data.stages, data.encoder, *measured_bands(data))
        self.net = device_context.prepare(Localizer(sizes))
        self._hear, self._see = device_context.compile(self.net.hear), device_context.compile(self.net.see)
        self.log_temperature = nn.Parameter(torch.tensor(math.log(settings.temperature), device=device_context.device))
        self.log_temperature.requires_grad_(settings.learn_temperature)
        self.even_odds = nn.Parameter(torch.tensor(FIRST_EVEN_ODDS, device=device_context.device))
        groups = [
            {"params": list(self.net.parameters()), "weight_decay": settings.weight_decay},
            {"params": [self.log_temperature, self.even_odds], "weight_decay": 0.0},
        ]
        self.optimiser = torch.optim.AdamW(groups, lr=settings.learning_rate)
        # Fewer clips than a batch are drawn as a whole, and shared evenly.
        self._batch = min(settings.batch, len(data.train) // device_context.rank.count * device_context.rank.count)
        self._few = min(settings.moments, data.steps.shape[1])
        super().__init__({"net": self.net, "optimiser": self.optimiser})

    def step(self, ctx: StepContext) -> dict[str, float]:
        """Take one step; the rate rises over the first fiftieth, then falls along a half cosine."""
        progress = ctx.progress
        rate = min(1.0, 0.05 + 50 * progress) * max(0.02, 0.5 * (1 + math.cos(math.pi * progress)))
        set_lr(self.optimiser, self.settings.learning_rate * rate)

        # Draw clips, and a few moments of each.
        maps, bands, steps = self._draw(ctx)
        self._last_batch = {**{f"maps_{index}": one for index, one in enumerate(maps)}, "bands": bands, "steps": steps}

        # Score this rank's frames with every rank's sounds.
        self.net.train()
        with self.device_context.autocast():
            places, sound_embeddings = self._embedded(maps, bands, steps)
            own = self.net.correspondence(places, all_gather_rows(sound_embeddings))

        # A frame's own sound shall score highest, over the frames of all ranks.
        loss, metrics = self._loss(all_gather_rows(own.float()))
        backward_and_step(self.optimiser, loss)
        return {**metrics, "temperature": self._temperature().item(), "even_odds": self.even_odds.item()}

    def _embedded(self, maps: list[Tensor], bands: Tensor, steps: Tensor) -> tuple[Tensor, Tensor]:
        """Return places [b × m, d, h, w] of frames and q^A [b × m, d] of the sounds of their moments."""
        sound_embeddings = self._hear(self.about.scaled(bands))  # [b, d, steps]
        chosen = sound_embeddings.gather(2, steps[:, None].expand(-1, sound_embeddings.shape[1], -1))  # [b, d, m]
        return self._see(maps), chosen.transpose(1, 2).flatten(0, 1)

    def _loss(self, matrix: Tensor) -> tuple[Tensor, dict[str, float]]:
        """Return what is made small, and what to tell of it, of C_av of every frame with every sound [n, n]."""
        s, few = self.settings, self._few
        contrast = moment_info_nce(matrix, few, self._temperature(), s.same_clip)
        logistic = moment_logistic(matrix, few, self.even_odds, s.same_clip)
        metrics = {"contrast": contrast.item(), "logistic": logistic.item(), **found_moments(matrix.detach(), few)}
        return contrast + s.calibration * logistic, metrics

    def _temperature(self) -> Tensor:
        return self.log_temperature.exp().clamp_min(SMALLEST_TEMPERATURE)

    def _draw(self, ctx: StepContext) -> tuple[list[Tensor], Tensor, Tensor]:
        """Return maps [b × m, …], log bands [b, bands, columns] and steps [b, m] of this rank's moments."""
        rng, sample_rng = ctx.rng, ctx.sample_rng(self._batch)
        # Every rank draws for all clips. Files are read in order.
        batch = np.sort(rng.choice(self.data.train, self._batch, replace=False))
        moments = sample_rng.uniform(0.0, 1.0, self.data.steps.shape[1]).argsort(dim=1)[:, : self._few].numpy()
        reach = round(self.settings.jitter_s * FRAME_RATE_HZ)
        late = sample_rng.integers(2 * reach + 1, self._few) - reach
        mirrored = rng.random() < 0.5
        augmenter = BandAugmenter.draw(self._batch, self.data.bands.shape[1], self.settings.augmentation(), rng)

        share = shard_of(ctx.rank, self._batch)
        rows = np.arange(share.start - 1, share.stop)  # behind each clip is the one before it
        bands = augmenter.of(rows).augment(self._bands(batch[rows]))
        steps = self._steps(batch[share], moments) + late
        maps = [
            _dropped(
                one.flip(3) if mirrored else one, ctx.sample_rng(self._batch * self._few), self.settings.map_dropout
            )
            for one in self.data.maps_of(batch[share], moments)
        ]
        return self._placed(maps, bands, steps.clamp(0, bands.shape[2] // COLUMNS_A_STEP - 1))

    def _bands(self, clips: NDArray[np.int64]) -> Tensor:
        return torch.from_numpy(np.asarray(self.data.bands[clips], np.float32))

    def _steps(self, clips: NDArray[np.int64], moments: NDArray[np.int64]) -> Tensor:
        return torch.from_numpy(np.take_along_axis(self.data.steps[clips], moments, axis=1).astype(np.int64))

    def _placed(self, maps: list[Tensor], bands: Tensor, steps: Tensor) -> tuple[list[Tensor], Tensor, Tensor]:
        return (
            [self.device_context.to_device(one) for one in maps],
            self.device_context.to_device(bands),
            self.device_context.to_device(steps),
        )

    @torch.no_grad()
    def validate(self) -> dict[str, float]:
        """Measure on clips held out, always the same moments of them. Every rank does all of it."""
        clips = self.data.held_out[:VALIDATED_ON]
        if len(clips) < 2:
            return {}
        spread = np.linspace(0, self.data.steps.shape[1] - 1, self._few).astype(np.int64)
        moments = np.tile(spread, (len(clips), 1))
        self.net.eval()
        read = self._placed(self.data.maps_of(clips, moments), self._bands(clips), self._steps(clips, moments))
        loss, metrics = self._loss(self.net.correspondence(*self._embedded(*read)))
        return {"loss": loss.item(), **metrics}

    def bounds(self) -> LossBounds | None:
        """InfoNCE lies between every moment found and a guess among the batch's, about ln n of n moments.

        The ceiling is that of scores all alike: those of a fresh network scatter, and at a low temperature the first
        steps lie some tenths above it.
        """
        return LossBounds("contrast", 0.0, guessing_info_nce(self._batch, self._few, self.settings.same_clip))

    def state_dict(self) -> dict[str, Any]:
        """Return network, optimiser, temperature and even odds."""
        learnt = {"log_temperature": self.log_temperature.detach(), "even_odds": self.even_odds.detach()}
        return {**super().state_dict(), **learnt}

    def load_state_dict(self, state: dict[str, Any]) -> None:
        """Take over a checkpoint."""
        super().load_state_dict(state)
        self.log_temperature.data.copy_(state["log_temperature"])
        self.even_odds.data.copy_(state["even_odds"])


def _dropped(x: Tensor, sample_rng: SampleRng, share: float) -> Tensor:
    """Return maps [n, channels, h, w] without `share` of their channels, as `F.dropout2d`, but alike on any ranks."""
    kept = sample_rng.uniform(0.0, 1.0, x.shape[1], 1, 1) >= share
    return x * kept / (1 - share)


def measured_bands(data: Moments) -> tuple[float, float]:
    """Return mean and deviation of the log bands of training clips, evenly spread."""
    places = np.unique(np.linspace(0, len(data.train) - 1, MEASURED_ON).astype(int))
    clips = [np.float64(data.bands[clip]) for clip in data.train[places]]
    mean, square = np.mean([(clip.mean(), np.square(clip).mean()) for clip in clips], axis=0)
    return round(float(mean), 4), round(float(np.sqrt(max(square - mean**2, 1e-6))), 4)


def train_localizer(data: Moments, settings: LocalizerSettings, plan: RunPlan) -> tuple[Localizer, LocalizerAbout]:
    """Train on the moments of unlabelled clips; return the network, and the metadata to use it with.

    Writes `localizer.safetensors` and `localizer.json` to the plan's folder: the weights that did best on the clips
    held out, or the last ones where fewer than two are.
    """
    stage = LocalizerStage(data, settings, plan.device_context, plan.seed)
    run_info = {"stage": "localizer", "clips": len(data.train), "held_out": len(data.held_out)}
    train(stage, plan, {**run_info, **asdict(settings)})
    net = stage.net.eval().requires_grad_(False)
    if plan.device_context.is_main:
        save_file({name: value.contiguous() for name, value in net.state_dict().items()}, plan.out / WEIGHTS)
        (plan.out / ABOUT).write_text(json.dumps(asdict(stage.about), indent=1) + "\n")
    return net, stage.about


def load_localizer(folder: Path) -> tuple[Localizer, LocalizerAbout]:
    """Return the network and its metadata, as a finished run left them in `folder`. Raises FileNotFoundError."""
    if not (folder / WEIGHTS).exists() or not (folder / ABOUT).exists():
        raise FileNotFoundError(
            f"{folder} holds no localizer: train one with `python -m s2s train localizer DATA {folder}`"
        )
    fields = json.loads((folder / ABOUT).read_text())
    sizes = LocalizerSizes(**{**fields["sizes"], "map_channels": tuple(fields["sizes"]["map_channels"])})
    about = LocalizerAbout(**{**fields, "sizes": sizes, "stages": tuple(fields["stages"])})
    net = Localizer(sizes)
    net.load_state_dict(load_file(folder / WEIGHTS))
    return net.eval().requires_grad_(False), about
