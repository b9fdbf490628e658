"""GAN inversion: the z and h from which G paints a given image as nearly as it can (paper, section 5.2).

A plain object that its owner steps, in whichever thread owns torch; no clock, no progress, no file of its own.
"""

import math
from dataclasses import dataclass, field
from functools import partial
from typing import Final

import numpy as np
import torch
import torch.nn.functional as F
from numpy.typing import NDArray
from torch import Tensor

from s2s.bundle import Bundle, BundleError
from s2s.sampling.embed import as_seen, as_tensor, embed_image
from s2s.sampling.generate import as_pixels
from s2s.sampling.inversion.loss import Losses, LossesOfEach, Objective, Weights
from s2s.sampling.noise import draw_noise

__all__ = ["DivergedError", "Inversion", "InversionSettings", "Inverted", "Losses", "Weights"]

_DIVERGED: Final = "every restart came to NaN: expected finite pictures; try a lower learning_rate, or check the model"
_HALVED_EVERY: Final = 25
"""Steps after which the worse half of the restarts is given up: who leads by then mostly wins (eight are no better than
four on the default model, one is 1 % worse)."""
_SCREENED_AT_ONCE: Final = 8  # so that no step takes longer than the others
_WORTH_WAITING: Final = 1e-3  # of the total: less is no progress


class DivergedError(RuntimeError):
    """Nothing but NaN came of every restart."""


@dataclass(frozen=True, slots=True)
class InversionSettings:
    """How long and how widely to look.

    `screened` noise vectors are tried, the best `restarts` of them optimised side by side by Adam, and every 25 steps
    the worse half of these is given up. It ends after `max_steps`, or `patience` steps without a gain.
    """

    weights: Weights = field(default_factory=Weights)
    screened: int = 64
    restarts: int = 4
    max_steps: int = 300
    patience: int = 50
    learning_rate: float = 0.1

    def __post_init__(self) -> None:
        for name in ("screened", "restarts", "max_steps", "patience"):
            if getattr(self, name) < 1:
                raise ValueError(f"{name} must be at least 1, got {getattr(self, name)}")
        if self.restarts > self.screened:
            raise ValueError(f"restarts are the best of those screened: at most {self.screened}, got {self.restarts}")
        if not 0.0 < self.learning_rate < float("inf"):
            raise ValueError(f"learning_rate must be above 0 and finite, got {self.learning_rate}")


@dataclass(frozen=True, slots=True)
class Inverted:
    """What was found: z_inv^N [1, z_dim], z_inv^V [1, h_dim] unit and never negative, both on the CPU, and how near.

    `picture` [height, width, 3] is G(z, h). `start` and `start_picture` are what f_V alone gives: its own h, and the
    first noise drawn. `iterations` is the step of optimisation that found it, 0 for noise that was only screened.
    """

    z: Tensor
    h: Tensor
    losses: Losses
    picture: NDArray[np.uint8]
    start: Losses
    start_picture: NDArray[np.uint8]
    iterations: int


@dataclass(slots=True)
class _Candidate:
    """One restart. `v` is h times the root of its length: of unit variance, as z is, so that one rate fits both."""

    z: Tensor
    v: Tensor


