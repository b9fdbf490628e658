"""Which of several processes, on one machine or many, this one is, as torchrun says it. No torch."""

import os
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Self


@dataclass(frozen=True, slots=True)
class Rank:
    """Number `index` of `count`; `local_count` of them share this machine."""

    index: int = 0
    count: int = 1
    local_count: int = 1

    @classmethod
    def of(cls, environment: Mapping[str, str]) -> Self:
        """Read RANK, WORLD_SIZE and LOCAL_WORLD_SIZE; without them it is the only one. Raises ValueError."""
        names = ("RANK", "WORLD_SIZE", "LOCAL_WORLD_SIZE")
        try:
            index, count, local_count = (
                int(environment.get(name, default)) for name, default in zip(names, "011", strict=True)
            )
        except ValueError as error:
            said = ", ".join(f"{name}={environment.get(name)}" for name in names)
            raise ValueError(f"expected whole numbers from torchrun, got {said}") from error
        if not 0 <= index < count or local_count < 1:
            raise ValueError(f"expected RANK from 0 to WORLD_SIZE - 1, got RANK={index}, WORLD_SIZE={count}")
        return cls(index, count, local_count)

    def cores(self) -> int:
        """Return this process's fair part of the machine's cores."""
        # What a container or a batch system allows, where the system can say it.
        cores = len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else os.cpu_count() or 1
        return max(cores // self.local_count, 1)
