"""What the ranks of a run tell each other, so that N ranks with a share of a batch train as one with all of it.

Every function is called by all ranks at the same point, or it waits for ever. With one rank each does nothing.
"""

from collections.abc import Iterable, Mapping
from typing import Any, TypeVar

import torch
import torch.distributed as dist
from torch import Tensor, nn
from torch.nn.modules.batchnorm import _BatchNorm

Net = TypeVar("Net", bound=nn.Module)


def world_size() -> int:
    """Return how many ranks there are: 1 outside a process group."""
    return dist.get_world_size() if dist.is_initialized() else 1


class _Gather(torch.autograd.Function):
    """All ranks' rows in the order of the ranks. torch's own has no backward that gloo can do."""

    @staticmethod
    def forward(_ctx: Any, x: Tensor) -> Tensor:
        own = x.contiguous()
        parts = [torch.empty_like(own) for _ in range(world_size())]
        dist.all_gather(parts, own)
        return torch.cat(parts)

    @staticmethod
    def backward(_ctx: Any, *grads: Tensor) -> Tensor:
        grad = grads[0].clone(memory_format=torch.contiguous_format)  # others may be given the same tensor
        dist.all_reduce(grad)  # every rank's loss looks at this rank's rows
        return grad.chunk(world_size())[dist.get_rank()]


class _Sum(torch.autograd.Function):
    """The sum over ranks, and of its slopes on the way back."""

    @staticmethod
    def forward(_ctx: Any, x: Tensor) -> Tensor:
        total = x.clone(memory_format=torch.contiguous_format)
        dist.all_reduce(total)
        return total

    @staticmethod
    def backward(_ctx: Any, *grads: Tensor) -> Tensor:
        grad = grads[0].clone(memory_format=torch.contiguous_format)
        dist.all_reduce(grad)
        return grad


def all_gather_rows(x: Tensor) -> Tensor:
    """Return the rows [n, …] of all ranks, [ranks × n, …], rank 0's first; gradients find their way back."""
    if world_size() == 1:
        return x
    rows: Tensor = _Gather.apply(x)  # type: ignore[no-untyped-call]
    return rows


def average_gradients(weights: Iterable[Tensor]) -> None:
    """Replace the gradients of `weights` by their mean over ranks, in one message a data type.

    Not `DistributedDataParallel`: a GAN's step runs a network several times before one backward and freezes it in
    between, where its hooks fire too early or never; and the networks here are a few megabytes.
    """
    if world_size() == 1:
        return
    grads = [weight.grad for weight in weights if weight.grad is not None]
    for dtype in dict.fromkeys(grad.dtype for grad in grads):  # in the same order on every rank
        same = [grad for grad in grads if grad.dtype == dtype]
        flat = torch.cat([grad.flatten() for grad in same])
        dist.all_reduce(flat)
        flat /= world_size()
        for grad, mean in zip(same, torch.split(flat, [grad.numel() for grad in same]), strict=True):
            grad.copy_(mean.view_as(grad))


@torch.no_grad()
def all_reduce_mean(values: Mapping[str, float]) -> dict[str, float]:
    """Return the mean over ranks of each value; NaN on one rank is NaN on all."""
    if world_size() == 1:
        return {name: float(value) for name, value in values.items()}
    device = "cuda" if dist.get_backend() == "nccl" else "cpu"
    sums = torch.tensor(list(values.values()), dtype=torch.float64, device=device)
    dist.all_reduce(sums)
    return dict(zip(values, (sums / world_size()).tolist(), strict=True))


def barrier() -> None:
    """Return once every rank is here."""
    all_reduce_mean({"": 0.0})


def broadcast_from_main(value: float) -> float:
    """Return rank 0's value on every rank: what a clock says must not make them part. The others wait, rank 0 not."""
    if world_size() == 1:
        return value
    device = "cuda" if dist.get_backend() == "nccl" else "cpu"
    sent = torch.tensor([value], dtype=torch.float64, device=device)
    dist.broadcast(sent, src=0)
    return float(sent.item())


class SharedBatchNorm(_BatchNorm):
    """Batch norm over the batch of all ranks, on any device; torch's `SyncBatchNorm` knows CUDA alone.

    The same parameters and buffers as torch's batch norms, whose place it takes. Sums are taken in double precision,
    as torch does on the CPU: a mean far from 0 leaves nothing of the spread in single precision.
    """

    def _check_input_dim(self, input: Tensor) -> None:
        assert input.ndim >= 2, f"expected [b, channels, …], got {tuple(input.shape)}"

    def forward(self, x: Tensor) -> Tensor:
        """[b, channels, …] -> the same."""
        if not self.training or world_size() == 1:
            return super().forward(x)
        assert self.running_mean is not None and self.running_var is not None
        assert self.num_batches_tracked is not None and self.momentum is not None
        axes = [axis for axis in range(x.ndim) if axis != 1]
        wide = x.float()
        sums, squares = wide.sum(axes, dtype=torch.float64), wide.square().sum(axes, dtype=torch.float64)
        moments: Tensor = _Sum.apply(torch.cat([sums, squares, sums.new_full((1,), wide.numel() / len(sums))]))  # type: ignore[no-untyped-call]
        total, squares, members = torch.split(moments, [x.shape[1], x.shape[1], 1])
        mean = total / members
        variance = (squares / members - mean.square()).clamp_min(0.0)
        with torch.no_grad():
            self.num_batches_tracked += 1
            self.running_mean.lerp_(mean.float(), self.momentum)
            self.running_var.lerp_((variance * members / (members - 1)).float(), self.momentum)
        mean, variance = mean.float(), variance.float()
        column = (1, -1, *(1,) * (x.ndim - 2))
        scaled = (wide - mean.view(column)) * torch.rsqrt(variance + self.eps).view(column)
        shifted: Tensor = scaled * self.weight.view(column) + self.bias.view(column)
        return shifted.to(x.dtype)


def share_batch_norms(net: Net) -> Net:
    """Let every batch norm of `net` see all ranks' batch, where there are several; return `net`."""
    if world_size() == 1:
        return net
    for name, child in net.named_children():
        if isinstance(child, nn.BatchNorm1d | nn.BatchNorm2d):
            shared = SharedBatchNorm(child.num_features, child.eps, child.momentum, device=child.weight.device)
            shared.load_state_dict(child.state_dict())
            setattr(net, name, shared)
        else:
            share_batch_norms(child)
    return net
