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
_ANCHOR_GLIDE_S: Final = 1.5
"""Time constant from one place of the preset's image to a better one."""
_UNSEEN: Final = 1 / 512
"""Below this weight a second thing changes no level of the picture."""
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


def edited(h: Vector, volume_direction: Vector, amount: float) -> Vector:
    """Return `h` moved by `amount` along `volume_direction`, as a unit vector (paper, section 5.2).

    z_new = z_V_inv + λ (z_A1 - z_A2). λ of 0, or no direction, is `h` exactly; so it is where the two cancel out, for
    the show has to go on.
    """
    if amount == 0.0 or not volume_direction.any():
        return h
    moved = h + np.float32(amount) * volume_direction
    return unit(moved) if float(np.linalg.norm(moved)) > _PARALLEL else h


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
    """Fixed points that a preset's image brings: `image` `[h_dim]`, its place in the latent space, and `noise`
    `[z_dim]`, the z with which the generator paints it; each None until it is known.
    """

    image: Vector | None = None
    noise: Vector | None = None


class _SecondThing:
    """What is laid over the place: it comes and goes by its weight, and moves only while it is seen."""

    def __init__(self) -> None:
        self._h: Vector | None = None
        self._target: Vector | None = None
        self._weight = self._weight_target = 0.0

    def aim(self, h: Vector | None, *, at_once: bool) -> None:
        """Follow `h`, or with None fade out where it is."""
        self._weight_target = 0.0 if h is None else 1.0
        if at_once:
            self._weight = self._weight_target
        if h is not None:
            self._target = h
            if self._h is None or self._weight < _UNSEEN:
                self._h = h

    def glide(self, fraction: float) -> None:
        """Go `fraction` of the way."""
        self._weight += fraction * (self._weight_target - self._weight)
        if self._h is not None and self._target is not None:
            self._h = slerp(self._h, self._target, fraction)

    def seen(self) -> tuple[Vector | None, float]:
        """Return where it is and how much it is there, nowhere and 0 where nobody would see it."""
        return (None, 0.0) if self._h is None or self._weight < _UNSEEN else (self._h, self._weight)


class Motion:
    """Carries the latent from where it is to where sound, image and hands want it."""

    def __init__(self, h_dim: int, z_dim: int, seed: int, start: Vector | None = None) -> None:
        """Begin at `start` `[h_dim]`, unit length, or anywhere where nobody knows a place that shows something."""
        anywhere = np.abs(np.random.default_rng([seed, 0x68]).standard_normal(h_dim)).astype(np.float32)
        self._h = unit(anywhere) if start is None else start
        self._target: Vector | None = None
        self._volume_direction = np.zeros(h_dim, np.float32)
        self._volume_direction_target = np.zeros(h_dim, np.float32)
        self._slowness = 1.0
        self._second = _SecondThing()
        self._image: Vector | None = None
        self._image_noise = np.zeros(z_dim, np.float32)
        self._image_noise_weight = 0.0
        self._noise = WanderingNoise(z_dim, seed)
        self._phase_s = 0.0
        self._moved_at: float | None = None

    @property
    def h(self) -> Vector:
        """Where the sound's part of the latent is now, `[h_dim]`, unit length."""
        return self._h

    def aim(
        self,
        h: Vector,
        volume_direction: Vector | None = None,
        *,
        beside: Vector | None = None,
        slowness: float = 1.0,
        remembered: bool = False,
    ) -> None:
        """Follow `h` `[h_dim]`, unit length, from now on; the first target is taken at once, if it is not `remembered`.

        `volume_direction` `[h_dim]` is the way that `/latent/edit` goes, z_A1 - z_A2; None is no way. `beside`
        `[h_dim]`, unit length, is a second thing in that place. It takes `slowness` times the glide.
        """
        at_once = self._target is None and not remembered
        if at_once:
            self._h = h
        self._second.aim(beside, at_once=at_once)
        self._target, self._slowness = h, slowness
        self._volume_direction_target = np.zeros_like(h) if volume_direction is None else volume_direction

    def advance(self, now: float, controls: Controls, anchors: Anchors) -> Latent:
        """Return the latent at `now`: glide, drift, hold, truncation, blend and edit as the controls say.

        With the blend, the noise goes from the wandering one to the image's own, so that at 1 the picture is the image
        as the generator can paint it, and the edit is the paper's G(z_inv, h_inv + λ (z_A1 - z_A2)).
        """
        dt_s = 0.0 if self._moved_at is None else max(now - self._moved_at, 0.0)
        self._moved_at = now
        if not controls.switch("/latent/hold"):
            self._glide(dt_s, self._slowness * controls.number("/latent/glide"))
            self._phase_s += dt_s * controls.number("/latent/drift")
        self._follow_image(dt_s, anchors)
        h, z = self._h, controls.number("/latent/truncation") * self._noise.at(self._phase_s)
        beside, weight = self._second.seen()
        if self._image is not None:
            amount = controls.number("/latent/blend")
            h, z = blend(h, self._image, amount), self._towards_image_noise(z, amount)
            weight *= 1.0 - min(max(amount, 0.0), 1.0)  # nothing that sounds is in the image
        h = edited(h, self._volume_direction, controls.number("/latent/edit"))
        return Latent(z, h, beside, weight) if weight > 0.0 else Latent(z, h)

    def _glide(self, dt_s: float, glide_s: float) -> None:
        if self._target is not None:
            fraction = 1.0 if glide_s <= 0.0 else 1.0 - math.exp(-dt_s / glide_s)
            self._h = slerp(self._h, self._target, fraction)
            self._second.glide(fraction)
            self._volume_direction += np.float32(fraction) * (self._volume_direction_target - self._volume_direction)

    def _follow_image(self, dt_s: float, anchors: Anchors) -> None:
        """Glide to a new place of the image: an inversion ends while the picture is on the wall."""
        fraction = 1.0 - math.exp(-dt_s / _ANCHOR_GLIDE_S)
        if anchors.image is None or self._image is None:
            self._image, fraction = anchors.image, 1.0
        else:
            self._image = slerp(self._image, anchors.image, fraction)
        if anchors.noise is not None:
            known = self._image_noise_weight > 0.0
            self._image_noise = (
                (1 - fraction) * self._image_noise + fraction * anchors.noise if known else anchors.noise
            )
        goal = 0.0 if anchors.noise is None else 1.0
        self._image_noise_weight += fraction * (goal - self._image_noise_weight)

    def _towards_image_noise(self, z: Vector, amount: float) -> Vector:
        """Turn z towards the image's noise, its variance kept; exactly there where both `amount` and weight are 1."""
        angle = 0.5 * math.pi * min(max(amount, 0.0), 1.0) * self._image_noise_weight
        if angle >= 0.5 * math.pi:
            return self._image_noise
        return (math.cos(angle) * z + math.sin(angle) * self._image_noise).astype(np.float32)
