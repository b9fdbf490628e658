"""The chain of passes between the generator's picture and the window: each draws one file of `shaders/`.

Lives on the show's main thread. What a pass looks like is its shader's business; here is only who reads what.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from types import MappingProxyType
from typing import Final

import moderngl

from installation.render.framing import Size, scaled
from installation.render.fusing import finished, finishes, fused_fragment, fused_vertex, grouped
from installation.render.isf_text import IsfUniforms
from installation.render.render_target import RenderTarget, resized
from installation.render.shader import SHADERS, Shader, ShaderError, ShaderPair, ShaderText, Uniform
from installation.render.shader_sources import ShaderSources

Uniforms = Mapping[str, Uniform]
Textures = Mapping[str, moderngl.Texture]
NO_TEXTURES: Final[Textures] = MappingProxyType({})

_STAGES: Final = SHADERS / "stages"


@dataclass(frozen=True, slots=True)
class SubPass:
    """A smaller render target that a pass reads as `u_NAME`: `stages/NAME.frag` at the passes' size / `divisor`."""

    name: str
    divisor: int


SUB_PASSES: Final = MappingProxyType(
    {
        "advect": (SubPass("stream", 8),),
        "bloom": (SubPass("glow", 4), SubPass("halo", 8), SubPass("shine", 4)),
        "mist": (SubPass("haze", 4), SubPass("fog", 16), SubPass("cloud", 32), SubPass("veil", 8)),
        "warp": (SubPass("bend", 6),),
    }
)
"""Passes that draw in more than one step; each sub-pass reads those before it, the last of them as `u_picture`."""

WHOLE: Final = frozenset({"bloom", "mist"})
"""Those of them whose sub-passes read the picture before, all of it: they are not drawn as one with what makes that."""

SKIP_WHEN_ZERO: Final = MappingProxyType(
    {
        "advect": ("u_advect",),
        "bloom": ("u_bloom",),
        "curves": ("u_lift", "u_gamma", "u_gain", "u_split"),
        "displace": ("u_displacement",),
        "dither": ("u_dither",),
        "grain": ("u_grain",),
        "lens": ("u_distortion", "u_aberration", "u_aperture"),
        "lut": ("u_lut",),
        "mist": ("u_mist",),
        "warp": ("u_warp",),
    }
)
"""Passes that change nothing while these uniforms of theirs are 0, and are skipped then."""


@dataclass(frozen=True, slots=True)
class Group:
    """Neighbouring passes that are drawn as one, and all of their text: with another text it is another group.

    `stages` are the sub-passes' texts; `isf` says how an ISF pass is told its inputs. A `finished` one draws bytes, as
    the screen has them: the chain's last, where nothing lingers in it.
    """

    names: tuple[str, ...]
    vertex: ShaderText
    fragment: ShaderText
    stages: tuple[ShaderPair, ...] = ()
    isf: IsfUniforms | None = None
    finished: bool = False

    @classmethod
    def of(cls, names: tuple[str, ...], sources: ShaderSources, *, is_last: bool = False) -> "Group":
        """Return the group of `names`, finished where it can be if it `is_last`. Raises ShaderError where a file is
        missing or makes no sense.
        """
        paths = [sources.pass_path(name) for name in names]
        stages = [stage for name in names for stage in SUB_PASSES.get(name, ())]
        header = sources.isf_header(names[0])
        fragment = fused_fragment(paths, sources)
        ends = is_last and "u_last" not in fragment.text and finishes(fragment)
        return cls(
            names,
            fused_vertex(paths, sources),
            finished(fragment, sources) if ends else fragment,
            tuple(sources.pair(_STAGES / f"{stage.name}.frag") for stage in stages),
            None if header is None else IsfUniforms.of(names[0], header),
            ends,
        )


def compiled(context: moderngl.Context, pairs: Sequence[ShaderPair]) -> list[Shader]:
    """Return all of `pairs` as shaders. Raises ShaderError, and then has kept none."""
    made: list[Shader] = []
    try:
        for pair in pairs:
            made.append(Shader(context, pair[1].files[0], pair))
    except ShaderError:
        for shader in made:
            shader.release()
        raise
    return made


