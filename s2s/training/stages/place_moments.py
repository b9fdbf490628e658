"""A place's own pictures for a memory: their codes are found, and the painter that they are painted by is taught.

No encoder is needed: a code is what the painter makes its picture of, found by following the slope (Bojanowski et al.
2018, "Optimizing the latent space of generative networks"). The painter moves with them, since it has seen no
photograph yet, while what it paints from the moments it knew, and from what lies between two of them, is rehearsed.
"""

import copy
from dataclasses import asdict, dataclass
from typing import Any, Final

import numpy as np
import torch
from numpy.typing import NDArray
from torch import Tensor, nn

from s2s.models.autoencoder import STRIDE, CodeDecoder
from s2s.models.memory_generator import MemoryGenerator, packed, unpacked
from s2s.training.engine.device import DeviceContext, set_lr
from s2s.training.engine.loop import RunPlan, train
from s2s.training.engine.stage import StageBase
from s2s.training.engine.step_context import StepContext
from s2s.training.inputs.tensors import as_input
from s2s.training.stages.autoencoder import likeness

_MEASURED_ON: Final = 24
_MASK_SCALE: Final = 4
_BETAS: Final = (0.9, 0.99)


@dataclass(frozen=True, slots=True)
class PlaceSettings:
    """How a place is learnt: pictures and rehearsed moments a step, rates, and how far a code may be off."""

    batch: int = 8
    rehearsed: int = 4
    painter_rate: float = 4e-4
    code_rate: float = 0.04
    jitter: float = 0.05  # as the painter was trained with: what neighbours mix to shall be their picture too


@dataclass(frozen=True, slots=True, eq=False)
class PlaceMoments:
    """`codes` [n, code_dim, h / 16, w / 16] within ±1 of n pictures, and the `painter` that paints them."""

    codes: Tensor
    painter: CodeDecoder


class PlaceStage(StageBase):
    """One step: some of `pictures` [n, h, w, 3] from their codes, and some of what `known` paints, as it does."""

    def __init__(
        self,
        pictures: NDArray[np.uint8],
        known: MemoryGenerator,
        settings: PlaceSettings,
        device_context: DeviceContext,
        seed: int = 0,
    ) -> None:
        expected = (known.height, known.width, 3)
        if pictures.shape[1:] != expected:
            raise ValueError(f"expected pictures of {expected}, got {pictures.shape[1:]}")
        self.pictures, self.known, self.settings, self.device_context = pictures, known, settings, device_context
        self.painter = device_context.prepare(copy.deepcopy(known.decoder).requires_grad_(True))
        self.codes = _Codes(len(pictures), known).to(device_context.device)
        self.code_optimiser = device_context.adam(self.codes.parameters(), settings.code_rate, betas=_BETAS)
        self.painter_optimiser = device_context.adam(self.painter.parameters(), settings.painter_rate, betas=_BETAS)
        self._measured = _spread(len(pictures), _MEASURED_ON)
        self._kept = np.random.default_rng(seed).integers(len(known.codes), size=(_MEASURED_ON, 2))
        super().__init__(
            {
                "painter": self.painter,
                "codes": self.codes,
                "code_optimiser": self.code_optimiser,
                "painter_optimiser": self.painter_optimiser,
            }
        )

    def step(self, ctx: StepContext) -> dict[str, float]:
        """Take one step."""
        s, rate = self.settings, _rate(ctx.progress)
        set_lr(self.code_optimiser, s.code_rate * rate)
        set_lr(self.painter_optimiser, s.painter_rate * rate)
        rows = ctx.rng.choice(len(self.pictures), min(s.batch, len(self.pictures)), replace=False)
        pictures = self.device_context.to_device(as_input(self.pictures[rows]))
        self._last_batch = {"pictures": pictures}

        # The place: from codes as they will be kept, and a little off.
        codes = self.codes.kept(torch.from_numpy(rows).to(pictures.device))
        blur = self.device_context.to_device(ctx.sample_rng(len(rows)).normal(*codes.shape[1:]) * s.jitter)
        with self.device_context.autocast():
            painted = self.painter(codes + blur)
        place = _unlikeness(painted.float(), pictures)

        # The world: what was painted of a moment, or between two, is painted still.
        places = ctx.rng.integers(len(self.known.codes), size=(s.rehearsed, 2))
        kept = self._unlike_before(places, ctx.rng.random(s.rehearsed)) if s.rehearsed else place.new_zeros(())

        for optimiser in (self.code_optimiser, self.painter_optimiser):
            optimiser.zero_grad(set_to_none=True)
        (place + kept).backward()
        for optimiser in (self.code_optimiser, self.painter_optimiser):
            optimiser.step()
        self.codes.clamp()
        return {"place": place.item(), "kept": kept.item()}

    @torch.no_grad()
    def validate(self) -> dict[str, float]:
        """Return how far what is painted is from some of the pictures, and from what was painted of known moments."""
        rows = torch.from_numpy(self._measured)
        pictures = self.device_context.to_device(as_input(self.pictures[self._measured]))
        place = _unlikeness(self.painter(self.codes.kept(rows.to(pictures.device))).float(), pictures)
        kept = self._unlike_before(self._kept, np.linspace(0.0, 1.0, len(self._kept)))
        return {"loss": (place + kept).item(), "place": place.item(), "kept": kept.item()}

    def moments(self) -> PlaceMoments:
        """Return what was found, on the CPU."""
        with torch.no_grad():
            codes = self.codes.kept(torch.arange(len(self.pictures), device=self.codes.weight.device)).cpu()
        return PlaceMoments(codes, self.painter.cpu().eval().requires_grad_(False))

    def _unlike_before(self, places: NDArray[np.int64], shares: NDArray[np.float64]) -> Tensor:
        """Return how far the painter is from what it was on mixtures of moments `places` [k, 2], in `shares` [k]."""
        first = torch.from_numpy(shares).float()
        weights = self.device_context.to_device(torch.stack([first, 1.0 - first], dim=1))
        codes = self.known.mixed(weights, torch.from_numpy(places).to(weights.device))
        with torch.no_grad():
            before = self.known.decode(codes)
        with self.device_context.autocast():
            now = self.painter(codes)
        return _unlikeness(now.float(), before)