class Inversion:
    """Looks for one image in G; step it until `done`, or for as long as there is time. `best` is there at any moment.

    Equal seeds give equal results on one machine (on CUDA, but for its rounding). The model is left as it was; it must
    be the one that `bundle.load` gives, folded or not, in any mode but inference mode at loading.
    """

    def __init__(
        self,
        model: Bundle,
        pixels: NDArray[np.uint8],
        settings: InversionSettings | None = None,
        seed: int = 0,
    ) -> None:
        """`pixels` RGB [height, width, 3] of any size, squashed to G's (`read_image(path, model.card.squash_px)`).

        Raises BundleError for a model without f_V, DivergedError where G paints NaN, ValueError for other pixels.
        """
        if model.image_encoder is None:
            raise BundleError(model.path, "image_encoder", "finding an image again needs an image encoder")
        self.settings = settings or InversionSettings()
        self._model = model
        with torch.inference_mode(False):
            h = embed_image(model, pixels).clone()
            size = model.generator.height, model.generator.width
            image = F.interpolate(as_tensor(pixels), size, mode="bilinear", antialias=True).to(model.device)
            seen = partial(as_seen, model)
            self._objective = Objective(model.image_encoder, image, h.to(model.device), self.settings.weights, seen)
            self._h = h.to(model.device)
            self._unscreened = draw_noise(self.settings.screened, model.generator.z_dim, seed=seed).to(model.device)
            self._screened: list[tuple[float, Tensor]] = []
            self._candidates: list[_Candidate] = []
            self._optimiser: torch.optim.Adam | None = None
            self._best: Inverted | None = None
            self._gained_at, self._waited = math.inf, 0
            self.iterations = 0
            self._screen(1)

    @property
    def done(self) -> bool:
        """Whether there is nothing more to step for."""
        return self.iterations >= self.settings.max_steps or self._waited >= self.settings.patience

    @property
    def best(self) -> Inverted:
        """The nearest that any step has come to, by the total loss."""
        assert self._best is not None
        return self._best

    def step(self) -> Losses:
        """Go one step on and return the losses of the nearest picture of this step; when done, do nothing.

        The first few steps screen noise, the others optimise. Raises DivergedError where every restart has diverged to
        NaN; `best` still stands.
        """
        if self.done:
            return self.best.losses
        with torch.inference_mode(False):
            if len(self._unscreened):
                return self._screen(_SCREENED_AT_ONCE)
            if not self._candidates:
                self._start()
            return self._descend()

    def _screen(self, count: int) -> Losses:
        """Try the next noise vectors with f_V's own h."""
        z, self._unscreened = self._unscreened[:count], self._unscreened[count:]
        with torch.no_grad():
            pictures, losses = self._paint(z, self._h.expand(len(z), -1))
        totals = _finite(losses.total)
        self._screened += list(zip(totals.tolist(), z, strict=True))
        return self._note(pictures, z, self._h.expand(len(z), -1), losses)

    def _start(self) -> None:
        finite = [tried for tried in self._screened if math.isfinite(tried[0])]
        nearest = sorted(finite, key=lambda tried: tried[0])[: self.settings.restarts]
        scale = self._model.generator.h_dim**0.5
        self._candidates = [
            _Candidate(z.clone().requires_grad_(), (scale * self._h[0]).requires_grad_()) for _, z in nearest
        ]
        self._optimiser = torch.optim.Adam(self._parameters(), lr=self.settings.learning_rate)

    def _descend(self) -> Losses:
        assert self._optimiser is not None
        parameters = self._parameters()
        with torch.enable_grad():
            z = torch.stack([candidate.z for candidate in self._candidates])
            h = F.normalize(torch.stack([candidate.v for candidate in self._candidates]), dim=1)
            pictures, losses = self._paint(z, h)
            # Not backward(): that would leave gradients on a model whose weights ask for them.
            gradients = torch.autograd.grad(losses.total.sum(), parameters)
        self._optimiser.zero_grad()
        for parameter, gradient in zip(parameters, gradients, strict=True):
            parameter.grad = gradient
        self._optimiser.step()
        self._stay_on_the_sphere()
        self.iterations += 1
        noted = self._note(pictures, z, h, losses)
        self._thin(_finite(losses.total))
        return noted

    def _parameters(self) -> list[Tensor]:
        return [tensor for candidate in self._candidates for tensor in (candidate.z, candidate.v)]

    def _paint(self, z: Tensor, h: Tensor) -> tuple[Tensor, LossesOfEach]:
        pictures = self._model.generator(z, h)
        return pictures, self._objective(pictures, z, h)

    @torch.no_grad()
    def _stay_on_the_sphere(self) -> None:
        # f_V's features are never negative. Projected after the step, not clamped before G: a number at zero would
        # have no gradient there and never come back.
        for candidate in self._candidates:
            candidate.v.clamp_(min=0.0)
            candidate.v *= len(candidate.v) ** 0.5 / candidate.v.norm()

    def _thin(self, totals: Tensor) -> None:
        """Give up what diverged, and every so often the worse half; Adam skips what has no gradient."""
        order = totals.argsort().tolist()
        keep = len(order)
        if self.iterations % _HALVED_EVERY == 0:
            keep = (len(order) + 1) // 2
        kept = {row for row in order[:keep] if totals[row] < float("inf")}
        for row, candidate in enumerate(self._candidates):
            if row not in kept:
                candidate.z.grad = candidate.v.grad = None
        self._candidates = [candidate for row, candidate in enumerate(self._candidates) if row in kept]

    def _note(self, pictures: Tensor, z: Tensor, h: Tensor, losses: LossesOfEach) -> Losses:
        """Keep the nearest of a batch where it is nearer than all before; return its losses."""
        totals = _finite(losses.total.detach())
        row = int(totals.argmin())
        row_losses = losses.of(row)
        before = self._best
        if not math.isfinite(row_losses.total):
            if before is None or self._candidates:
                raise DivergedError(_DIVERGED)
            return before.losses  # some noise that was tried; there is better
        # Against the last gain that counted, not the last step: many small gains are one.
        if row_losses.total < (1.0 - _WORTH_WAITING) * self._gained_at:
            self._gained_at, self._waited = row_losses.total, 0
        elif self._candidates:
            self._waited += 1
        if before is None or row_losses.total < before.losses.total:
            picture = as_pixels(pictures[row : row + 1].detach())[0]
            start, start_picture = (row_losses, picture) if before is None else (before.start, before.start_picture)
            point = z[row : row + 1].detach().cpu().clone(), h[row : row + 1].detach().cpu().clone()
            self._best = Inverted(*point, row_losses, picture, start, start_picture, self.iterations)
        return row_losses


def _finite(totals: Tensor) -> Tensor:
    return torch.nan_to_num(totals.detach(), nan=float("inf"), posinf=float("inf"))
