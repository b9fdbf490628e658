"""Whether a worker leaks: its memory over a bound that follows what it took at its start. Pure."""

from typing import Final

_SETTLED_AFTER_S: Final = 20.0
"""Until then a worker is still loading, and the most that it takes is its level."""
_TIMES: Final = 2.0
_SPARE_MIB: Final = 512.0
"""Caches fill, and a second model is loaded beside the first: a bound for leaks, not for thrift."""


class MemoryBound:
    """Follows the resident memory of one worker, in MiB; another `kind` of work finds a level of its own."""

    def __init__(self, began_at: float) -> None:
        self._began_at, self._kind = began_at, ""
        self._level_mib = 0.0

    @property
    def bound_mib(self) -> float:
        """How much is too much."""
        return _TIMES * self._level_mib + _SPARE_MIB

    def complaint(self, rss_mib: float, kind: str, now: float) -> str:
        """Return in words that `rss_mib` at `now` is too much, or ""."""
        if kind != self._kind:
            self._kind, self._began_at = kind, now
        if now - self._began_at <= _SETTLED_AFTER_S:
            self._level_mib = max(self._level_mib, rss_mib)
            return ""
        if rss_mib <= self.bound_mib:
            return ""
        return f"takes {rss_mib:.0f} MiB of memory, at its start it took {self._level_mib:.0f}"
