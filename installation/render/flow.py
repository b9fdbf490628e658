"""The other way from one generated picture to the next: things move there, instead of fading.

Lives on the show's main thread.
"""

from collections.abc import Iterator, Mapping
from typing import Final

import moderngl

from installation.render.motion_field import MotionField, Textures
from installation.render.render_target import RenderTarget
from installation.render.shader import SHADERS, Shader, Uniform

_ALL_BUT_THERE: Final = 0.85
"""From this weight on nothing of the picture before is seen: where pictures come as often as the display draws, every
weight is beyond it, and motion would cost much and show nothing."""


class Flow:
    """Draws the picture between two along the motion from one to the other; compiles when it is first wanted.

    Nine shaders at once are a stall of 0.15 s, of 0.5 s on a new machine. So one is compiled a picture, and it is drawn
    by motion from when they are done on; `at_once` compiles all of them for the first.
    """

    def __init__(self, context: moderngl.Context, *, at_once: bool = True) -> None:
        self._context, self._at_once = context, at_once
        self._shader: Shader | None = None
        self._field: MotionField | None = None
        self._compiling: Iterator[moderngl.Texture] | None = None
        self._compiled: moderngl.Texture | None = None
        self._motion: moderngl.Texture | None = None
        self._ready = False

    @property
    def motion(self) -> moderngl.Texture | None:
        """The way from the picture before to the newest, as `MotionField` gives it; None where none was estimated."""
        return self._motion

    def forget(self) -> None:
        """There are two other pictures from now on."""
        self._motion = None

    def is_worth_it(self, weight: float) -> bool:
        """Return whether to draw by motion at this share of the newest picture: what moves goes on to the end."""
        # Compiling takes a while. It is better seen to at the first picture, of which none goes into another yet.
        return not self._ready or self._motion is not None or weight < _ALL_BUT_THERE

    def draw(self, target: RenderTarget, uniforms: Mapping[str, Uniform], pictures: Textures) -> bool:
        """Draw as `stages/crossfade.frag` would, with the same `uniforms` and `pictures`, into a target of the newest
        one's size. Return False, and draw nothing, while it compiles.
        """
        self._field = self._field or MotionField(self._context)
        if not self._ready and not self._at_once and not self._is_compiled(self._field, target, uniforms, pictures):
            return False
        self._ready = True
        self._shader = self._shader or self._between()
        if self._motion is None:
            self._motion = self._field.estimate(pictures, uniforms["u_part"], target.size)
        self._shader.draw(target.framebuffer, uniforms, {**pictures, "u_motion": self._motion})
        return True

    def _is_compiled(
        self, field: MotionField, target: RenderTarget, uniforms: Mapping[str, Uniform], pictures: Textures
    ) -> bool:
        """Compile the next shader, by drawing what is thrown away; return whether there was none left."""
        if self._compiling is None:
            self._compiling = field.step_by_step(pictures, uniforms["u_part"], target.size)
        motion = next(self._compiling, None)
        if motion is not None:
            self._compiled = motion
        elif self._compiled is not None and self._shader is None:
            self._shader = self._between()
            self._shader.draw(target.framebuffer, uniforms, {**pictures, "u_motion": self._compiled})
        else:
            self._compiling = None
        return self._compiling is None

    def _between(self) -> Shader:
        return Shader(self._context, SHADERS / "stages" / "between.frag")

    def release(self) -> None:
        if self._shader is not None:
            self._shader.release()
        if self._field is not None:
            self._field.release()
