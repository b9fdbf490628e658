"""What ranks do together, scene by scene: `python -m tests.s2s.training.collective_program OUT` on each of them.

A scene is given which rows of a batch are this rank's. Played outside of ranks it has them all: that is what the ranks'
must come to.
"""

import os
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any

import torch
from torch import Tensor, nn

from s2s.data.ranks import Rank
from s2s.training.engine.device import DeviceContext, backward_and_step, open_device_context
from s2s.training.engine.distributed import (
    SharedBatchNorm,
    all_gather_rows,
    all_reduce_mean,
    average_gradients,
    barrier,
    broadcast_from_main,
    share_batch_norms,
    world_size,
)
from s2s.training.engine.step_context import shard_of

BATCH = 8


def batch(*shape: int, seed: int = 0) -> Tensor:
    return torch.randn(BATCH, *shape, generator=torch.Generator().manual_seed(seed))


def rows_look_at_all_rows(share: slice) -> dict[str, Any]:
    """A loss of every pair of rows, as a contrastive one is; some of what is gathered goes another way too."""
    x, stranger = batch(3)[share].requires_grad_(), batch(3, seed=1)[share].requires_grad_()
    everyone, beside = all_gather_rows(x), all_gather_rows(stranger)
    loss = ((everyone + beside) @ everyone.T).exp().mean()
    loss.backward()
    assert x.grad is not None and stranger.grad is not None
    return {
        "rows": everyone.detach(),
        "loss": loss.detach(),
        "x": x.grad / world_size(),
        "y": stranger.grad / world_size(),
    }


def one_slope_for_two(share: slice) -> dict[str, Any]:
    """The slope that comes to `all_gather_rows` also goes to a tensor that was never gathered."""
    x, own = batch(3)[share].requires_grad_(), batch(3, seed=2).requires_grad_()
    later = 2 * own  # on the way back, what came first comes last
    (all_gather_rows(x) + later).square().sum().backward()
    assert own.grad is not None
    return {"own": own.grad}


def a_layout_of_its_own(share: slice) -> dict[str, Any]:
    pictures = batch(3, 2, 2).contiguous(memory_format=torch.channels_last)[share]
    turned = batch(3)[share].T.contiguous().T
    return {"pictures": all_gather_rows(pictures), "turned": all_gather_rows(turned)}


def norm_of(x: Tensor, share: slice, *, shift: float = 0.0) -> dict[str, Any]:
    """Two steps through a batch norm among other layers, and what it is like afterwards."""
    torch.manual_seed(0)
    norm = nn.BatchNorm2d(3) if x.ndim == 4 else nn.BatchNorm1d(3)
    nn.init.uniform_(norm.weight)
    nn.init.uniform_(norm.bias)
    net = share_batch_norms(nn.Sequential(nn.Sequential(norm), nn.ReLU()))
    assert isinstance(net.get_submodule("0.0"), SharedBatchNorm) == (world_size() > 1)
    local_shard = (x + shift)[share].requires_grad_()
    for _ in range(2):
        y = net(local_shard)
    weight = batch(*x.shape[1:], seed=3)[share]
    (y * weight).mean().backward()
    average_gradients(net.parameters())
    assert local_shard.grad is not None
    told = {"y": all_gather_rows(y.detach()), "x": all_gather_rows(local_shard.grad) / world_size()}
    grads = {f"slope of {name}": w.grad for name, w in net.named_parameters()}
    return {**told, **grads, **net.state_dict(), "still": all_gather_rows(net.eval()(local_shard).detach())}


def a_norm_in_half_precision(share: slice) -> dict[str, Any]:
    net = share_batch_norms(nn.Sequential(nn.BatchNorm2d(3)))
    return {"y": all_gather_rows(net(batch(3, 2, 2).bfloat16()[share])).float()}


def a_step_of_adam(share: slice) -> dict[str, Any]:
    torch.manual_seed(0)
    net, silent = nn.Sequential(nn.Linear(3, 4), nn.Tanh(), nn.Linear(4, 1)), nn.Linear(1, 1)
    optimiser = DeviceContext(precision="float32").adam([*net.parameters(), *silent.parameters()], 0.01)
    for seed in range(3):
        backward_and_step(optimiser, net(batch(3, seed=seed)[share]).square().mean())
    return dict(net.state_dict())


def slopes_of_two_formats(share: slice) -> dict[str, Any]:
    weights = [nn.Parameter(torch.zeros(2, dtype=kind)) for kind in (torch.float32, torch.float64)]
    for weight in weights:
        weight.grad = batch(2)[share].sum(0).to(weight.dtype) * world_size()
    average_gradients(weights)
    return {str(weight.dtype): weight.grad for weight in weights}


def what_ranks_say(share: slice) -> dict[str, Any]:
    number = float(share.start)
    barrier()
    nothing = all_reduce_mean({})
    told = all_reduce_mean({"number": number, "bad": float("nan") if number else 1.0})
    return {"number": told["number"], "bad": told["bad"], "first": broadcast_from_main(number), "nothing": len(nothing)}


SCENES: dict[str, Callable[[slice], dict[str, Any]]] = {
    "rows look at all rows": rows_look_at_all_rows,
    "one slope for two": one_slope_for_two,
    "a layout of its own": a_layout_of_its_own,
    "pictures": lambda share: norm_of(batch(3, 4, 5), share),
    "vectors": lambda share: norm_of(batch(3), share),
    "far from 0": lambda share: norm_of(batch(3, 4, 5), share, shift=1000.0),
    "half precision": a_norm_in_half_precision,
    "a step of Adam": a_step_of_adam,
    "two formats": slopes_of_two_formats,
    "what ranks say": what_ranks_say,
}


def main(out: Path) -> None:
    with open_device_context("cpu", precision="float32", rank=Rank.of(os.environ)) as device_context:
        told = {name: scene(shard_of(device_context.rank, BATCH)) for name, scene in SCENES.items()}
    torch.save(told, out / f"rank-{device_context.rank.index}.pt")


if __name__ == "__main__":
    main(Path(sys.argv[1]))
