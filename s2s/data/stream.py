"""In which order training reads prepared clips: shard after shard, mixed a little, shared out evenly. Pure.

Only the order is mixed, not the data: what a buffer of clips would hold in gigabytes is here a list of ids.
"""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from typing import Final, TypeVar

import numpy as np

from s2s.data.clip_index import IndexRow
from s2s.data.corpus import Split
from s2s.data.prepared import PreparedData

T = TypeVar("T")

CLIPS_MIXED: Final = 1000
"""Over so many clips the order is mixed, unless told otherwise: some gigabytes, about ten shards."""


@dataclass(frozen=True, slots=True)
class Consumer:
    """One of those that share the clips of an epoch: a loader's worker of a rank."""

    rank: int = 0
    num_ranks: int = 1
    worker: int = 0
    num_workers: int = 1

    @property
    def index(self) -> int:
        """Its number among all consumers."""
        return self.rank * self.num_workers + self.worker

    @property
    def count(self) -> int:
        """How many consumers there are."""
        return self.num_ranks * self.num_workers


def epoch_ids(
    data: PreparedData,
    split: Split,
    consumer: Consumer = Consumer(),
    *,
    seed: int,
    epoch: int,
    mixed: int = CLIPS_MIXED,
    even: bool = True,
) -> list[str]:
    """Return the ids that a consumer reads in an epoch, in the order to read them.

    The shards come in an order drawn anew every epoch, the same for all consumers; each takes a stretch of it, and
    mixes that over `mixed` clips (1: not at all). With `even` all stretches are equally long, as training on several
    ranks needs: up to one clip a consumer is left out, others every epoch. Else every clip is read once.
    """
    by_shard: dict[str, list[IndexRow]] = {}
    for row in data.rows.values():
        if row.split == split:
            by_shard.setdefault(row.shard, []).append(row)
    shards = [sorted(by_shard[shard], key=lambda row: row.offset) for shard in sorted(by_shard)]
    rng = np.random.default_rng([seed, epoch])
    ids = [row.id for number in rng.permutation(len(shards)) for row in shards[number]]
    first = int(rng.integers(max(len(ids), 1)))  # or what an even share leaves out would always be a shard's end
    ids = ids[first:] + ids[:first]
    return list(
        shuffled(_stretch(ids, consumer, even=even), mixed, np.random.default_rng([seed, epoch, consumer.index]))
    )


def shuffled(items: Iterable[T], size: int, rng: np.random.Generator) -> Iterator[T]:
    """Yield `items` mixed: `size` are held, and of these one is drawn whenever another comes."""
    held: list[T] = []
    for item in items:
        held.append(item)
        if len(held) >= size:
            yield _draw(held, rng)
    while held:
        yield _draw(held, rng)


def _draw(held: list[T], rng: np.random.Generator) -> T:
    chosen = int(rng.integers(len(held)))
    held[chosen], held[-1] = held[-1], held[chosen]
    return held.pop()


def _stretch(ids: list[str], consumer: Consumer, *, even: bool) -> list[str]:
    total, count = len(ids), consumer.count
    if even:
        each = total // count
        return ids[consumer.index * each : (consumer.index + 1) * each]
    return ids[consumer.index * total // count : (consumer.index + 1) * total // count]
