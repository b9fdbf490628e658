"""A clip of the world: what is present in it, how near, and when it sounds. Pure data; no torch, no GL.

The picture is painted and the sound synthesised from the same clip, so that each knows what the other does.
"""

from bisect import bisect_right
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final

import numpy as np
from numpy.typing import NDArray

from s2s.world.state import LAID_OVER, SCENES, SHELTERED, SceneState

CLIP_S: Final = 10.0
_TWO_PARTS: Final = 0.2
"""How many of the clips show two scenes at once."""
_STEADY: Final = 0.4
"""How many sound all the time, where nothing else is asked for."""
_RAMP_S: Final = (0.3, 0.8)
"""How long a thing takes to come or to go."""


@dataclass(frozen=True, slots=True)
class Envelope:
    """A value over time: straight lines between knots `(time_s, value)`, level before the first and after the last."""

    knots: tuple[tuple[float, float], ...]

    def __post_init__(self) -> None:
        times = [time_s for time_s, _ in self.knots]
        if not times or times != sorted(times):
            raise ValueError(f"a curve needs knots in the order of time, got {self.knots}")
        if not all(0.0 <= value <= 1.0 for _, value in self.knots):
            raise ValueError(f"a curve stays within 0..1, got {self.knots}")

    @classmethod
    def level(cls, value: float) -> "Envelope":
        """Return the curve that never changes."""
        return cls(((0.0, value),))

    def at(self, at_s: float) -> float:
        """Return the value at `at_s` seconds."""
        after = bisect_right(self.knots, at_s, key=lambda knot: knot[0])
        if after == 0:
            return self.knots[0][1]
        if after == len(self.knots):
            return self.knots[-1][1]
        (start_s, start), (end_s, end) = self.knots[after - 1], self.knots[after]
        return start + (end - start) * (at_s - start_s) / (end_s - start_s)

    def sampled(self, times_s: NDArray[np.float64]) -> NDArray[np.float64]:
        """Return the values at many moments, float64 of the same shape."""
        knot_times, values = zip(*self.knots, strict=True)
        sampled: NDArray[np.float64] = np.interp(times_s, knot_times, values)
        return sampled


@dataclass(frozen=True, slots=True)
class ScenePart:
    """One scene in a clip. `presence` 0 is absent, hidden or turned away, and silent; 1 is there and sounding."""

    scene: str
    seed: int
    presence: Envelope
    nearness: Envelope


@dataclass(frozen=True, slots=True)
class SceneClip:
    """One or two scenes for `duration_s` seconds at one `hour` of the day.

    The first part owns the place; a second one, whose scene is in `LAID_OVER`, is laid over it: a helicopter over the
    sea, rain on the train. Raises ValueError for any other number or order.
    """

    seed: int
    hour: float
    parts: tuple[ScenePart, ...]
    duration_s: float = CLIP_S

    def __post_init__(self) -> None:
        if not 1 <= len(self.parts) <= 2:
            raise ValueError(f"a clip has one part or two, got {len(self.parts)}")
        if len(self.parts) == 2 and self.parts[1].scene not in LAID_OVER:
            raise ValueError(f"{self.parts[1].scene} cannot be laid over another; those that can: {sorted(LAID_OVER)}")
        if not self.duration_s > 0.0:
            raise ValueError(f"duration_s must be above 0, got {self.duration_s}")

    def states(self, at_s: float) -> tuple[SceneState, ...]:
        """Return the moment at `at_s` seconds, part by part."""
        return tuple(
            SceneState(part.scene, part.seed, part.nearness.at(at_s), self.hour, part.presence.at(at_s), at_s)
            for part in self.parts
        )

    def moments(self, rate_hz: float) -> list[tuple[SceneState, ...]]:
        """Return the moments in the middle of each of `rate_hz` frames a second."""
        return [self.states((number + 0.5) / rate_hz) for number in range(round(self.duration_s * rate_hz))]


def draw_clip(
    seed: int,
    *,
    scenes: Sequence[str] = SCENES,
    visible: tuple[float, float] | None = None,
    parts: int | None = None,
) -> SceneClip:
    """Draw one clip, fixed by `seed`; seeds that follow each other take `scenes` in turn.

    `visible` is the range of the part of the time that its (first) thing is there; None: all the time in two of five
    clips, else a fifth of it or more. `parts` is one or two; None: two in a fifth of the clips. A sheltered place has
    one part whatever is asked for, and so has every clip where no scene given can be laid over another.
    """
    rng = np.random.default_rng([seed, *b"clip"])
    first = scenes[seed % len(scenes)]
    over = [] if first in SHELTERED else sorted(LAID_OVER.intersection(scenes) - {first})
    drawn = 2 if rng.random() < _TWO_PARTS else 1
    count = min(drawn if parts is None else parts, 2 if over else 1)
    chosen = [first, *([str(rng.choice(over))] if count == 2 else [])]
    drawn_parts = tuple(
        ScenePart(scene, seed, _draw_presence(rng, visible if number == 0 else None), _draw_nearness(rng))
        for number, scene in enumerate(chosen)
    )
    return SceneClip(seed, float(rng.uniform(0.0, 24.0)), drawn_parts)


def _draw_presence(rng: np.random.Generator, visible: tuple[float, float] | None) -> Envelope:
    if visible is None and rng.random() < _STEADY:
        return Envelope.level(1.0)
    low, high = visible or (0.2, 0.9)
    present_s = CLIP_S * rng.uniform(low, high)
    visits = int(rng.integers(1, 3)) if present_s > 2.0 else 1
    shares = rng.dirichlet([4.0] * visits) * present_s
    pauses = rng.dirichlet([1.5] * (visits + 1)) * (CLIP_S - present_s)
    knots: list[tuple[float, float]] = []
    at_s = 0.0
    for pause_s, visit_s in zip(pauses, shares, strict=False):
        # Presence passes one half where the visit begins and ends; a ramp never eats more than the visit or the pause.
        at_s += pause_s
        ramp_s = min(rng.uniform(*_RAMP_S), visit_s, 0.9 * pause_s)
        knots += [(at_s - ramp_s / 2, 0.0), (at_s + ramp_s / 2, 1.0)]
        at_s += visit_s
        knots += [(at_s - ramp_s / 2, 1.0), (at_s + ramp_s / 2, 0.0)]
    return Envelope(tuple((float(time_s), value) for time_s, value in _in_order(knots)))


def _in_order(knots: list[tuple[float, float]]) -> list[tuple[float, float]]:
    """Keep knots from crossing where a pause is shorter than the ramps around it."""
    times = np.maximum.accumulate([time_s for time_s, _ in knots])
    return [(float(time_s), value) for time_s, (_, value) in zip(times, knots, strict=True)]


def _draw_nearness(rng: np.random.Generator) -> Envelope:
    """Steady, coming, going or passing by."""
    near, far = sorted(rng.uniform(0.0, 1.0, 2))[::-1]
    kind = rng.integers(0, 4)
    if kind == 0:
        return Envelope.level(float(near))
    if kind == 3:
        middle_s = float(rng.uniform(0.3, 0.7) * CLIP_S)
        return Envelope(((0.0, float(far)), (middle_s, float(near)), (CLIP_S, float(far))))
    start, end = (far, near) if kind == 1 else (near, far)
    return Envelope(((0.0, float(start)), (CLIP_S, float(end))))