def groups_of(names: Sequence[str], sources: ShaderSources) -> list[Group]:
    """Return the passes `names` as they are drawn. Raises ShaderError."""
    groups = grouped(names, sources, whole=WHOLE)
    return [Group.of(group, sources, is_last=number == len(groups)) for number, group in enumerate(groups, start=1)]


class Passes:
    """Neighbouring passes as one shader over the whole picture: what `fusing.grouped` puts together.

    One that declares `u_last` is shown what it drew the time before.
    """

    def __init__(self, context: moderngl.Context, group: Group) -> None:
        self.group, self.names = group, group.names
        self._context = context
        self._shader, *small = compiled(context, ((group.vertex, group.fragment), *group.stages))
        self._remembers = self._shader.takes("u_last")
        steps = [(sub_pass, name) for name in group.names for sub_pass in SUB_PASSES.get(name, ())]
        self._sub_passes = [(*step, shader) for step, shader in zip(steps, small, strict=True)]
        self._out: RenderTarget | None = None
        self._last: RenderTarget | None = None
        self._small: dict[str, RenderTarget] = {}

    def draw(
        self,
        picture: moderngl.Texture,
        size: Size,
        uniforms: Uniforms,
        offered: Textures = NO_TEXTURES,
        *,
        share: float = 1.0,
    ) -> moderngl.Texture:
        """Draw `picture` through the shader at `share` of `size` and return the result; `offered` is what any pass may
        read. Sub-passes are parts of the whole `size`: how far a glow reaches goes by their pixels.
        """
        textures = {"u_picture": picture, **offered, **self._draw_sub_passes(picture, size, uniforms, offered)}
        size = scaled(size, share)
        if self._remembers:
            # There is nothing to linger yet when the show begins.
            self._last, self._out = self._out, self._last
            textures["u_last"] = self._last.texture if self._last else picture
        self._out = resized(self._context, self._out, size, in_bytes=self.group.finished)
        own = {} if self.group.isf is None else self.group.isf.told(uniforms)
        self._shader.draw(self._out.framebuffer, {**uniforms, "u_resolution": size, **own}, textures)
        return self._out.texture

    def is_skipped(self, uniforms: Uniforms) -> bool:
        """Return whether none of the passes would change anything."""
        return all(_is_skipped(name, uniforms) for name in self.names)

    @property
    def finished(self) -> RenderTarget | None:
        """What was drawn last, where it is as the screen has it."""
        return self._out if self.group.finished else None

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
        self, picture: moderngl.Texture, size: Size, uniforms: Uniforms, offered: Textures
    ) -> dict[str, moderngl.Texture]:
        drawn: dict[str, moderngl.Texture] = {}
        for sub_pass, name, shader in self._sub_passes:
            small = scaled(size, 1.0 / sub_pass.divisor)
            target = self._small[sub_pass.name] = resized(self._context, self._small.get(sub_pass.name), small)
            # A skipped pass within a group that is drawn reads nothing of its sub-passes.
            if not _is_skipped(name, uniforms):
                textures = {"u_picture": picture, **offered, **drawn}
                shader.draw(target.framebuffer, {**uniforms, "u_resolution": small}, textures)
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
    return name in SKIP_WHEN_ZERO and all(uniforms.get(uniform) == 0.0 for uniform in SKIP_WHEN_ZERO[name])


def check_passes(names: Sequence[str], sources: ShaderSources) -> None:
    """Raise ShaderError unless `names` are passes of `sources`, each at most once, upscale first."""
    for name in names:
        sources.pass_path(name)
        sources.isf_header(name)
        if names.count(name) > 1:
            raise ShaderError(f"passes: {name!r} is listed {names.count(name)} times, expected once")
    if "upscale" in names[1:]:
        raise ShaderError("passes: 'upscale' comes first; it turns the generator's picture into a large one")
