"""What a run heard, for its report: what the show did about it, what was named, and how sure that was. Pure.

Constant memory: a model has a fixed number of names.
"""

from dataclasses import dataclass
from typing import Any, Final

import numpy as np

from installation.status import HeardStatus
from installation.values import Doing

_BINS: Final = 100
_TENTHS: Final = 10


@dataclass(slots=True)
class _Named:
    """For how long a thing was named, and its certainty times that."""

    s: float = 0.0
    certainty_s: float = 0.0


class HeardMeter:
    """Adds up seconds, told once a turn. Belongs to the show's thread."""

    def __init__(self) -> None:
        self._seconds = dict.fromkeys(Doing, 0.0)
        self._certainty_s = np.zeros(_BINS)
        self._named: dict[str, _Named] = {}
        self._told_at: float | None = None

    def tell(self, now: float, heard: HeardStatus) -> None:
        """Count the time since the last call as one in which this was heard."""
        dt_s = 0.0 if self._told_at is None else max(now - self._told_at, 0.0)
        self._told_at = now
        self._seconds[heard.doing] += dt_s
        if heard.certainty is None or heard.doing is Doing.REMEMBERING:
            return  # of silence a model may be sure or not: it means nothing
        self._certainty_s[min(int(heard.certainty * _BINS), _BINS - 1)] += dt_s
        if heard.doing is Doing.PAINTING:
            self._name(dt_s, heard, heard.certainty)

    def _name(self, dt_s: float, heard: HeardStatus, certainty: float) -> None:
        for rank, source in enumerate(heard.sources):
            named = self._named.setdefault(source.name, _Named())
            named.s += dt_s
            named.certainty_s += dt_s * (certainty if rank == 0 else min(source.presence, certainty))

    def summary(self) -> dict[str, Any]:
        """Return the report's part: seconds of each kind, certainty while there was sound, and what was named."""
        longest = sorted(self._named.items(), key=lambda item: -item[1].s)
        return {
            **{f"{doing.value}_s": round(seconds, 2) for doing, seconds in self._seconds.items()},
            "certainty": {
                "p50": self._median(),
                "by_tenths_s": self._certainty_s.reshape(_TENTHS, -1).sum(axis=1).round(2).tolist(),
            },
            "sources": {
                name: {"s": round(named.s, 2), "certainty": round(named.certainty_s / named.s, 3)}
                for name, named in longest
                if named.s > 0.0
            },
        }

    def _median(self) -> float | None:
        """Return the certainty that was exceeded half of the time, to a hundredth, None where there was none."""
        below = np.cumsum(self._certainty_s)
        if below[-1] == 0.0:
            return None
        return (int(np.searchsorted(below, 0.5 * below[-1])) + 0.5) / _BINS
