"""How the latent moves: on the unit sphere after its target, with a noise vector that wanders. Pure; numpy only.

Everything is in seconds: the path does not depend on how often `advance` is called (tested at 30 and 144 Hz).
"""

import math
from dataclasses import dataclass
from typing import Final

import numpy as np
from numpy.typing import NDArray

from installation.values import Controls, Latent

Vector = NDArray[np.float32]

_WAVES: Final = 6
"""Sinusoids in each component of the noise; enough that it never visibly repeats."""
_FASTEST_RAD_S: Final = 1.5
"""Angular speed of the quickest of them at full drift: a new picture about every four seconds."""
_PARALLEL: Final = 1e-6
"""Below this sine of the angle two unit vectors are equal, or opposite, to float precision."""


def unit(vector: Vector) -> Vector:
    """Return `vector` at length 1. Raises ValueError for a vector without direction (zero, NaN or infinite)."""
    length = float(np.linalg.norm(vector.astype(np.float64)))
    if not math.isfinite(length) or length == 0.0:
        raise ValueError(f"a direction needs a finite length above 0, got {length}")
    return (vector / length).astype(np.float32)


def slerp(start: Vector, end: Vector, fraction: float) -> Vector:
    """Return the unit vector `fraction` of the way along the great circle from `start` to `end`, both unit vectors.

    Opposite vectors have no shortest way: the one over the axis least present in `start` is taken, always the same.
    """
    if fraction <= 0.0:
        return start
    if fraction >= 1.0:
        return end
    here, there = start.astype(np.float64), end.astype(np.float64)
    cosine = float(np.dot(here, there))
    across = there - cosine * here
    sine = float(np.linalg.norm(across))
    if sine < _PARALLEL:
        if cosine > 0.0:
            return end
        across = np.zeros_like(here)
        across[int(np.argmin(np.abs(here)))] = 1.0
        across -= float(np.dot(across, here)) * here
        angle = math.pi
    else:
        angle = math.atan2(sine, cosine)  # acos loses half its digits where the vectors are close
    across /= np.linalg.norm(across)
    return unit((math.cos(angle * fraction) * here + math.sin(angle * fraction) * across).astype(np.float32))


def blend(sound: Vector, image: Vector, amount: float) -> Vector:
    """Return `amount` of the image and the rest of the sound, as a unit vector (paper, section 5.2).

    z_new = λ z_V + (1-λ) z_A, normalised before the generator; λ of 0 and 1 give either vector exactly.
    """
    if amount <= 0.0:
        return sound
    if amount >= 1.0:
        return image
    mixed = amount * image + (1.0 - amount) * sound
    return slerp(sound, image, amount) if float(np.linalg.norm(mixed)) < _PARALLEL else unit(mixed)


class WanderingNoise:
    """A noise vector z `[z_dim]` that is N(0, 1) at every moment and changes smoothly with its phase.

    Each component is a sum of sinusoids with normal amplitudes, so that z is a function of the phase alone: any
    number of steps to the same phase gives the same vector.
    """

    def __init__(self, z_dim: int, seed: int) -> None:
        rng = np.random.default_rng([seed, 0x7A])
        self._speeds = rng.uniform(0.15, 1.0, (_WAVES, z_dim)) * _FASTEST_RAD_S
        self._cosines = rng.standard_normal((_WAVES, z_dim)) / math.sqrt(_WAVES)
        self._sines = rng.standard_normal((_WAVES, z_dim)) / math.sqrt(_WAVES)

    def at(self, phase_s: float) -> Vector:
        """Return z after `phase_s` seconds of wandering at full drift."""
        angle = self._speeds * phase_s
        z: NDArray[np.float64] = (self._cosines * np.cos(angle) + self._sines * np.sin(angle)).sum(axis=0)
        return z.astype(np.float32)


@dataclass(frozen=True, slots=True)
class Anchors:
    """Fixed points of the latent space that a preset brings: the embedding of its image, if it names one."""

    image: Vector | None = None


class Motion:
    """Carries the latent from where it is to where sound, image and hands want it."""

    def __init__(self, h_dim: int, z_dim: int, seed: int) -> None:
        start = np.abs(np.random.default_rng([seed, 0x68]).standard_normal(h_dim)).astype(np.float32)
        self._h = unit(start)
        self._target: Vector | None = None
        self._noise = WanderingNoise(z_dim, seed)
        self._phase_s = 0.0
        self._moved_at: float | None = None

    @property
    def h(self) -> Vector:
        """Where the sound's part of the latent is now, `[h_dim]`, unit length."""
        return self._h

    def aim(self, h: Vector) -> None:
        """Follow `h` `[h_dim]`, unit length, from now on; the first target is taken at once."""
        if self._target is None:
            self._h = h
        self._target = h

    def advance(self, now: float, controls: Controls, anchors: Anchors) -> Latent:
        """Return the latent at `now`: glide, drift, hold, truncation and blend as the controls say."""
        dt_s = 0.0 if self._moved_at is None else max(now - self._moved_at, 0.0)
        self._moved_at = now
        if not controls.switch("/latent/hold"):
            self._glide(dt_s, controls.number("/latent/glide"))
            self._phase_s += dt_s * controls.number("/latent/drift")
        h = self._h
        if anchors.image is not None:
            h = blend(h, anchors.image, controls.number("/latent/blend"))
        return Latent(controls.number("/latent/truncation") * self._noise.at(self._phase_s), h)

    def _glide(self, dt_s: float, glide_s: float) -> None:
        if self._target is not None:
            fraction = 1.0 if glide_s <= 0.0 else 1.0 - math.exp(-dt_s / glide_s)
            self._h = slerp(self._h, self._target, fraction)
