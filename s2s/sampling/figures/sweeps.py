"""Section 5.1's figures as sounds: volumes that change in steps (figures 6 to 8) or without a break, for a film.

Pure functions of arrays; what the model makes of them is `sound_strip`'s. Sounds are mono float32 [n], full scale ±1.
"""

import itertools
import math
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Final, NamedTuple

import numpy as np
from numpy.typing import NDArray

from s2s.sampling.manipulate import FadeCurve, Sound, at_volume, fade_db, mix, opposing_gains_db

_HELD: Final = 0.1  # the part of a sweep that stays at its start, and again at its end: one has to arrive to compare
_KNOT_SAMPLES: Final = 160  # gains are worked out so often and joined by straight lines, too short to be heard


class Step(NamedTuple):
    """One column of a figure."""

    caption: str
    sound: Sound


@dataclass(frozen=True, slots=True)
class Sweep:
    """Sounds whose gains are functions of one position, from 0 at the start to 1 at the end."""

    names: tuple[str, ...]
    sounds: tuple[Sound, ...]
    gains_db: Callable[[float], Sequence[float]]

    def sound(self, position: float) -> Sound:
        """Return the mix at `position` 0..1, as long as the longest sound."""
        return mix(self.sounds, self.gains_db(position))

    def caption(self, position: float) -> str:
        """Return which sounds are heard at `position` 0..1, and how loud."""
        gains = zip(self.names, self.gains_db(position), strict=True)
        return "  +  ".join(f"{name} {decibels(gain)}" for name, gain in gains if gain > -math.inf) or "silence"

    def heard(self, num_samples: int) -> Sound:
        """Return the whole sweep as sound [num_samples]: sounds repeated, gains following `position_at`."""
        knots = np.arange(0, num_samples + _KNOT_SAMPLES, _KNOT_SAMPLES)
        gains = [self.gains_db(position_at(knot / max(1, num_samples - 1))) for knot in knots]
        amplitudes: NDArray[np.float64] = 10.0 ** (np.asarray(gains) / 20.0)  # [knots, sounds]
        moments, heard = np.arange(num_samples), np.zeros(num_samples)
        for number, sound in enumerate(self.sounds):
            heard += np.interp(moments, knots, amplitudes[:, number]) * np.resize(sound, num_samples)
        return heard.astype(np.float32)


def position_at(part: float) -> float:
    """Return where a sweep is after `part` 0..1 of its time: held at both ends, even in between."""
    return min(1.0, max(0.0, (part - _HELD) / (1.0 - 2.0 * _HELD)))


def volume_steps(sound: Sound, gains_db: Sequence[float]) -> list[Step]:
    """Return `sound` at every gain (figure 6). Raises ValueError for no gain or one out of range."""
    if not gains_db:
        raise ValueError("a volume sweep needs at least one gain")
    return [Step(decibels(gain), at_volume(sound, gain)) for gain in gains_db]


def volume_sweep(name: str, sound: Sound, from_db: float, to_db: float) -> Sweep:
    """Return `sound` from one gain to another, evenly in decibels. Raises ValueError for gains that are not finite."""
    if not (math.isfinite(from_db) and math.isfinite(to_db)):
        raise ValueError(f"expected finite gains, got {from_db} and {to_db} dB")
    return Sweep((name,), (sound,), lambda position: ((1.0 - position) * from_db + position * to_db,))


def mixing_steps(
    sounds: Mapping[str, Sound], gains_db: Sequence[float] | None = None, *, pairs: bool = False
) -> list[Step]:
    """Return each sound alone, with `pairs` every two of more than two, and all together (figure 7).

    `gains_db` has one gain a sound, 0 by default, kept alone and in every mix. Raises ValueError for fewer than two
    sounds or gains that do not fit.
    """
    gains = dict(zip(sounds, _gains(sounds, gains_db), strict=True))
    sizes = [1, 2, len(sounds)] if pairs and len(sounds) > 2 else [1, len(sounds)]
    together = [names for size in sizes for names in itertools.combinations(sounds, size)]
    return [
        Step(
            " +\n".join(name if gains[name] == 0 else f"{name} {decibels(gains[name])}" for name in names),
            mix([sounds[name] for name in names], [gains[name] for name in names]),
        )
        for names in together
    ]


def joining_sweep(
    sounds: Mapping[str, Sound], gains_db: Sequence[float] | None = None, curve: FadeCurve = "equal-power"
) -> Sweep:
    """Return the first sound alone, the others joining it one after another until all are heard.

    Raises ValueError as `mixing_steps` does.
    """
    gains = _gains(sounds, gains_db)

    def gains_at(position: float) -> list[float]:
        come = [position * (len(gains) - 1) - number + 1 for number in range(len(gains))]
        return [gain + fade_db(min(1.0, max(0.0, part)), curve) for gain, part in zip(gains, come, strict=True)]

    return Sweep(tuple(sounds), tuple(sounds.values()), gains_at)


def opposing_steps(
    sounds: Mapping[str, Sound], steps: int, gains_db: Sequence[float] | None = None, curve: FadeCurve = "equal-power"
) -> list[Step]:
    """Return the first of two sounds going while the second comes (figure 8), alone at the first and last step.

    Captions say both fades, without `gains_db`, which add to them. Raises ValueError for other than two sounds, fewer
    than two steps, or gains that do not fit.
    """
    if steps < 2:
        raise ValueError(f"opposing volumes need at least 2 steps, got {steps}")
    sweep = opposing_sweep(sounds, gains_db, curve)
    positions = [step / (steps - 1) for step in range(steps)]
    fades = [opposing_gains_db(position, curve) for position in positions]
    captions = [f"{decibels(going)} / {decibels(coming)}" for going, coming in fades]
    return [Step(caption, sweep.sound(position)) for caption, position in zip(captions, positions, strict=True)]


def opposing_sweep(
    sounds: Mapping[str, Sound], gains_db: Sequence[float] | None = None, curve: FadeCurve = "equal-power"
) -> Sweep:
    """Return what `opposing_steps` does, without steps."""
    if len(sounds) != 2:
        raise ValueError(f"opposing volumes need exactly two sounds, got {len(sounds)}")
    gains = _gains(sounds, gains_db)

    def gains_at(position: float) -> list[float]:
        return [gain + fade for gain, fade in zip(gains, opposing_gains_db(position, curve), strict=True)]

    return Sweep(tuple(sounds), tuple(sounds.values()), gains_at)


def decibels(gain_db: float) -> str:
    """Return a gain in whole decibels, as captions say it: "+6 dB", "0 dB", "off"."""
    if gain_db == -math.inf:
        return "off"
    return f"{round(gain_db):+d} dB" if round(gain_db) else "0 dB"


def _gains(sounds: Mapping[str, Sound], gains_db: Sequence[float] | None) -> list[float]:
    if len(sounds) < 2:
        raise ValueError(f"a mix needs at least two sounds, got {len(sounds)}")
    gains = [0.0] * len(sounds) if gains_db is None else list(gains_db)
    if len(gains) != len(sounds):
        raise ValueError(f"expected one gain a sound, {len(sounds)}; got {len(gains)}")
    return gains
