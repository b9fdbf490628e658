"""A second meter of flashes, which shares nothing with the show's own: place by place, number by number.

After WCAG 2.2, success criterion 2.3.1, for a film of `[pictures, rows, columns, 3]`.
"""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from installation.values import Pixels

Light = NDArray[np.float64]


@dataclass(frozen=True)
class Flashes:
    """The most flashes in any second, in the worst field of a third by a third of the picture, over a quarter of it."""

    general: float
    red: float


def light_of(pixels: Pixels) -> Light:
    """Return sRGB bytes as linear light 0..1."""
    colour = pixels.astype(float) / 255.0
    return np.where(colour <= 0.04045, colour / 12.92, ((colour + 0.055) / 1.055) ** 2.4)


def shrunk(pixels: Pixels, rows: int = 18, columns: int = 32) -> Light:
    """Return the mean light of `rows` by `columns` parts of a picture."""
    light = light_of(pixels)
    down = np.stack([part.mean(axis=0) for part in np.array_split(light, rows, axis=0)])
    return np.stack([part.mean(axis=1) for part in np.array_split(down, columns, axis=1)], axis=1)


def count(film: Light, times: Sequence[float]) -> Flashes:
    """Return the worst second of `film`, linear light, shown at `times`."""
    _, rows, columns, _ = film.shape
    flat = film.reshape(len(film), -1, 3).transpose(1, 0, 2).round(5)
    places, which = np.unique(flat, axis=0, return_inverse=True)
    worst = []
    for signal in (_general, _red):
        changes = np.array([_most_a_second(signal(place), times) for place in places])  # [places, pictures]
        worst.append(_in_worst_field(changes[which.ravel()].T.reshape(-1, rows, columns)) / 2.0)
    return Flashes(*worst)


def _general(place: Light) -> list[bool]:
    luminance = place @ np.array((0.2126, 0.7152, 0.0722))
    return _transitions(list(luminance), 0.1, lambda one, other: min(luminance[one], luminance[other]) < 0.8)


def _red(place: Light) -> list[bool]:
    total = place.sum(axis=1)
    saturated = (place[:, 0] / np.maximum(total, 1e-9) >= 0.8) & (total > 0)
    value = np.maximum(place[:, 0] - place[:, 1] - place[:, 2], 0.0) * 320.0
    return _transitions(list(value), 20.0, lambda one, other: bool(saturated[one] or saturated[other]))


def _transitions(values: Sequence[float], step: float, counts) -> list[bool]:  # type: ignore[no-untyped-def]
    """Return at which pictures a change by `step` against the one before is complete."""
    found, lowest, highest, rising = [False] * len(values), 0, 0, None
    for k, value in enumerate(values):
        lowest = k if value <= values[lowest] else lowest
        highest = k if value >= values[highest] else highest
        if rising is not True and value - values[lowest] >= step and counts(k, lowest):
            found[k], rising, highest = True, True, k
        elif rising is not False and values[highest] - value >= step and counts(k, highest):
            found[k], rising, lowest = True, False, k
    return found


def _most_a_second(found: Sequence[bool], times: Sequence[float]) -> list[int]:
    """Return, for each picture, how many transitions there were in the second that ends with it."""
    when = np.asarray(times)
    total = np.concatenate(([0], np.cumsum(found)))
    begins = np.searchsorted(when, when - 1.0 + 1e-6)
    return list(total[1:] - total[begins])


def _in_worst_field(changes: NDArray[np.int64]) -> float:
    """Return the greatest count that a quarter of some field reaches in one picture's second, `[pictures, y, x]`."""
    _, rows, columns = changes.shape
    changes = np.unique(changes.reshape(len(changes), -1), axis=0).reshape(-1, rows, columns)
    height, width = rows // 3, columns // 3
    fields = np.lib.stride_tricks.sliding_window_view(changes, (height, width), axis=(1, 2))
    flat = fields.reshape(*fields.shape[:3], -1)
    quarter = int(np.ceil(0.25 * height * width))
    return float(np.partition(flat, -quarter, axis=-1)[..., -quarter].max())
