"""The gradings of two presets: a night in moonlight, and ink on paper. `python -m installation.grading.mood_looks`
writes both anew.
"""

from collections.abc import Callable, Mapping
from pathlib import Path
from types import MappingProxyType
from typing import Final

import numpy as np
from numpy.typing import NDArray

from installation.grading.film_look import FILE as FILM
from installation.grading.film_look import cube_text

_LUMA: Final = np.array([0.2126, 0.7152, 0.0722])
_RODS: Final = np.array([0.10, 0.62, 0.28])
"""What an eye in the dark sees of each colour: hardly red, and more of blue."""
_NIGHT: Final = np.array([0.010, 0.022, 0.070])
_MOONLIT: Final = np.array([0.60, 0.80, 1.0])
_LAMPS: Final = np.array([1.0, 0.70, 0.36])
_INK: Final = np.array([0.075, 0.085, 0.165])
_RUST: Final = np.array([0.62, 0.20, 0.10])
_PAPER: Final = np.array([0.955, 0.915, 0.825])


def moonlight(colours: NDArray[np.float64]) -> NDArray[np.float64]:
    """Return what becomes of `colours` (…, 3), 0..1: silver and blue, while what burns or is lit stays warm."""
    seen = np.clip(colours @ _RODS, 0.0, 1.0)[..., None]
    dim = 0.90 * seen**1.1
    night = _NIGHT + dim * (_MOONLIT - _NIGHT)
    warm = np.clip(colours[..., 0] - colours[..., 2] - 0.18, 0.0, 1.0)[..., None]
    lit = np.clip(colours @ _LUMA, 0.0, 1.0)[..., None]
    share = np.clip(2.0 * warm * lit, 0.0, 0.85)
    graded: NDArray[np.float64] = np.clip(night + share * (lit**0.9 * _LAMPS - night), 0.0, 1.0)
    return graded


def ink(colours: NDArray[np.float64]) -> NDArray[np.float64]:
    """Return what becomes of `colours` (…, 3), 0..1: blue-black ink on cream paper, and rust where it was warm."""
    light = np.clip(colours @ _LUMA, 0.0, 1.0)[..., None]
    bare = np.clip(1.12 * light**0.8, 0.0, 1.0)
    printed = _INK + bare * (_PAPER - _INK)
    warm = np.clip(colours[..., 0] - np.maximum(colours[..., 1], colours[..., 2]), 0.0, 1.0)[..., None]
    share = np.clip(1.5 * warm, 0.0, 0.9)
    graded: NDArray[np.float64] = np.clip(
        printed + share * (_RUST + 0.35 * bare * (_PAPER - _RUST) - printed), 0.0, 1.0
    )
    return graded


LOOKS: Final[Mapping[Path, Callable[[NDArray[np.float64]], NDArray[np.float64]]]] = MappingProxyType(
    {FILM.with_name("moonlight.cube"): moonlight, FILM.with_name("ink.cube"): ink}
)
"""What each file holds."""


if __name__ == "__main__":
    for path, look in LOOKS.items():
        path.write_text(cube_text(path.stem, look), encoding="utf-8")
