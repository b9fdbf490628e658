"""The grading that ships: a print of motion picture film. `python -m installation.grading.film_look` writes it anew.

Soft shoulder and toe, shadows towards teal, skin and lamps towards orange, strong colours denser instead of brighter.
"""

from collections.abc import Callable
from pathlib import Path
from typing import Final

import numpy as np
from numpy.typing import NDArray

FILE: Final = Path(__file__).resolve().parents[2] / "presets" / "film.cube"
NODES: Final = 13
_LUMA: Final = np.array([0.2126, 0.7152, 0.0722])
_SHADOWS: Final = np.array([-0.055, 0.012, 0.050])
_LIGHTS: Final = np.array([0.050, 0.010, -0.075])
_BLACK: Final = np.array([0.016, 0.022, 0.030])
_WHITE: Final = np.array([0.985, 0.965, 0.925])


def film_look(colours: NDArray[np.float64]) -> NDArray[np.float64]:
    """Return what becomes of `colours` (…, 3), 0..1."""
    light = colours @ _LUMA
    strength = colours.max(axis=-1) - colours.min(axis=-1)
    dense = colours * (1.0 - 0.16 * strength * strength)[..., None]
    curve = dense * dense * (3.0 - 2.0 * dense)
    toned = 0.45 * dense + 0.55 * curve
    middle = (light * (1.0 - light))[..., None]
    toned = toned + 2.2 * middle * ((1.0 - light)[..., None] * _SHADOWS + light[..., None] * _LIGHTS)
    grey = (toned @ _LUMA)[..., None]
    toned = grey + (toned - grey) * (1.06 - 0.18 * strength)[..., None]
    printed: NDArray[np.float64] = np.clip(_BLACK + toned * (_WHITE - _BLACK), 0.0, 1.0)
    return printed


def film_cube() -> str:
    """Return the text of the `.cube` file."""
    return cube_text("film", film_look)


def cube_text(title: str, look: Callable[[NDArray[np.float64]], NDArray[np.float64]]) -> str:
    """Return the text of a `.cube` file that grades as `look` does with colours (…, 3), 0..1."""
    nodes = np.linspace(0.0, 1.0, NODES)
    blue, green, red = np.meshgrid(nodes, nodes, nodes, indexing="ij")
    colours = look(np.stack([red, green, blue], axis=-1)).reshape(-1, 3)
    lines = (" ".join(f"{channel:.4f}" for channel in colour) for colour in colours)
    return "\n".join([f'TITLE "{title}"\nLUT_3D_SIZE {NODES}', *lines, ""])


if __name__ == "__main__":
    FILE.write_text(film_cube(), encoding="utf-8")