class _Codes(nn.Module):
    """The codes of n pictures, free to move within ±1; all begin in the middle, a mist."""

    def __init__(self, count: int, known: MemoryGenerator) -> None:
        super().__init__()
        shape = known.decoder.code_dim, known.height // STRIDE, known.width // STRIDE
        self.weight = nn.Parameter(torch.zeros(count, *shape))

    def kept(self, rows: Tensor) -> Tensor:
        """Return codes of `rows`, rounded as a memory keeps them; a slope passes as if they were not."""
        exact = self.weight[rows]
        return exact + (unpacked(packed(exact)) - exact).detach()

    @torch.no_grad()
    def clamp(self) -> None:
        self.weight.clamp_(-1.0, 1.0)


def _unlikeness(painted: Tensor, pictures: Tensor) -> Tensor:
    """Return how far `painted` is from `pictures` [b, 3, h, w] in level and slope; no part of them counts for more."""
    height, width = (side // _MASK_SCALE for side in pictures.shape[2:])
    level, slope = likeness(painted, pictures, pictures.new_zeros(len(pictures), 1, height, width), 0.0)
    return level + slope


def _rate(progress: float) -> float:
    """Whole for two thirds of the run, then down to almost nothing."""
    return min(1.0, max(0.02, 3.0 * (1.0 - progress)))


def _spread(count: int, most: int) -> NDArray[np.int64]:
    return np.unique(np.linspace(0, count - 1, min(count, most)).round().astype(np.int64))


def learn_place(
    pictures: NDArray[np.uint8], known: MemoryGenerator, settings: PlaceSettings, plan: RunPlan
) -> PlaceMoments:
    """Find the codes of `pictures` [n, height, width, 3] of `known`, and the painter that paints them."""
    known = known.to(plan.device_context.device)
    stage = PlaceStage(pictures, known, settings, plan.device_context, plan.seed)
    run_info: dict[str, Any] = {"stage": "place", "pictures": len(pictures), **asdict(settings)}
    train(stage, plan, run_info)
    return stage.moments()
