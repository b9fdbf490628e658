"""The chain of passes between the generator's picture and the window: each draws one file of `shaders/`.

Lives on the show's main thread. What a pass looks like is its shader's business; here is only who reads what.
"""

from collections.abc import Mapping, Sequence
from copy import copy
from dataclasses import dataclass
from types import MappingProxyType
from typing import Final

import moderngl
import numpy as np
from numpy.typing import NDArray

from installation.render.framing import Size, field_size, scaled
from installation.render.fusing import fused_fragment, fused_vertex
from installation.render.render_target import RenderTarget, is_software, resized
from installation.render.shader import SHADERS, Shader, ShaderError, Uniform, pass_path

Uniforms = Mapping[str, Uniform]

_STAGES: Final = SHADERS / "stages"
_BRISTLES: Final = 256
_PAINTED_SHARE: Final = 0.8
"""Painted pixels for each of the passes' own, along one side, on a CPU: what is painted is soft, and costs most."""


@dataclass(frozen=True, slots=True)
class SubPass:
    """A smaller render target that a pass reads as `u_NAME`: `stages/NAME.frag` at the passes' size / `divisor`."""

    name: str
    divisor: int


SUB_PASSES: Final = MappingProxyType({"bloom": (SubPass("glow", 4), SubPass("halo", 8), SubPass("shine", 4))})
"""Passes that draw in more than one step; each sub-pass reads those before it, the last of them as `u_picture`."""

SKIP_WHEN_ZERO: Final = MappingProxyType({"displace": "u_displacement", "bloom": "u_bloom", "grain": "u_grain"})
"""Passes that change nothing while this uniform of theirs is 0, and are skipped then."""


class Passes:
    """Neighbouring passes as one shader over the whole picture: what `fusing.grouped` puts together.

    One that declares `u_last` is shown what it drew the time before.
    """

    def __init__(self, context: moderngl.Context, names: tuple[str, ...]) -> None:
        self.names = names
        self._context = context
        paths = [pass_path(name) for name in names]
        self._shader = Shader(context, paths[0], (fused_vertex(paths), fused_fragment(paths)))
        self._remembers = self._shader.takes("u_last")
        self._sub_passes = [
            (sub_pass, name, Shader(context, _STAGES / f"{sub_pass.name}.frag"))
            for name in names
            for sub_pass in SUB_PASSES.get(name, ())
        ]
        self._out: RenderTarget | None = None
        self._last: RenderTarget | None = None
        self._small: dict[str, RenderTarget] = {}

    def draw(self, picture: moderngl.Texture, size: Size, uniforms: Uniforms) -> moderngl.Texture:
        """Draw `picture` through the shader at `size` and return the result."""
        textures = {"u_picture": picture, **self._draw_sub_passes(picture, size, uniforms)}
        if self._remembers:
            # There is nothing to linger yet when the show begins.
            self._last, self._out = self._out, self._last
            textures["u_last"] = self._last.texture if self._last else picture
        self._out = resized(self._context, self._out, size)
        self._shader.draw(self._out.framebuffer, {**uniforms, "u_resolution": size}, textures)
        return self._out.texture

    def is_skipped(self, uniforms: Uniforms) -> bool:
        """Return whether none of the passes would change anything."""
        return all(_is_skipped(name, uniforms) for name in self.names)

    def remember(self, other: "Passes") -> None:
        """Take over what `other` drew last, where both end with the same pass and it is one that is shown that."""
        if self._remembers and self._out is None and other.names[-1] == self.names[-1]:
            self._out, other._out = other._out, None

    def forget(self) -> None:
        """Nothing was drawn yet from now on."""
        for target in (self._out, self._last):
            if target is not None:
                target.release()
        self._out = self._last = None

    def _draw_sub_passes(
        self, picture: moderngl.Texture, size: Size, uniforms: Uniforms
    ) -> dict[str, moderngl.Texture]:
        drawn: dict[str, moderngl.Texture] = {}
        for sub_pass, name, shader in self._sub_passes:
            small = scaled(size, 1.0 / sub_pass.divisor)
            target = self._small[sub_pass.name] = resized(self._context, self._small.get(sub_pass.name), small)
            # A skipped pass within a group that is drawn reads nothing of its sub-passes.
            if not _is_skipped(name, uniforms):
                shader.draw(target.framebuffer, {**uniforms, "u_resolution": small}, {"u_picture": picture, **drawn})
            picture = drawn[f"u_{sub_pass.name}"] = target.texture
        return drawn

    def rest(self) -> None:
        """Give the pictures' memory back; what is compiled stays."""
        self.forget()
        for target in self._small.values():
            target.release()
        self._small = {}

    def release(self) -> None:
        self.rest()
        for shader in (self._shader, *(shader for _, _, shader in self._sub_passes)):
            shader.release()


def _is_skipped(name: str, uniforms: Uniforms) -> bool:
    return name in SKIP_WHEN_ZERO and uniforms.get(SKIP_WHEN_ZERO[name]) == 0.0


@dataclass(frozen=True, slots=True)
class Source:
    """A painter's picture; the part of it that is seen, `covered` (width and height, 0..1), and its `share` 0..1."""

    picture: RenderTarget
    covered: tuple[float, float]
    share: float = 1.0


class Upscale:
    """The first pass: from a painter's picture to the passes' size, framed for the window."""

    def __init__(self, context: moderngl.Context, *, plain: bool) -> None:
        self._context = context
        self.plain = plain
        self._shader = Shader(context, _STAGES / "plain.frag" if plain else pass_path("upscale"))
        self._share = _PAINTED_SHARE if is_software(context) and not plain else 1.0
        names = () if plain else ("flow", "strokes")
        self._stages = {name: Shader(context, _STAGES / f"{name}.frag") for name in names}
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
        return self._draw("out", self._shader, scaled(size, self._share), uniforms, textures)

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
    texture = context.texture((_BRISTLES, _BRISTLES), 2, _soft_noise().tobytes(), alignment=1)
    texture.filter = (moderngl.LINEAR, moderngl.LINEAR)
    return texture


def _soft_noise() -> NDArray[np.uint8]:
    noise = np.random.default_rng(1).random((2, _BRISTLES, _BRISTLES))
    y, x = np.fft.fftfreq(_BRISTLES)[:, None], np.fft.rfftfreq(_BRISTLES)[None]
    soft = np.fft.irfft2(np.fft.rfft2(noise) * np.exp(-12.0 * (x**2 + y**2)))
    # Ranks instead of values: every grey occurs equally often.
    ranks = np.argsort(np.argsort(soft.reshape(2, -1))).reshape(soft.shape)
    return np.ascontiguousarray((ranks * 256 // _BRISTLES**2).astype(np.uint8).transpose(1, 2, 0))


def check_passes(names: Sequence[str]) -> None:
    """Raise ShaderError unless `names` are passes of `shaders/`, each at most once, upscale first."""
    for name in names:
        pass_path(name)
        if names.count(name) > 1:
            raise ShaderError(f"passes: {name!r} is listed {names.count(name)} times, expected once")
    if "upscale" in names[1:]:
        raise ShaderError("passes: 'upscale' comes first; it turns the generator's picture into a large one")
