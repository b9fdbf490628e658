"""How much of a flood is read, so that the picture keeps its share of the machine. Pure; time is an argument."""


class Allowance:
    """So much `a_second`, of which at most `burst` is saved up; who has spent it all rests until half is there."""

    def __init__(self, a_second: float, burst: float) -> None:
        self._a_second, self._burst = a_second, burst
        self._left = burst
        self._filled_at = self._rest_until = -float("inf")

    def spend(self, cost: float, now: float) -> bool:
        """Spend `cost` at `now`, monotonic seconds; return whether a rest follows."""
        self._left = min(self._left + (now - self._filled_at) * self._a_second, self._burst) - cost
        self._filled_at = now
        if self._left > 0:
            return False
        self._rest_until = now + (self._burst / 2 - self._left) / self._a_second
        return True

    def rest_s(self, now: float) -> float:
        """Return how many seconds of rest are left at `now`."""
        return max(self._rest_until - now, 0.0)
