"""The grading of the preset on the graphics card: what the pass `lut` looks colours up in.

Lives on the show's main thread. Another preset's grading takes the place of the one before little by little.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Final

import moderngl
import numpy as np

from installation.grading.cube_file import Cube, Table
from installation.render.render_target import pixel_type
from installation.render.shader import Uniform

_UNIFORM: Final = "u_lut"


@dataclass(frozen=True, slots=True)
class _Pair:
    """Curve and cube of one grading; `cube` None changes nothing."""

    source: Cube | None
    curve: moderngl.Texture
    cube: moderngl.Texture

    def release(self) -> None:
        self.curve.release()
        self.cube.release()


class Grading:
    """The newest grading and the one before it."""

    def __init__(self, context: moderngl.Context, cube: Cube | None) -> None:
        self._context = context
        self._now = self._before = self._pair(cube)
        self._share = 1.0
        self._next: Cube | None = cube

    def take(self, cube: Cube | None) -> None:
        """Go to another grading, None to none; one on the way is arrived at first."""
        self._next = cube

    def move(self, step_s: float, within_s: float) -> None:
        """Let `step_s` seconds pass; a change takes `within_s`."""
        if self._share < 1.0:
            self._share = min(self._share + step_s / within_s, 1.0) if within_s > 0.0 else 1.0
            return
        if self._next != self._now.source:
            if self._before is not self._now:
                self._before.release()
            self._before, self._now, self._share = self._now, self._pair(self._next), 0.0

    def uniforms(self, strength: Uniform) -> dict[str, Uniform]:
        """Return what the pass is told: nothing to do where there is no file, whatever `strength`."""
        nothing = self._now.source is None and (self._before.source is None or self._share >= 1.0)
        share = self._share * self._share * (3.0 - 2.0 * self._share)
        return {_UNIFORM: 0.0 if nothing else strength, "u_lut_share": share}

    def textures(self) -> Mapping[str, moderngl.Texture]:
        return {
            "u_lut_curve": self._now.curve,
            "u_lut_cube": self._now.cube,
            "u_lut_curve_before": self._before.curve,
            "u_lut_cube_before": self._before.cube,
        }

    def _pair(self, source: Cube | None) -> _Pair:
        if source is None:
            ends = np.array([0.0, 1.0], np.float32)
            blue, green, red = np.meshgrid(ends, ends, ends, indexing="ij")
            curve, cube = np.repeat(ends[:, None], 3, axis=1), np.stack([red, green, blue], axis=-1)
        else:
            curve, cube = source.curve, source.cube
        nodes = len(cube)
        return _Pair(source, self._texture(curve[None]), self._texture(cube.reshape(nodes * nodes, nodes, 3)))

    def _texture(self, table: Table) -> moderngl.Texture:
        """Return rows of colours as a picture."""
        kind = pixel_type(self._context)
        values = np.concatenate([table, np.ones_like(table[..., :1])], axis=-1)
        content = np.ascontiguousarray(values, np.float32 if kind == "f4" else np.float16)
        texture = self._context.texture((table.shape[1], table.shape[0]), 4, content.tobytes(), dtype=kind)
        texture.filter = (moderngl.LINEAR, moderngl.LINEAR)
        texture.repeat_x = texture.repeat_y = False
        return texture

    def release(self) -> None:
        self._now.release()
        if self._before is not self._now:
            self._before.release()
