"""The first pass, from a painter's picture to the passes' size: along the strokes of a brush, or plain.

Lives on the show's main thread.
"""

from collections.abc import Mapping
from copy import copy
from dataclasses import dataclass
from typing import Final

import moderngl
import numpy as np
from numpy.typing import NDArray

from installation.render.framing import Size, field_size, scaled
from installation.render.passes import Uniforms, compiled
from installation.render.render_target import RenderTarget, is_software, resized
from installation.render.shader import SHADERS, Shader, ShaderPair
from installation.render.shader_sources import ShaderSources

_STAGES: Final = SHADERS / "stages"
_BRISTLES: Final = 256
_PAINTED_SHARE: Final = 0.5
"""Painted pixels for each of the picture's own, along one side, on a CPU: what is painted is soft, and costs most. So
with the passes that follow, but the last ones."""


@dataclass(frozen=True, slots=True)
class Source:
    """A painter's picture; the part of it that is seen, `covered` (width and height, 0..1), and its `share` 0..1."""

    picture: RenderTarget
    covered: tuple[float, float]
    share: float = 1.0


@dataclass(frozen=True, slots=True)
class UpscaleText:
    """The first pass, plain or along the strokes, and all of its text; `stages` by their names."""

    plain: bool
    main: ShaderPair
    stages: tuple[tuple[str, ShaderPair], ...]

    @classmethod
    def of(cls, plain: bool, sources: ShaderSources) -> "UpscaleText":
        """Return the text as it is in `sources`. Raises ShaderError."""
        path = _STAGES / "plain.frag" if plain else sources.pass_path("upscale")
        names = () if plain else ("flow", "strokes")
        stages = tuple((name, sources.pair(_STAGES / f"{name}.frag")) for name in names)
        return cls(plain, sources.pair(path), stages)


class Upscale:
    """The first pass: from a painter's picture to the passes' size, framed for the window."""

    def __init__(self, context: moderngl.Context, text: UpscaleText) -> None:
        self._context = context
        self.text, self.plain = text, text.plain
        self._shader, *stages = compiled(context, (text.main, *(texts for _, texts in text.stages)))
        self.share = _PAINTED_SHARE if is_software(context) and not text.plain else 1.0
        """Pixels for each of the picture's own, along one side."""
        self._stages = {name: shader for (name, _), shader in zip(text.stages, stages, strict=True)}
        self._bristles = bristles(context)
        self._is_borrowed = False
        self._targets: dict[str, RenderTarget] = {}

    def beside(self) -> "Upscale":
        """Return one with pictures of its own and the shaders of this one, which has to be released after it."""
        other = copy(self)
        other._targets, other._is_borrowed = {}, True
        return other

    def draw(self, source: Source, size: Size, uniforms: Uniforms) -> moderngl.Texture:
        """Return what is seen of `source`, painted for passes of `size`."""
        uniforms = {**uniforms, "u_cover": source.covered}
        picture = source.picture
        textures = {"u_picture": picture.texture} if self.plain else self._strokes(picture, uniforms)
        return self._draw("out", self._shader, scaled(size, self.share), uniforms, textures)

    def _strokes(self, source: RenderTarget, uniforms: Uniforms) -> dict[str, moderngl.Texture]:
        small = field_size(source.size)
        flow = self._draw("flow", self._stages["flow"], small, uniforms, {"u_picture": source.texture})
        strokes = self._draw("strokes", self._stages["strokes"], small, uniforms, {"u_picture": flow})
        return {"u_picture": source.texture, "u_directions": strokes, "u_bristles": self._bristles}

    def _draw(
        self,
        name: str,
        shader: Shader,
        size: Size,
        uniforms: Uniforms,
        textures: Mapping[str, moderngl.Texture],
    ) -> moderngl.Texture:
        target = self._targets[name] = resized(self._context, self._targets.get(name), size)
        shader.draw(target.framebuffer, {**uniforms, "u_resolution": size}, textures)
        return target.texture

    def rest(self) -> None:
        """Give the pictures' memory back; what is compiled stays."""
        for target in self._targets.values():
            target.release()
        self._targets = {}

    def release(self) -> None:
        self.rest()
        if self._is_borrowed:
            return
        self._bristles.release()
        for shader in (self._shader, *self._stages.values()):
            shader.release()


def bristles(context: moderngl.Context) -> moderngl.Texture:
    """Return the brush's two channels of noise, always the same, that repeat without a seam."""
    return noise_texture(context, _soft_noise())


def noise_texture(context: moderngl.Context, noise: NDArray[np.uint8]) -> moderngl.Texture:
    """Return noise of (height, width, channels) as a picture that repeats."""
    height, width, channels = noise.shape
    texture = context.texture((width, height), channels, noise.tobytes(), alignment=1)
    texture.filter = (moderngl.LINEAR, moderngl.LINEAR)
    return texture


def _soft_noise() -> NDArray[np.uint8]:
    noise = np.random.default_rng(1).random((2, _BRISTLES, _BRISTLES))
    y, x = np.fft.fftfreq(_BRISTLES)[:, None], np.fft.rfftfreq(_BRISTLES)[None]
    soft = np.fft.irfft2(np.fft.rfft2(noise) * np.exp(-12.0 * (x**2 + y**2)))
    # Ranks instead of values: every grey occurs equally often.
    ranks = np.argsort(np.argsort(soft.reshape(2, -1))).reshape(soft.shape)
    return np.ascontiguousarray((ranks * 256 // _BRISTLES**2).astype(np.uint8).transpose(1, 2, 0))
