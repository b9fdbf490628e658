"""What a stage runs on: device, number format, ranks. A stage is written once, and told this.

Owned by the training process; opening a rig of several ranks joins torch's process group.
"""

import contextlib
import datetime
import os
from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from typing import Any, Final, Literal, TypeVar

import torch
import torch.distributed as dist
from torch import Tensor, nn
from torch.distributed import PrefixStore  # type: ignore[attr-defined]  # exported without saying so
from torch.distributed.rendezvous import rendezvous

from s2s.data.ranks import Rank
from s2s.training.engine.distributed import average_gradients, share_batch_norms

Net = TypeVar("Net", bound=nn.Module)
Forward = TypeVar("Forward", bound=Callable[..., Any])
Precision = Literal["auto", "float32", "bfloat16"]
_MEETING: Final = datetime.timedelta(minutes=10)  # within which all ranks must have started
_PATIENCE: Final = datetime.timedelta(hours=12)  # for rank 0 that decodes a corpus; a rank that dies is noticed at once


@dataclass(frozen=True, slots=True)
class DeviceContext:
    """`precision` auto is bfloat16 where the device computes faster in it: CUDA, and CPUs with AVX-512 BF16 or AMX."""

    device: torch.device = field(default_factory=lambda: torch.device("cpu"))
    precision: Precision = "auto"
    compiled: bool = False
    rank: Rank = field(default_factory=Rank)

    @property
    def is_main(self) -> bool:
        """Whether this rank writes files and speaks."""
        return self.rank.index == 0

    @property
    def format(self) -> torch.dtype:
        """What forward passes compute in; weights and gradients stay float32."""
        fast = self.device.type == "cuda" or (self.device.type == "cpu" and _cpu_is_fast_in_bfloat16())
        half = self.precision == "bfloat16" or (self.precision == "auto" and fast)
        return torch.bfloat16 if half else torch.float32

    def autocast(self) -> contextlib.AbstractContextManager[Any]:
        """Return the context of a forward pass."""
        half = self.format == torch.bfloat16
        return torch.autocast(self.device.type, dtype=torch.bfloat16, enabled=half)

    def prepare(self, net: Net) -> Net:
        """Return `net` on the device, in the layout in which convolutions are fastest, its batch norms shared."""
        share_batch_norms(net).to(self.device)
        net.to(memory_format=torch.channels_last)  # type: ignore[call-overload]  # torch's stubs leave it out
        return net

    def compile(self, forward: Forward) -> Forward:
        """Return a network, or one of its methods, compiled where that was asked for; both share their weights."""
        return torch.compile(forward) if self.compiled else forward  # type: ignore[return-value]

    def adam(self, weights: Iterable[Tensor], rate: float, **options: Any) -> torch.optim.Adam:
        """Return Adam over `weights`, in one kernel for all of them."""
        return torch.optim.Adam(list(weights), lr=rate, fused=True, **options)

    def to_device(self, x: Tensor) -> Tensor:
        """Return `x` on the device; the copy to a GPU does not wait."""
        if self.device.type != "cuda":
            return x.to(self.device)
        return x.pin_memory().to(self.device, non_blocking=True)


def _cpu_is_fast_in_bfloat16() -> bool:
    # AVX-512 alone computes it in more steps than float32.
    return bool(torch.cpu._is_avx512_bf16_supported() or torch.cpu._is_amx_tile_supported())


def backward_and_step(optimiser: torch.optim.Optimizer, loss: Tensor) -> None:
    """Take one step of `optimiser` down the gradient of `loss`, averaged over ranks."""
    optimiser.zero_grad(set_to_none=True)
    loss.backward()
    average_gradients(weight for group in optimiser.param_groups for weight in group["params"])
    optimiser.step()


def set_lr(optimiser: torch.optim.Optimizer, rate: float) -> None:
    """Set the learning rate of every group."""
    for group in optimiser.param_groups:
        group["lr"] = rate


@contextmanager
def frozen(net: nn.Module) -> Iterator[None]:
    """Let gradients pass through `net` without collecting in it."""
    net.requires_grad_(False)
    try:
        yield
    finally:
        net.requires_grad_(True)


@contextmanager
def open_device_context(
    device: str = "cpu", *, precision: Precision = "auto", compiled: bool = False, rank: Rank | None = None
) -> Iterator[DeviceContext]:
    """Yield the rig of this process, joined with the other ranks where `rank` says that there are some.

    Of several CUDA devices each rank of a machine takes its own. Raises ValueError for a device that is not there.
    """
    rank = rank or Rank()
    try:
        where = torch.device(device)
    except RuntimeError as error:
        raise ValueError(f"--device {device}: expected cpu, cuda, cuda:1 or the like") from error
    if where.type == "cuda" and not (where.index or 0) < torch.cuda.device_count():
        raise ValueError(f"--device {device}: {torch.cuda.device_count()} CUDA devices are there")
    if where.type == "cuda" and where.index is None:
        where = torch.device("cuda", rank.index % torch.cuda.device_count())
    if where.type == "cuda":
        torch.cuda.set_device(where)
        torch.backends.cudnn.benchmark = True  # every batch has the same shape
    if rank.count == 1:
        yield DeviceContext(where, precision, compiled, rank)
        return
    _join("nccl" if where.type == "cuda" else "gloo", rank)
    try:
        yield DeviceContext(where, precision, compiled, rank)
    finally:
        dist.destroy_process_group()


def _join(backend: str, rank: Rank) -> None:
    store, _, _ = next(iter(rendezvous("env://", timeout=_MEETING)))
    if os.environ.get("GROUP_WORLD_SIZE") == "1":
        # Where torchrun starts ranks again it keeps its store, and in it the addresses of those that died. On several
        # machines they count otherwise; there TORCH_DISABLE_SHARE_RDZV_TCP_STORE=1 makes torchrun open a new one.
        store = PrefixStore(f"attempt-{os.environ['TORCHELASTIC_RESTART_COUNT']}", store)
    dist.init_process_group(backend, store=store, rank=rank.index, world_size=rank.count, timeout=_PATIENCE)
