"""The cases of a family: its seeds, what its strategy draws, and what mutation makes of both."""

import random
from collections.abc import Iterator, Sequence
from typing import Final

from hypothesis import HealthCheck, Phase, given, settings
from hypothesis import seed as seeded
from hypothesis.strategies import SearchStrategy

from tests.fuzz.family import Family
from tests.fuzz.mutation import mutated

DRAWN: Final = 0.1
"""Of all cases: a strategy takes its time, and a mutation of what it has drawn is as good."""


def cases_of(family: Family, seeds: Sequence[bytes], number: int, count: int, drawn: float = DRAWN) -> Iterator[bytes]:
    """Yield `count` cases; `number` says which, the first also has the seeds themselves. The share `drawn` of them is
    by the strategy.
    """
    known = list(seeds[:count]) if number == 0 else []
    told = drawn_from(family.cases(seeds), number, max(1, round(drawn * (count - len(known)))))
    yield from known
    yield from told[: count - len(known)]
    rng = random.Random(number)
    pool = [*seeds, *told]
    for _ in range(count - len(known) - len(told)):
        yield mutated(pool, rng, family.words)


def drawn_from(strategy: SearchStrategy[bytes], number: int, count: int) -> list[bytes]:
    """Return `count` cases that a strategy draws, always the same for one `number`."""
    found: list[bytes] = []

    @seeded(number)
    @settings(
        max_examples=count,
        database=None,
        deadline=None,
        phases=[Phase.generate],
        suppress_health_check=list(HealthCheck),
    )
    @given(strategy)
    def collect(case: bytes) -> None:
        found.append(case)

    collect()
    return found
