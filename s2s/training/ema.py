"""An average of a network's weights over the last steps, which paints better than the newest weights do."""

import copy
from typing import Generic, TypeVar

import torch
from torch import nn

Net = TypeVar("Net", bound=nn.Module)


class MovingAverage(Generic[Net]):
    """Exponential moving average of every parameter; buffers are copied."""

    def __init__(self, net: Net, decay: float) -> None:
        self.decay = decay
        self.net: Net = copy.deepcopy(net).eval().requires_grad_(False)
        self.num_updates = 0

    @torch.no_grad()
    def update(self, net: Net) -> None:
        """Take in the newest weights; the first steps weigh more, so that the random start is soon forgotten."""
        self.num_updates += 1
        decay = min(self.decay, self.num_updates / (self.num_updates + 10))
        for average, newest in zip(self.net.parameters(), net.parameters(), strict=True):
            average.lerp_(newest, 1 - decay)
        for held, current in zip(self.net.buffers(), net.buffers(), strict=True):
            held.copy_(current)
