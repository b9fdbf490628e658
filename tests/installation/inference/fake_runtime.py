"""CUDA's stand-in where there is no GPU: it drives the same code, and keeps the rules that CUDA would hold it to."""

from collections.abc import Callable
from dataclasses import dataclass, field

import torch
from torch import Tensor

from installation.inference.captured_work import WARM_UPS, Replay


@dataclass
class FakeRuntime:
    """A device of one stream on the CPU: what is asked for waits in a queue until it is waited for."""

    refuses: str = ""
    device: torch.device = field(default_factory=lambda: torch.device("cpu"))
    queue: list[Callable[[], object]] = field(default_factory=list)
    worked: int = 0
    waits: int = 0

    def pinned(self, length: int, dtype: torch.dtype) -> Tensor:
        return torch.zeros(length, dtype=dtype)

    def capture(self, work: Callable[[], None]) -> Replay:
        for _ in range(WARM_UPS):
            work()
            self.worked += 1
        if self.refuses:
            raise RuntimeError(self.refuses)
        return lambda: self.queue.append(work)

    def copy(self, source: Tensor, into: Tensor) -> None:
        self.queue.append(lambda: into.copy_(source))

    def finish(self) -> None:
        self.waits += 1
        for task in self.queue:
            task()
        self.queue.clear()
