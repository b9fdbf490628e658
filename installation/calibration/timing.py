"""What each click took, part by part, from the loudspeaker to the screen. Pure; all times are monotonic seconds."""

from collections.abc import Sequence
from dataclasses import dataclass
from enum import StrEnum
from itertools import pairwise
from typing import Any, Final, Self

import numpy as np

from installation.calibration.matching import Match, match

FEWEST_HEARD: Final = 0.5
"""Less than this share of the clicks is chance, or a room too loud to tell."""
_STEADY_TIMES: Final = 2.0
"""A show whose p95 is more times its median shares its machine with something."""


class Part(StrEnum):
    """The parts of a click's way, in their order; the last two are sums."""

    PLAYED = "playback_to_capture"
    """Loudspeaker or loop, air, microphone, and both drivers: from the sound card's own estimate of when it plays."""
    CAPTURED = "capture_to_ring"
    """The rest of the block, and the capture process."""
    RINGED = "ring_to_features"
    """Until a turn of the show looks, and its fast path is sure that something began."""
    DRAWN = "features_to_drawn"
    """The rest of the turn: controls, the newest picture, the passes."""
    PRESENTED = "drawn_to_presented"
    """The flip."""
    SHOW = "sound_to_picture"
    """From the microphone to the presented picture: what the show itself takes."""
    ALL = "playback_to_picture"
    """All of it."""


@dataclass(frozen=True, slots=True)
class HeardClick:
    """One beginning that the show heard: when its first sample was captured, was in the ring, was known for a
    beginning, and when the picture that shows it was drawn and presented.
    """

    captured_at: float
    ringed_at: float
    known_at: float
    drawn_at: float
    presented_at: float

    def parts_s(self, played_at: float) -> dict[Part, float]:
        """Return how long each part took for a click that was played at `played_at`."""
        stamps = (played_at, self.captured_at, self.ringed_at, self.known_at, self.drawn_at, self.presented_at)
        steps = [after - before for before, after in pairwise(stamps)]
        sums = {Part.SHOW: self.presented_at - self.captured_at, Part.ALL: self.presented_at - played_at}
        return {**dict(zip(Part, steps, strict=False)), **sums}


@dataclass(frozen=True, slots=True)
class Spread:
    """How a duration is spread, in ms."""

    p50: float
    p95: float
    max: float

    @classmethod
    def of(cls, durations_s: Sequence[float]) -> Self:
        ms = 1e3 * np.asarray(durations_s, float)
        return cls(*(round(float(value), 1) for value in (*np.percentile(ms, (50, 95)), ms.max())))


@dataclass(frozen=True, slots=True)
class Measurement:
    """What a calibration found: how long each part takes, of how many clicks, and what else was heard meanwhile."""

    clicks: int
    heard: int
    others: int
    parts: dict[Part, Spread]

    @property
    def is_sure(self) -> bool:
        """Whether enough clicks were heard to say anything."""
        return self.heard >= max(FEWEST_HEARD * self.clicks, 3)

    @property
    def is_steady(self) -> bool:
        """Whether the show took about as long for one click as for another, as one that has its machine to itself."""
        return Part.SHOW in self.parts and self.parts[Part.SHOW].p95 <= _STEADY_TIMES * self.parts[Part.SHOW].p50

    def as_document(self) -> dict[str, Any]:
        """Return the report's part, durations in ms."""
        return {
            "clicks": self.clicks,
            "heard": self.heard,
            "missed": self.clicks - self.heard,
            "other_onsets": self.others,
            "ms": {part.value: {"p50": s.p50, "p95": s.p95, "max": s.max} for part, s in self.parts.items()},
        }


def measure(clicks: int, played_at: Sequence[float], heard: Sequence[HeardClick]) -> Measurement:
    """Return what the `heard` beginnings say of the clicks, of which `clicks` were to be played."""
    found: Match = match(played_at, [click.captured_at for click in heard]) if heard and played_at else Match()
    took = [heard[beginning].parts_s(played_at[number]) for number, beginning in found.pairs]
    parts = {part: Spread.of([one[part] for one in took]) for part in Part} if took else {}
    return Measurement(clicks, len(found.pairs), found.others, parts)
