"""Random numbers of training: every one of a step follows from the seed and the step's number.

So a run that was killed draws, from its last checkpoint on, what it would have drawn; and all ranks draw for the whole
batch and take their own share of it, so that N ranks see what one would have seen.
"""

from dataclasses import dataclass, field

import numpy as np
import torch
from numpy.typing import NDArray
from torch import Tensor

from s2s.data.ranks import Rank


@dataclass(frozen=True, slots=True)
class StepContext:
    """One step of a run: its number from 0, how much of the run is over (0..1), and its random numbers.

    `rng` and `torch_rng` give the same on every rank; `sample_rng` gives each sample of the batch numbers of its own.
    """

    step: int
    progress: float
    seed: int
    rank: Rank = field(default_factory=Rank)
    rng: np.random.Generator = field(init=False)
    torch_rng: torch.Generator = field(init=False)

    def __post_init__(self) -> None:
        rng = np.random.default_rng([self.seed, self.step])
        object.__setattr__(self, "torch_rng", torch.Generator().manual_seed(int(rng.integers(2**62))))
        object.__setattr__(self, "rng", rng)

    def seed_torch(self) -> None:
        """Seed torch's own generator, which dropout draws from, for this step and rank."""
        words = np.random.SeedSequence([self.seed, self.step, self.rank.index, 1]).generate_state(2)
        torch.manual_seed(int(words[0]) << 31 | int(words[1]) >> 1)

    def local_shard(self, batch: NDArray[np.int64]) -> NDArray[np.int64]:
        """Return this rank's share of the batch's rows: a block, rank 0's first."""
        return batch[shard_of(self.rank, len(batch))]

    def sample_rng(self, total: int) -> "SampleRng":
        """Return random numbers for a batch of `total` over all ranks."""
        return SampleRng(self.torch_rng, total, shard_of(self.rank, total))


def shard_of(rank: Rank, total: int) -> slice:
    """Return which rows of a batch of `total` are this rank's. Raises ValueError where it cannot be shared evenly."""
    each, rest = divmod(total, rank.count)
    if rest or not each:
        raise ValueError(f"a batch of {total} cannot be shared by {rank.count} ranks: take a multiple")
    return slice(rank.index * each, (rank.index + 1) * each)


@dataclass(frozen=True, slots=True)
class SampleRng:
    """Random numbers per sample: drawn for the whole batch over all ranks, returned for this rank's share [n]."""

    torch_rng: torch.Generator
    total: int
    share: slice

    @classmethod
    def whole_batch(cls, torch_rng: torch.Generator, total: int) -> "SampleRng":
        """Return those of a batch that one process holds whole."""
        return cls(torch_rng, total, slice(0, total))

    @property
    def count(self) -> int:
        """Members of this rank's share."""
        return len(range(*self.share.indices(self.total)))

    def uniform(self, low: float = 0.0, high: float = 1.0, *shape: int) -> Tensor:
        """Return float32 [n, *shape], each in low..high."""
        return (torch.rand(self.total, *shape, generator=self.torch_rng) * (high - low) + low)[self.share]

    def normal(self, *shape: int) -> Tensor:
        """Return standard normal float32 [n, *shape]."""
        return torch.randn(self.total, *shape, generator=self.torch_rng)[self.share]

    def chance(self, share: float) -> Tensor:
        """Return bool [n], true for about `share` of them."""
        return self.uniform() < share

    def integers(self, high: int, *shape: int) -> Tensor:
        """Return int64 [n, *shape], each in 0..high-1."""
        return torch.randint(high, (self.total, *shape), generator=self.torch_rng)[self.share]
