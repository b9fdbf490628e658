"""One fixed computation on CUDA, recorded once and replayed: from numbers in the processor's memory to numbers there.

Between the two: a pinned buffer, one copy up, the graph, one copy down into one of two pinned buffers, an event that
is waited for; all on a stream of its own, so that nothing else on the device is waited for. What of CUDA that needs is
behind `Runtime`, and a fake that keeps its rules drives the same code where there is no GPU.
"""

from collections.abc import Callable
from typing import Any, Final, Protocol

import numpy as np
import torch
from numpy.typing import NDArray
from torch import Tensor

WARM_UPS: Final = 3  # as PyTorch's notes on CUDA graphs have it: libraries settle before the recording
_BUFFERS: Final = 2

Replay = Callable[[], None]


class Runtime(Protocol):
    """A device and one stream of work on it. What is asked for is done later, in order; `finish` waits for it."""

    device: torch.device

    def pinned(self, length: int, dtype: torch.dtype) -> Tensor:
        """Return a vector in memory of the processor that the device copies from and to by itself."""
        ...

    def capture(self, work: Callable[[], None]) -> Replay:
        """Do `work` `WARM_UPS` times, then record it; return what does it again. Raises RuntimeError where it cannot
        be recorded.
        """
        ...

    def copy(self, source: Tensor, into: Tensor) -> None:
        """Copy a vector, after what was asked for before."""
        ...

    def finish(self) -> None:
        """Wait until all that was asked for is done."""
        ...


class CudaRuntime:
    """CUDA, one stream."""

    def __init__(self, device: torch.device) -> None:
        self.device = device
        self._stream = torch.cuda.Stream(device)
        self._done = torch.cuda.Event()

    def pinned(self, length: int, dtype: torch.dtype) -> Tensor:
        return torch.zeros(length, dtype=dtype, pin_memory=True)

    def capture(self, work: Callable[[], None]) -> Replay:
        graph = torch.cuda.CUDAGraph()
        with torch.cuda.device(self.device), torch.backends.cudnn.flags(enabled=True, benchmark=True):
            self._stream.wait_stream(torch.cuda.current_stream())  # weights and buffers are there
            with torch.cuda.stream(self._stream):
                for _ in range(WARM_UPS):
                    work()
                self._stream.synchronize()
                # Another model may play on this device meanwhile: only what this thread does is recorded.
                graph.capture_begin(capture_error_mode="thread_local")
                try:
                    work()
                finally:
                    graph.capture_end()

        def replay() -> None:
            with torch.cuda.stream(self._stream):
                graph.replay()

        return replay

    def copy(self, source: Tensor, into: Tensor) -> None:
        with torch.cuda.stream(self._stream):
            into.copy_(source, non_blocking=True)

    def finish(self) -> None:
        self._done.record(self._stream)
        self._done.synchronize()  # without Python's lock


class CapturedWork:
    """`function` of a float32 vector [length] on the device, a vector of `out_length` numbers of `dtype` there, as one
    call from and to the processor's memory. For one thread.

    Raises RuntimeError where it cannot be recorded.
    """

    def __init__(
        self,
        function: Callable[[Tensor], Tensor],
        length: int,
        out_length: int,
        dtype: torch.dtype,
        runtime: Runtime,
        *,
        example: NDArray[np.float32],
    ) -> None:
        """`example` [length] is what the warm-up and the recording compute with."""
        self._runtime = runtime
        # Normal tensors, whatever mode we are called in: they are written to at every call.
        with torch.inference_mode(False), torch.no_grad():
            self._given = torch.from_numpy(example.copy()).to(runtime.device)
            self._result = torch.zeros(out_length, dtype=dtype, device=runtime.device)
            self._up = runtime.pinned(length, torch.float32)
            self._down = [runtime.pinned(out_length, dtype) for _ in range(_BUFFERS)]
            self._turn = 0

            def work() -> None:
                self._result.copy_(function(self._given))

            self._replay = runtime.capture(work)

    @torch.no_grad()
    def __call__(self, values: NDArray[np.float32]) -> NDArray[Any]:
        """Return the result for `values` [length]; it stays as it is until the call after the next."""
        self._turn = (self._turn + 1) % _BUFFERS
        down = self._down[self._turn]
        self._up.numpy()[:] = values  # the last call has waited, so that nobody copies from it any more
        self._runtime.copy(self._up, self._given)
        self._replay()
        self._runtime.copy(self._result, down)
        self._runtime.finish()
        result: NDArray[Any] = down.numpy()
        return result
