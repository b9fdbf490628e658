"""How often one peer may ask, and how long one waits who offers wrong tokens. Pure, bounded; time is an argument.

The owner is never locked out: who offers the right token is asked for nothing here, whatever others of the same address
have tried.
"""

import math
from collections import OrderedDict
from dataclasses import dataclass
from typing import Final, TypeVar

REQUESTS_A_SECOND: Final = 200.0
_BURST: Final = 600.0
_PEERS_KEPT: Final = 256
_FIRST_DELAY_S: Final = 0.25
_LONGEST_DELAY_S: Final = 2.0
_FORGIVEN_AFTER_S: Final = 60.0
_MOST_WAITING: Final = 8
"""Answers that may be held back at a time: each holds a connection."""

T = TypeVar("T")


@dataclass(slots=True)
class Bucket:
    """Lets `rate` events a second pass, `burst` at once after a rest. The first call begins it full."""

    rate: float
    burst: float
    _level: float = math.inf
    _at: float = 0.0

    def take(self, now: float) -> bool:
        """Return whether one more may pass at `now`, in monotonic seconds."""
        self._level = min(self.burst, self._level + max(now - self._at, 0.0) * self.rate)
        self._at = now
        if self._level < 1.0:
            return False
        self._level -= 1.0
        return True

    def wait_s(self) -> float:
        """Return after how long the next may pass, in seconds."""
        return max(1.0 - self._level, 0.0) / self.rate


@dataclass(slots=True)
class _Stranger:
    tries: int = 0
    last_at: float = -math.inf


class PeerLimits:
    """The requests and the wrong tokens of each address. For one thread, as an event loop is."""

    def __init__(self, rate: float = REQUESTS_A_SECOND, burst: float = _BURST) -> None:
        self.wrong_tokens = 0
        self._rate, self._burst = rate, burst
        self._buckets: OrderedDict[str, Bucket] = OrderedDict()
        self._strangers: OrderedDict[str, _Stranger] = OrderedDict()
        self._waiting = 0

    def ask(self, peer: str, now: float) -> float:
        """Count one request of `peer`; return 0 where it may pass, else after how many seconds to come again."""
        bucket = self._buckets.pop(peer, None) or Bucket(self._rate, self._burst)
        _keep(self._buckets, peer, bucket)
        return 0.0 if bucket.take(now) else max(bucket.wait_s(), 0.001)

    def wrong_token(self, peer: str, now: float) -> float:
        """Count a wrong token of `peer`; return for how many seconds its answer is to be held back."""
        self.wrong_tokens += 1
        stranger = self._strangers.pop(peer, None) or _Stranger()
        _keep(self._strangers, peer, stranger)
        if now - stranger.last_at > _FORGIVEN_AFTER_S:
            stranger.tries = 0
        stranger.tries, stranger.last_at = stranger.tries + 1, now
        return min(_FIRST_DELAY_S * 2.0 ** min(stranger.tries - 1, 10), _LONGEST_DELAY_S)

    def begin_waiting(self) -> bool:
        """Return whether an answer may be held back; whoever may calls `end_waiting` afterwards."""
        if self._waiting >= _MOST_WAITING:
            return False
        self._waiting += 1
        return True

    def end_waiting(self) -> None:
        """Make room for another answer that is held back."""
        self._waiting -= 1


def _keep(of: "OrderedDict[str, T]", peer: str, value: T) -> None:
    """Put in a value as the newest; the one that was silent for longest makes room."""
    of[peer] = value
    while len(of) > _PEERS_KEPT:
        of.popitem(last=False)
