"""A generator on CUDA in half precision, recorded once as a CUDA graph and replayed for every picture.

For the one thread that owns the device. A picture of batch 1 is hundreds of kernels of microseconds each: replayed as
one graph, the GPU does not wait for Python between them.
"""

import copy
from typing import Final

import torch
from torch import Tensor, nn

_WARM_UPS: Final = 3  # as PyTorch's notes on CUDA graphs have it: libraries settle before the recording
_FULL_PRECISION: Final = ("stored_mean", "stored_var")  # batch norm's statistics may leave the range of a half


class CapturedGenerator:
    """`generator` behind the same interface, `Generator`, for pictures by the `batch`.

    Works on a copy in `dtype`, so `generator` may be used on or dropped. Raises ValueError for a generator in
    training or not on CUDA.
    """

    def __init__(self, generator: nn.Module, *, batch: int = 1, dtype: torch.dtype = torch.float16) -> None:
        weight = next(generator.parameters())
        if generator.training:
            raise ValueError("a CUDA graph holds evaluation only: call eval() first")
        if weight.device.type != "cuda":
            raise ValueError(f"a CUDA graph needs the generator on CUDA, got it on {weight.device}")
        if batch < 1:
            raise ValueError(f"batch must be at least 1, got {batch}")
        self.z_dim: int = generator.z_dim  # type: ignore[assignment]  # a Module's attributes are typed as modules
        self.h_dim: int = generator.h_dim  # type: ignore[assignment]
        self.width: int = generator.width  # type: ignore[assignment]
        self.height: int = generator.height  # type: ignore[assignment]
        self._batch = batch
        # Normal tensors, whatever mode we are called in: they are written to at every picture.
        with torch.inference_mode(False), torch.no_grad(), torch.cuda.device(weight.device):
            self._network = in_half(generator, dtype)
            self._z = torch.zeros(batch, self.z_dim, dtype=dtype, device=weight.device)
            self._h = torch.full((batch, self.h_dim), self.h_dim**-0.5, dtype=dtype, device=weight.device)
            self._graph = torch.cuda.CUDAGraph()
            self._pictures = self._captured()

    @torch.no_grad()
    def __call__(self, z: Tensor, h: Tensor) -> Tensor:
        """Return float32 pictures [b, 3, height, width] in -1..1, on the GPU; any b, `batch` at a time."""
        assert z.ndim == 2 and z.shape[1] >= self.z_dim, f"z must be [b, {self.z_dim} or more], got {tuple(z.shape)}"
        assert h.shape == (z.shape[0], self.h_dim), f"h must be [b, {self.h_dim}], got {tuple(h.shape)}"
        parts = zip(torch.split(z[:, : self.z_dim], self._batch), torch.split(h, self._batch), strict=True)
        return torch.cat([self._replayed(*part) for part in parts])

    def _replayed(self, z: Tensor, h: Tensor) -> Tensor:
        self._z[: len(z)].copy_(z)
        self._h[: len(h)].copy_(h)
        self._graph.replay()
        return self._pictures[: len(z)].to(torch.float32, copy=True)  # the next replay writes over it

    def _captured(self) -> Tensor:
        """Warm up on a side stream, then record; return the tensor that every replay fills."""
        with torch.backends.cudnn.flags(enabled=True, benchmark=True):
            side = torch.cuda.Stream()
            side.wait_stream(torch.cuda.current_stream())
            with torch.cuda.stream(side):
                for _ in range(_WARM_UPS):
                    self._network(self._z, self._h)
            torch.cuda.current_stream().wait_stream(side)
            with torch.cuda.graph(self._graph, stream=side):
                pictures: Tensor = self._network(self._z, self._h)
        return pictures


def in_half(generator: nn.Module, dtype: torch.dtype = torch.float16) -> nn.Module:
    """Return a copy of `generator` that computes in `dtype`, with its statistics as they were.

    Spectral norm, where there is any, is folded first: it would be estimated in `dtype` at every picture.
    """
    network = copy.deepcopy(generator)
    fold = getattr(network, "fold_spectral_norm", None)
    if fold is not None:
        fold()
    kept = {name: value.clone() for name, value in network.named_buffers() if name.endswith(_FULL_PRECISION)}
    network.to(dtype=dtype, memory_format=torch.channels_last)  # type: ignore[call-overload]
    for name, value in kept.items():
        owner, _, leaf = name.rpartition(".")
        setattr(network.get_submodule(owner), leaf, value)
    return network.requires_grad_(False)
