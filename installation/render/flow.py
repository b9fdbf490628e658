"""The other way from one generated picture to the next: things move there, instead of fading.

Lives on the show's main thread.
"""

from collections.abc import Mapping
from typing import Final

import moderngl

from installation.render.motion_field import MotionField, Textures
from installation.render.render_target import RenderTarget
from installation.render.shader import SHADERS, Shader, Uniform

_ALL_BUT_THERE: Final = 0.85
"""From this weight on nothing of the picture before is seen: where pictures come as often as the display draws, every
weight is beyond it, and motion would cost much and show nothing."""


class Flow:
    """Draws the picture between two along the motion from one to the other; compiles when it is first wanted."""

    def __init__(self, context: moderngl.Context) -> None:
        self._context = context
        self._shader: Shader | None = None
        self._field: MotionField | None = None
        self._motion: moderngl.Texture | None = None

    def forget(self) -> None:
        """There are two other pictures from now on."""
        self._motion = None

    def is_worth_it(self, weight: float) -> bool:
        """Return whether to draw by motion at this share of the newest picture: what moves goes on to the end."""
        # Compiling takes a while. It is better seen to at the first picture, of which none goes into another yet.
        return self._shader is None or self._motion is not None or weight < _ALL_BUT_THERE

    def draw(self, target: RenderTarget, uniforms: Mapping[str, Uniform], pictures: Textures) -> None:
        """Draw as `stages/crossfade.frag` would, with the same `uniforms` and `pictures`, into a target of the newest
        one's size.
        """
        self._shader = self._shader or Shader(self._context, SHADERS / "stages" / "between.frag")
        self._field = self._field or MotionField(self._context)
        if self._motion is None:
            self._motion = self._field.estimate(pictures, uniforms["u_part"], target.size)
        self._shader.draw(target.framebuffer, uniforms, {**pictures, "u_motion": self._motion})

    def release(self) -> None:
        if self._shader is not None:
            self._shader.release()
        if self._field is not None:
            self._field.release()
