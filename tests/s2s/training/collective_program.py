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
from s2s.training.engine.device import Rig, descend, opened_rig
from s2s.training.engine.distributed import (
    SharedBatchNorm,
    average_gradients,
    gathered,
    mean_of_ranks,
    meet,
    num_ranks,
    of_rank_0,
    share_batch_norms,
)
from s2s.training.engine.step_context import share_of

BATCH = 8


def batch(*shape: int, seed: int = 0) -> Tensor:
    return torch.randn(BATCH, *shape, generator=torch.Generator().manual_seed(seed))


def rows_look_at_all_rows(share: slice) -> dict[str, Any]:
    """A loss of every pair of rows, as a contrastive one is; some of what is gathered goes another way too."""
    x, stranger = batch(3)[share].requires_grad_(), batch(3, seed=1)[share].requires_grad_()
    everyone, beside = gathered(x), gathered(stranger)
    loss = ((everyone + beside) @ everyone.T).exp().mean()
    loss.backward()
    assert x.grad is not None and stranger.grad is not None
    return {
        "rows": everyone.detach(),
        "loss": loss.detach(),
        "x": x.grad / num_ranks(),
        "y": stranger.grad / num_ranks(),
    }


def one_slope_for_two(share: slice) -> dict[str, Any]:
    """The slope that comes to `gathered` also goes to a tensor that was never gathered."""
    x, own = batch(3)[share].requires_grad_(), batch(3, seed=2).requires_grad_()
    later = 2 * own  # on the way back, what came first comes last
    (gathered(x) + later).square().sum().backward()
    assert own.grad is not None
    return {"own": own.grad}


def a_layout_of_its_own(share: slice) -> dict[str, Any]:
    pictures = batch(3, 2, 2).contiguous(memory_format=torch.channels_last)[share]
    turned = batch(3)[share].T.contiguous().T
    return {"pictures": gathered(pictures), "turned": gathered(turned)}


def norm_of(x: Tensor, share: slice, *, shift: float = 0.0) -> dict[str, Any]:
    """Two steps through a batch norm among other layers, and what it is like afterwards."""
    torch.manual_seed(0)
    norm = nn.BatchNorm2d(3) if x.ndim == 4 else nn.BatchNorm1d(3)
    nn.init.uniform_(norm.weight)
    nn.init.uniform_(norm.bias)
    net = share_batch_norms(nn.Sequential(nn.Sequential(norm), nn.ReLU()))
    assert isinstance(net[0][0], SharedBatchNorm) == (num_ranks() > 1)
    mine = (x + shift)[share].requires_grad_()
    for _ in range(2):
        y = net(mine)
    weight = batch(*x.shape[1:], seed=3)[share]
    (y * weight).mean().backward()
    average_gradients(net.parameters())
    assert mine.grad is not None
    told = {"y": gathered(y.detach()), "x": gathered(mine.grad) / num_ranks()}
    slopes = {f"slope of {name}": w.grad for name, w in net.named_parameters()}
    return {**told, **slopes, **net.state_dict(), "still": gathered(net.eval()(mine).detach())}


def a_norm_in_half_precision(share: slice) -> dict[str, Any]:
    net = share_batch_norms(nn.Sequential(nn.BatchNorm2d(3)))
    return {"y": gathered(net(batch(3, 2, 2).bfloat16()[share])).float()}


def a_step_of_adam(share: slice) -> dict[str, Any]:
    torch.manual_seed(0)
    net, silent = nn.Sequential(nn.Linear(3, 4), nn.Tanh(), nn.Linear(4, 1)), nn.Linear(1, 1)
    optimiser = Rig(precision="float32").adam([*net.parameters(), *silent.parameters()], 0.01)
    for seed in range(3):
        descend(optimiser, net(batch(3, seed=seed)[share]).square().mean())
    return dict(net.state_dict())


def slopes_of_two_formats(share: slice) -> dict[str, Any]:
    weights = [nn.Parameter(torch.zeros(2, dtype=kind)) for kind in (torch.float32, torch.float64)]
    for weight in weights:
        weight.grad = batch(2)[share].sum(0).to(weight.dtype) * num_ranks()
    average_gradients(weights)
    return {str(weight.dtype): weight.grad for weight in weights}


def what_ranks_say(share: slice) -> dict[str, Any]:
    number = float(share.start)
    meet()
    nothing = mean_of_ranks({})
    told = mean_of_ranks({"number": number, "bad": float("nan") if number else 1.0})
    return {"number": told["number"], "bad": told["bad"], "first": of_rank_0(number), "nothing": len(nothing)}


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
    with opened_rig("cpu", precision="float32", rank=Rank.of(os.environ)) as rig:
        told = {name: scene(share_of(rig.rank, BATCH)) for name, scene in SCENES.items()}
    torch.save(told, out / f"rank-{rig.rank.index}.pt")


if __name__ == "__main__":
    main(Path(sys.argv[1]))
