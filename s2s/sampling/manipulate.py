"""The manipulations of the paper's section 5: of waveforms (5.1) and of latents (5.2). Pure functions of arrays.

Waveforms are mono float32 [n] with full scale ±1. Nothing here is clipped: the model's input is (`fit_clip`), once, so
that a sound turned up and down again is itself.
"""

import math
from collections.abc import Sequence
from typing import Final, Literal

import numpy as np
import torch
from numpy.typing import NDArray
from torch import Tensor

from s2s.sampling.embed import unit

Sound = NDArray[np.float32]
FadeCurve = Literal["equal-power", "linear"]
FADE_CURVES: Final[tuple[FadeCurve, ...]] = ("equal-power", "linear")
_LOUDEST_DB: Final = 200.0


def at_volume(sound: Sound, gain_db: float) -> Sound:
    """Return `sound` [n] louder or quieter by `gain_db`; -inf is silence (section 5.1, figure 6).

    Raises ValueError for NaN and beyond 200 dB, where float32 would overflow before long.
    """
    if not gain_db <= _LOUDEST_DB:  # NaN as well
        raise ValueError(f"gain_db must be at most {_LOUDEST_DB:g} decibels, or -inf for silence; got {gain_db}")
    scaled: Sound = np.asarray(sound, np.float32) * np.float32(10.0 ** (gain_db / 20.0))
    return scaled


def at_level(sound: Sound, level_dbfs: float) -> Sound:
    """Return `sound` [n] with a root mean square of `level_dbfs`, decibels of full scale: recordings made comparable.

    Raises ValueError for a level that is not finite or above 0, and for silence, which has none.
    """
    if not (math.isfinite(level_dbfs) and level_dbfs <= 0.0):
        raise ValueError(f"level_dbfs must be finite and at most 0, got {level_dbfs}")
    level = math.sqrt(float(np.mean(np.square(sound, dtype=np.float64)))) if len(sound) else 0.0
    if level == 0.0:
        raise ValueError("silence cannot be brought to a level")
    return at_volume(sound, level_dbfs - 20.0 * math.log10(level))


def mix(sounds: Sequence[Sound], gains_db: Sequence[float] | None = None) -> Sound:
    """Return the sum of `sounds`, each with its gain, as long as the longest: shorter ones repeat (5.1, figure 7).

    The order does not matter, to the last bit. Raises ValueError for no sound, an empty one, or gains that do not fit.
    """
    if not sounds or any(np.ndim(sound) != 1 or len(sound) == 0 for sound in sounds):
        raise ValueError("expected one or more mono sounds [n] of at least one sample")
    gains = [0.0] * len(sounds) if gains_db is None else list(gains_db)
    if len(gains) != len(sounds):
        raise ValueError(f"expected one gain a sound, {len(sounds)}; got {len(gains)}")
    longest = max(len(sound) for sound in sounds)
    parts = [np.resize(at_volume(sound, gain), longest) for sound, gain in zip(sounds, gains, strict=True)]
    # Rounding depends on the order of a sum: sorted first, any order of the sounds gives the same.
    total: NDArray[np.float64] = np.sort(np.stack(parts), axis=0).sum(axis=0, dtype=np.float64)
    return total.astype(np.float32)


def opposing_gains_db(position: float, curve: FadeCurve = "equal-power") -> tuple[float, float]:
    """Return the gains of a first and a second sound while one goes and the other comes (5.1, figure 8).

    At `position` 0 the first alone at 0 dB, at 1 the second alone. "equal-power" keeps the power of two unrelated
    sounds the same on the way, "linear" the sum of their amplitudes. Raises ValueError outside 0..1.
    """
    return fade_db(1.0 - position, curve), fade_db(position, curve)


def fade_db(position: float, curve: FadeCurve = "equal-power") -> float:
    """Return the gain of a sound that comes: -inf at `position` 0, exactly 0 dB at 1 (5.1, figure 8).

    "equal-power" rises as a quarter of a sine, "linear" as a straight line, both in amplitude. Raises ValueError
    outside 0..1.
    """
    if not 0.0 <= position <= 1.0:
        raise ValueError(f"position must be 0..1, got {position}")
    if curve not in FADE_CURVES:
        raise ValueError(f"curve must be one of {', '.join(FADE_CURVES)}; got {curve!r}")
    amplitude = position if curve == "linear" else math.sin(position * math.pi / 2)
    return 20.0 * math.log10(amplitude) if amplitude > 0.0 else -math.inf


def blend(h_image: Tensor, h_sound: Tensor, amount: float) -> Tensor:
    """Return z_new = λ z_V + (1 - λ) z_A at unit length, λ = `amount` in 0..1 (section 5.2, figure 9).

    All [n, h_dim], or one row for all. At 0 exactly the sound, at 1 exactly the image. Raises ValueError outside 0..1,
    and where the two cancel out.
    """
    if not 0.0 <= amount <= 1.0:
        raise ValueError(f"the blend λ must be 0..1, got {amount}")
    between = amount * h_image + (1.0 - amount) * h_sound
    if amount in (0.0, 1.0):
        return (h_image if amount else h_sound).expand_as(between).clone()
    return unit(between)


def edit(h_image: Tensor, h_one: Tensor, h_other: Tensor, amount: float) -> Tensor:
    """Return z_new = z_V_inv + λ (z_A1 - z_A2) at unit length, λ = `amount` (section 5.2, figure 11).

    All [n, h_dim], unit, or one row for all: an image as `s2s.sampling.inversion` found it, and a sound at two volumes
    (or two sounds). With λ 0 or equal sounds it is the image, exactly. Raises ValueError for a λ that is not finite,
    and where all cancels out.
    """
    if not math.isfinite(amount):
        raise ValueError(f"the edit λ must be finite, got {amount}")
    step = amount * (h_one - h_other)
    # Where there is no step, not even the rounding of a vector that is of length 1 already.
    return torch.where(step.any(dim=-1, keepdim=True), unit(h_image + step), h_image)
