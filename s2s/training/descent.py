"""What every stage does with its networks: lay them out for the CPU, and step down a gradient."""

from typing import TypeVar

import torch
from torch import Tensor, nn

Net = TypeVar("Net", bound=nn.Module)


def channels_last(net: Net) -> Net:
    """Return `net` in the memory layout in which convolutions are fastest on CPUs."""
    net.to(memory_format=torch.channels_last)  # type: ignore[call-overload]  # torch's stubs leave it out
    return net


def descend(optimiser: torch.optim.Optimizer, loss: Tensor) -> None:
    """Take one step of `optimiser` down the gradient of `loss`."""
    optimiser.zero_grad(set_to_none=True)
    loss.backward()  # type: ignore[no-untyped-call]
    optimiser.step()


def set_rate(optimiser: torch.optim.Optimizer, rate: float) -> None:
    """Set the learning rate of every group."""
    for group in optimiser.param_groups:
        group["lr"] = rate
