"""A stage that a test can follow: a line through a few numbers, found by Adam; and clocks that tick as told."""

import itertools
from collections.abc import Callable, Mapping
from typing import Any

import numpy as np
import torch
from numpy.typing import NDArray
from torch import Tensor, nn

from s2s.training.engine.stage import LossBounds
from s2s.training.engine.step_context import StepContext

BATCH = 8
TRUTH = np.array([1.0, -2.0, 0.5], np.float32)


class ToyStage:
    """Linear regression. `says` overrules what a step logs, by its number; `validates` what is measured after it."""

    def __init__(
        self,
        *,
        width: int = 3,
        says: Mapping[int, dict[str, float]] | None = None,
        validates: Mapping[int, dict[str, float]] | None = None,
    ) -> None:
        rng = np.random.default_rng(7)
        self.x = rng.normal(size=(64, width)).astype(np.float32)
        self.y = self.x[:, :3] @ TRUTH[:width] + rng.normal(0, 0.1, 64).astype(np.float32)
        torch.manual_seed(0)
        self.net = nn.Sequential(nn.Dropout(0.1), nn.Linear(width, 1))
        self.optimiser = torch.optim.Adam(self.net.parameters(), lr=0.05)
        self.says, self.validates = says or {}, validates
        self.turns: list[StepContext] = []
        self.num_steps = 0
        self._last_batch: dict[str, Tensor] = {}

    def step(self, ctx: StepContext) -> dict[str, float]:
        self.net.train()
        rows = ctx.rng.choice(48, BATCH, replace=False)
        x, y = torch.from_numpy(self.x[rows]), torch.from_numpy(self.y[rows])
        x = x + 0.01 * ctx.sample_rng(BATCH).normal(x.shape[1])
        self._last_batch = {"x": x, "y": y}
        loss = (self.net(x)[:, 0] - y).square().mean()
        self.optimiser.zero_grad()
        loss.backward()
        self.optimiser.step()
        self.turns.append(ctx)
        self.num_steps = ctx.step + 1
        return self.says.get(self.num_steps, {"loss": loss.item()})

    @torch.no_grad()
    def validate(self) -> dict[str, float]:
        if self.validates is not None:
            return self.validates.get(self.num_steps, {})
        self.net.eval()
        wrong = self.net(torch.from_numpy(self.x[48:]))[:, 0] - torch.from_numpy(self.y[48:])
        return {"loss": wrong.square().mean().item(), "furthest": wrong.abs().max().item()}

    def bounds(self) -> LossBounds | None:
        return LossBounds("loss", 0.0, float(np.var(self.y)))

    def sheet(self) -> NDArray[np.uint8] | None:
        return np.full((4, 6, 3), self.num_steps % 256, np.uint8)

    def last_batch(self) -> dict[str, Tensor]:
        return self._last_batch

    def state_dict(self) -> dict[str, Any]:
        return {"net": self.net.state_dict(), "optimiser": self.optimiser.state_dict(), "num_steps": self.num_steps}

    def load_state_dict(self, state: dict[str, Any]) -> None:
        self.net.load_state_dict(state["net"])
        self.optimiser.load_state_dict(state["optimiser"])
        self.num_steps = state["num_steps"]


def ticking(step_s: float) -> Callable[[], float]:
    """Return a clock that moves on by `step_s` whenever it is read: the loop reads it before and after a step."""
    ticks = itertools.count()
    return lambda: next(ticks) * step_s
