"""An average of a network's weights over the last steps, which paints better than the newest weights do."""

import copy
from itertools import chain
from typing import Generic, TypeVar

import torch
from torch import nn

Net = TypeVar("Net", bound=nn.Module)


class MovingAverage(Generic[Net]):
    """Exponential moving average of all of a network's state: parameters, running statistics; counts are copied.

    With `start` the average is a copy until that many updates, as BigGAN's is; without, the first updates weigh more.
    """

    def __init__(self, net: Net, decay: float, start: int | None = None) -> None:
        self.decay = decay
        self.start = start
        self.net: Net = copy.deepcopy(net).eval().requires_grad_(False)
        self.num_updates = 0

    @torch.no_grad()
    def update(self, net: Net) -> None:
        """Take in the newest state; the random start is soon forgotten."""
        self.num_updates += 1
        decay = self._decay()
        held, current = (chain(one.parameters(), one.buffers()) for one in (self.net, net))
        for average, newest in zip(held, current, strict=True):
            if average.is_floating_point():
                average.lerp_(newest, 1 - decay)
            else:
                average.copy_(newest)

    def _decay(self) -> float:
        if self.start is None:
            return min(self.decay, self.num_updates / (self.num_updates + 10))
        return self.decay if self.num_updates > self.start else 0.0
