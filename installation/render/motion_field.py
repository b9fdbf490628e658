"""Which way things go from one picture to the next: optical flow, estimated by shaders once per generated picture.

Lucas and Kanade's least squares from coarse to fine (Bouguet's pyramid), on small grey pictures, both moved half way
towards each other: the field belongs to the picture in the middle, and serves both directions. Where the pictures do
not meet by it, it is zero. Lives on the show's main thread.
"""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from itertools import pairwise
from typing import Final

import moderngl

from installation.render.framing import Size
from installation.render.render_target import RenderTarget, is_software
from installation.render.shader import SHADERS, Shader, Uniform

Textures = Mapping[str, moderngl.Texture]

_STAGES: Final = SHADERS / "stages"
_LONGEST_PX: Final = 96
_LONGEST_ON_SOFTWARE_PX: Final = 64
"""The finest grey picture. Measured on llvmpipe: 96 take 6.0 to 6.5 ms instead of 3.4 to 3.9, for errors that are a
tenth to a quarter smaller around small things and in turns."""
_STEPS: Final = (1, 1, 2)
"""Steps per size, finest first, each half of the one before: a quarter of the picture's width can be followed."""
_FEW: Final = 8
"""Pixels a side on the way to a mean: no pixel sums more than a hundred texels, and all are summed side by side."""


@dataclass(frozen=True, slots=True)
class _Level:
    """One size: the two grey pictures, what of their change is unexplained, and the motion before and after a step."""

    pair: RenderTarget
    change: RenderTarget
    motion: tuple[RenderTarget, RenderTarget]

    def release(self) -> None:
        for target in (self.pair, self.change, *self.motion):
            target.release()


class MotionField:
    """Estimates motion between two pictures; all memory is kept from one estimate to the next."""

    def __init__(self, context: moderngl.Context, longest_px: int | None = None) -> None:
        """`longest_px` is the longer side of the field, by default what suits the machine's kind of OpenGL."""
        self._context = context
        self._longest_px = longest_px or (_LONGEST_ON_SOFTWARE_PX if is_software(context) else _LONGEST_PX)
        self._shaders: dict[str, Shader] = {}
        self._still = RenderTarget(context, (1, 1))
        self._means: tuple[RenderTarget, ...] = ()
        self._levels: list[_Level] = []

    def estimate(self, pictures: Textures, part: Uniform, size: Size) -> moderngl.Texture:
        """Return the way of each place in red and green, as parts of the picture to the right and upwards.

        `pictures` are `u_before` and `u_newest` of `shaders/include/two_pictures.glsl`, `part` is its `u_part`, `size`
        the newest one's in pixels. The texture is overwritten by the next estimate.
        """
        for motion in self.step_by_step(pictures, part, size):
            estimated = motion
        return estimated

    def step_by_step(self, pictures: Textures, part: Uniform, size: Size) -> Iterator[moderngl.Texture]:
        """Estimate as `estimate` does, but stop after each drawing; the last texture is the motion.

        The first estimate compiles what it draws by. Once a picture, that is no stall.
        """
        self._fit(size)
        yield self._draw("pair", self._levels[0].pair, pictures, {"u_part": part})
        for large, small in pairwise(self._levels):
            yield self._draw("half", small.pair, {"u_picture": large.pair.texture})
        motion = self._still.texture
        for level, steps in reversed(list(zip(self._levels, _STEPS, strict=True))):
            for number in range(steps):
                yield self._draw("gradient", level.change, {"u_pair": level.pair.texture, "u_motion": motion})
                textures = {"u_picture": level.change.texture, "u_motion": motion}
                motion = self._draw("step", level.motion[number % 2], textures)
                yield motion
        yield from self._trusted(motion, self._levels[0])

    def _trusted(self, motion: moderngl.Texture, level: _Level) -> Iterator[moderngl.Texture]:
        """Go on to `motion` without what the pictures speak against: place by place, then as wholes."""
        gated = level.motion[0 if motion is level.motion[1].texture else 1]
        trusted = mean = self._draw("trust", level.change, {"u_pair": level.pair.texture, "u_motion": motion})
        yield trusted
        for target in self._means:
            mean = self._draw("mean", target, {"u_picture": mean})
            yield mean
        yield self._draw("gate", gated, {"u_motion": trusted, "u_picture": mean})

    def _draw(
        self, name: str, target: RenderTarget, textures: Textures, uniforms: Mapping[str, Uniform] | None = None
    ) -> moderngl.Texture:
        if name not in self._shaders:
            self._shaders[name] = Shader(self._context, _STAGES / f"motion_{name}.frag")
        self._shaders[name].draw(target.framebuffer, {**(uniforms or {}), "u_resolution": target.size}, textures)
        return target.texture

    def _fit(self, size: Size) -> None:
        part = min(self._longest_px / max(size), 1.0)
        finest = (max(round(size[0] * part), 1), max(round(size[1] * part), 1))
        if self._levels and self._levels[0].pair.size == finest:
            return
        self._release_levels()
        for number in range(len(_STEPS)):
            level_size = (max(finest[0] >> number, 1), max(finest[1] >> number, 1))
            pair, change, before, after = (RenderTarget(self._context, level_size) for _ in range(4))
            self._levels.append(_Level(pair, change, (before, after)))
        few = (min(finest[0], _FEW), min(finest[1], _FEW))
        self._means = RenderTarget(self._context, few), RenderTarget(self._context, (1, 1))

    def _release_levels(self) -> None:
        for level in self._levels:
            level.release()
        for mean in self._means:
            mean.release()
        self._levels, self._means = [], ()

    def release(self) -> None:
        self._release_levels()
        self._still.release()
        for shader in self._shaders.values():
            shader.release()
