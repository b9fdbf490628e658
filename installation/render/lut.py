"""The grading of the preset on the graphics card: the cube that the pass `lut` looks colours up in.

Lives on the show's main thread. Another preset's cube takes the place of the one before little by little.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Final

import moderngl
import numpy as np

from installation.grading.cube_file import Cube, Table, identity
from installation.render.render_target import is_software
from installation.render.shader import SHADERS, Shader, Uniform

_UNIFORM: Final = "u_lut"


@dataclass(frozen=True, slots=True)
class _Shown:
    """A cube as a picture, `nodes` wide; `source` None changes nothing."""

    source: Cube | None
    texture: moderngl.Texture


class Grading:
    """The newest grading and, on the way from it, the one before."""

    def __init__(self, context: moderngl.Context, cube: Cube | None) -> None:
        self._context = context
        # Measured on llvmpipe: bytes take half as long, and between its nodes a cube is as smooth as with floats.
        self._type = "f1" if is_software(context) else "f2"
        self._shader = Shader(context, SHADERS / "stages" / "lut_mix.frag")
        self._now, self._next = self._shown(cube), cube
        self._before: _Shown | None = None
        self._mixed: moderngl.Framebuffer | None = None
        self._share = 1.0

    def take(self, cube: Cube | None) -> None:
        """Go to another grading, None to none; the one that is on its way is arrived at first."""
        self._next = cube

    def move(self, step_s: float, within_s: float) -> None:
        """Let `step_s` seconds pass; a change takes `within_s`."""
        if self._before is None and self._next != self._now.source:
            self._before, self._now, self._share = self._now, self._shown(self._next), 0.0
            self._mixed = self._context.framebuffer([self._like(self._now.texture)])
        elif self._before is not None:
            self._share = min(self._share + step_s / within_s, 1.0) if within_s > 0.0 else 1.0
        if self._before is not None and self._mixed is not None:
            weight = self._share * self._share * (3.0 - 2.0 * self._share)
            textures = {"u_cube": self._now.texture, "u_cube_before": self._before.texture}
            self._shader.draw(self._mixed, {"u_weight": weight}, textures)
            if self._share >= 1.0:
                self._arrive()

    def uniforms(self, strength: Uniform) -> dict[str, Uniform]:
        """Return what the pass is told: nothing to do where there is no file, whatever `strength`."""
        return {_UNIFORM: 0.0 if self._now.source is None and self._before is None else strength}

    def textures(self) -> Mapping[str, moderngl.Texture]:
        shown = self._now.texture if self._mixed is None else self._mixed.color_attachments[0]
        assert isinstance(shown, moderngl.Texture)
        return {"u_lut_cube": shown}

    def _arrive(self) -> None:
        if self._before is not None:
            self._before.texture.release()
        if self._mixed is not None:
            for texture in self._mixed.color_attachments:
                texture.release()
            self._mixed.release()
        self._before = self._mixed = None

    def _shown(self, source: Cube | None) -> _Shown:
        table: Table = identity(2) if source is None else source.table
        nodes = len(table)
        values = np.concatenate([table, np.ones_like(table[..., :1])], axis=-1)
        if self._type == "f1":
            content = (np.clip(values, 0.0, 1.0) * 255.0).round().astype(np.uint8).tobytes()
        else:
            content = values.astype(np.float16).tobytes()
        return _Shown(source, self._context.texture((nodes, nodes * nodes), 4, content, dtype=self._type))

    def _like(self, texture: moderngl.Texture) -> moderngl.Texture:
        return self._context.texture(texture.size, 4, dtype=self._type)

    def release(self) -> None:
        self._arrive()
        self._now.texture.release()
        self._shader.release()
