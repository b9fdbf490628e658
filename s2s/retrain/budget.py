"""How long a retraining may take in all, and what each of its stages may take of what is left. Time is an argument."""

from collections.abc import Callable
from dataclasses import dataclass, field


@dataclass(slots=True)
class Budget:
    """`minutes` of work altogether, of which `spent_s` were spent before: a run that was stopped goes on with the rest.

    `clock` is monotonic, in seconds. For the one process that retrains.
    """

    minutes: float
    clock: Callable[[], float]
    spent_s: float = 0.0
    _begun_s: float = field(init=False)

    def __post_init__(self) -> None:
        self._begun_s = self.clock()

    def used_s(self) -> float:
        """Return the seconds that all starts together have taken."""
        return self.spent_s + self.clock() - self._begun_s

    def left_s(self) -> float:
        """Return the seconds that are left, 0 where there are none."""
        return max(60.0 * self.minutes - self.used_s(), 0.0)

    def share(self, of: float) -> float:
        """Return `of`, 0..1, of what is left, in seconds. Raises ValueError for another share."""
        if not 0.0 <= of <= 1.0:
            raise ValueError(f"expected a share of 0 to 1, got {of}")
        return of * self.left_s()
