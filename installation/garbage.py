"""The collector of garbage, kept from stuttering the picture: what lives for ever is looked at no more, and what the
collector takes is counted.

Objects that refer to each other in rings alone need it; a full round looks at every object of the process, tens of
milliseconds with networks loaded. After warm-up they are put aside (`gc.freeze`), so that a round looks at new ones.
"""

import gc
import time
from typing import Literal, Self

_Phase = Literal["start", "stop"]


def put_aside() -> None:
    """Leave everything that now lives out of later rounds; for a process that has warmed up.

    Nothing is collected first: that would be the pause which this is to spare the picture. The little garbage that lies
    about by then stays for good.
    """
    gc.freeze()


class GarbagePauses:
    """Counts the seconds that rounds of the collector took in this process. Use as a context; read by one thread."""

    def __init__(self) -> None:
        self._began_at = 0.0
        self._total_s = self._taken_s = 0.0
        self.longest_s = 0.0
        self.rounds = 0

    def __enter__(self) -> Self:
        gc.callbacks.append(self._on_round)
        return self

    def __exit__(self, *_: object) -> None:
        gc.callbacks.remove(self._on_round)

    def since_last(self) -> float:
        """Return the seconds that rounds took since the last call."""
        new_s, self._taken_s = self._total_s - self._taken_s, self._total_s
        return new_s

    def _on_round(self, phase: _Phase, _info: dict[str, int]) -> None:
        if phase == "start":
            self._began_at = time.perf_counter()
            return
        took_s = time.perf_counter() - self._began_at
        self.rounds += 1
        self._total_s += took_s
        self.longest_s = max(self.longest_s, took_s)
