"""The chain of passes between a painter's picture and the window, and those that wait to be shown again.

Lives on the show's main thread. A change of chain compiles what is new in pieces, a turn each, and draws each piece
once, small: drivers put the larger part of compiling off until then.
"""

from collections.abc import Sequence
from functools import lru_cache
from typing import Final

import moderngl

from installation.render.framing import Size
from installation.render.passes import (
    NO_TEXTURES,
    Group,
    Passes,
    Textures,
    Uniforms,
    check_passes,
    groups_of,
)
from installation.render.render_target import RenderTarget, resized
from installation.render.shader import SHADERS, Shader, ShaderError
from installation.render.shader_sources import ShaderSources, read_sources
from installation.render.upscale import Source, Upscale, UpscaleText

SMALL_PX: Final = (76, 60)
"""What chains are drawn at to compile them. No power of two, nor a quarter or an eighth of it: software drivers compile
the sampling of such pictures in a way of its own."""
_KEPT: Final = 12
"""Groups of passes that wait: a few looks' worth."""
_UPSCALES_KEPT: Final = 3


class SparePasses:
    """Compiled passes that are not in the chain: ready to be shown, or shown before; bounded, the oldest go."""

    def __init__(self, context: moderngl.Context) -> None:
        self._context = context
        self._groups: dict[Group, list[Passes]] = {}
        self._upscales: dict[UpscaleText, Upscale] = {}

    def has(self, group: Group) -> bool:
        return group in self._groups

    def has_upscale(self, text: UpscaleText) -> bool:
        return text in self._upscales

    def make(self, group: Group, sources: ShaderSources, uniforms: Uniforms | None) -> None:
        """Compile a group, one shader, or one per pass where they are at odds; errors are then a pass's. It is drawn
        with `uniforms` where there are any.
        """
        try:
            made = [Passes(self._context, group)]
        except ShaderError:
            if len(group.names) == 1:
                raise
            made = []
            try:
                for name in group.names:
                    made.append(Passes(self._context, Group.of((name,), sources)))
            except ShaderError:
                for item in made:
                    item.release()
                raise
        if uniforms is not None:
            picture = RenderTarget(self._context, SMALL_PX)
            for item in made:
                for _ in range(2):  # the second time it finds what the first has left to linger
                    item.draw(picture.texture, SMALL_PX, uniforms)
                item.rest()
            picture.release()
        self._groups[group] = made

    def make_upscale(self, text: UpscaleText, uniforms: Uniforms) -> None:
        """Compile the first pass, and draw it."""
        upscale, picture = Upscale(self._context, text), RenderTarget(self._context, SMALL_PX)
        upscale.draw(Source(picture, (1.0, 1.0)), SMALL_PX, uniforms)
        upscale.rest()
        picture.release()
        self._keep_upscale(upscale)

    def take(self, group: Group) -> list[Passes]:
        return self._groups.pop(group)

    def take_upscale(self, text: UpscaleText) -> Upscale:
        return self._upscales.pop(text, None) or Upscale(self._context, text)

    def keep(self, item: Passes) -> None:
        """Keep what leaves the chain, unless there is such a one."""
        item.rest()
        if item.group in self._groups:
            item.release()
            return
        self._groups[item.group] = [item]
        self.tidy()

    def tidy(self) -> None:
        """Let the oldest go: of a pass that is edited all day, each text would wait for ever."""
        while len(self._groups) > _KEPT:
            for oldest in self._groups.pop(next(iter(self._groups))):
                oldest.release()

    def keep_upscale(self, upscale: Upscale) -> None:
        upscale.rest()
        self._keep_upscale(upscale)

    def _keep_upscale(self, upscale: Upscale) -> None:
        former = self._upscales.pop(upscale.text, None)
        if former is not None:
            former.release()
        self._upscales[upscale.text] = upscale
        while len(self._upscales) > _UPSCALES_KEPT:
            self._upscales.pop(next(iter(self._upscales))).release()

    def release(self) -> None:
        for upscale in self._upscales.values():
            upscale.release()
        for items in self._groups.values():
            for item in items:
                item.release()


class Chain:
    """All passes of a preset in order, behind one painter's picture or two that fade into each other."""

    def __init__(self, context: moderngl.Context, names: Sequence[str], texts: ShaderSources | None = None) -> None:
        """`texts` are the files that are compiled, by default those that ship, as they are now."""
        self._context = context
        self.texts, self.names = texts or read_sources(), tuple(names)
        self._upscale: Upscale | None = None
        self._second: Upscale | None = None
        self._is_second_drawn = False
        self._mix = Shader(context, SHADERS / "stages" / "mix.frag")
        self._mixed: RenderTarget | None = None
        self._passes: list[Passes] = []
        self.finished: RenderTarget | None = None
        """The picture that was drawn last, where it is in bytes, as the screen has it."""
        self._spare = SparePasses(context)
        self.set(names)

    def has(self, names: Sequence[str], texts: ShaderSources | None = None) -> bool:
        """Return whether `set` would have nothing to compile. Raises ShaderError as `set` does."""
        upscale, groups = _parts(tuple(names), texts or self.texts)
        return (self._is_first(upscale) or self._spare.has_upscale(upscale)) and not self._missing(groups)

    def _is_first(self, text: UpscaleText) -> bool:
        return self._upscale is not None and self._upscale.text == text

    def _missing(self, groups: Sequence[Group]) -> list[Group]:
        here = {item.group for item in self._passes}
        return [group for group in groups if group not in here and not self._spare.has(group)]

    def prepare(self, names: Sequence[str], uniforms: Uniforms, texts: ShaderSources | None = None) -> bool:
        """Compile one more of the passes that `set` would have to; return whether there are none left.

        `uniforms` are those of the last picture: drivers compile a shader anew for values that decide what it does.
        Raises ShaderError as `set` does.
        """
        texts = texts or self.texts
        upscale, groups = _parts(tuple(names), texts)
        missing = self._missing(groups)
        if not self._is_first(upscale) and not self._spare.has_upscale(upscale):
            self._spare.make_upscale(upscale, uniforms)
        elif missing:
            self._spare.make(missing[0], texts, uniforms)
        else:
            return True
        return False

    def prepare_second(self, uniforms: Uniforms) -> None:
        """Compile one more of what two painters at once take, if anything is left: before they are seen so."""
        assert self._upscale is not None
        if self._second is None:
            self._second = self._upscale.beside()
        if not self._is_second_drawn:  # what samples a picture of a size that the generator's has not
            picture = RenderTarget(self._context, SMALL_PX)
            self._second.draw(Source(picture, (1.0, 1.0)), SMALL_PX, uniforms)
            self._second.rest()
            picture.release()
            self._is_second_drawn = True
        elif self._mixed is None:
            one, other = (RenderTarget(self._context, SMALL_PX) for _ in range(2))
            self._mixed = RenderTarget(self._context, SMALL_PX)
            textures = {"u_picture": one.texture, "u_other": other.texture}
            self._mix.draw(self._mixed.framebuffer, {**uniforms, "u_weight": 0.5}, textures)
            one.release()
            other.release()

    def set(self, names: Sequence[str], texts: ShaderSources | None = None) -> None:
        """Change the passes, or their texts; those that stay keep what they remember. Raises ShaderError and changes
        nothing then.

        What leaves is kept for a while: going back and forth between two looks compiles nothing.
        """
        texts = texts or self.texts
        first, groups = _parts(tuple(names), texts)
        staying = {item.group: item for item in self._passes}
        for group in groups:
            if group not in staying and not self._spare.has(group):
                self._spare.make(group, texts, None)
        upscale = self._upscale if self._is_first(first) else self._spare.take_upscale(first)
        passes = [
            item for group in groups for item in ([staying.pop(group)] if group in staying else self._spare.take(group))
        ]
        for gone in staying.values():
            for item in passes:
                item.remember(gone)
            self._spare.keep(gone)
        self._spare.tidy()
        if self._upscale is not None and upscale is not self._upscale:
            self._release_second()
            self._spare.keep_upscale(self._upscale)
        self._upscale, self._passes = upscale, passes
        self.texts, self.names = texts, tuple(names)

    def _release_second(self) -> None:
        if self._second is not None:
            self._second.release()
            self._second, self._is_second_drawn = None, False

    def draw(
        self, sources: Sequence[Source], size: Size, uniforms: Uniforms, offered: Textures = NO_TEXTURES
    ) -> moderngl.Texture:
        """Draw one source, or two by their shares, through the whole chain at `size`; return the last picture.

        `offered` are pictures that any pass may read.
        """
        assert self._upscale is not None
        picture, self.finished = self._upscale.draw(sources[0], size, uniforms), None
        if len(sources) > 1:
            picture = self._mixed_with(picture, sources[1], size, uniforms)
        for item in self._passes:
            if not item.is_skipped(uniforms):
                share = 1.0 if item is self._passes[-1] else self._upscale.share
                picture = item.draw(picture, size, uniforms, offered, share=share)
                self.finished = item.finished
        return picture

    def forget(self) -> None:
        """No pass has anything to linger from now on."""
        for item in self._passes:
            item.forget()

    def _mixed_with(self, picture: moderngl.Texture, other: Source, size: Size, uniforms: Uniforms) -> moderngl.Texture:
        """Return `picture` with `other` over it by its share: each up-scaled by itself, so that no look jumps."""
        assert self._upscale is not None
        if self._second is None:
            self._second = self._upscale.beside()
        self._is_second_drawn = True
        textures = {"u_picture": picture, "u_other": self._second.draw(other, size, uniforms)}
        self._mixed = resized(self._context, self._mixed, picture.size)
        self._mix.draw(self._mixed.framebuffer, {**uniforms, "u_weight": other.share}, textures)
        return self._mixed.texture

    def release(self) -> None:
        self._release_second()
        if self._upscale is not None:
            self._upscale.release()
        self._mix.release()
        if self._mixed is not None:
            self._mixed.release()
        for item in self._passes:
            item.release()
        self._spare.release()


@lru_cache(maxsize=16)
def _parts(names: tuple[str, ...], texts: ShaderSources) -> tuple[UpscaleText, list[Group]]:
    """Return how the chain of `names` begins, and its groups; asked for again and again. Raises ShaderError."""
    check_passes(names, texts)
    first = UpscaleText.of("upscale" not in names, texts)
    return first, groups_of([name for name in names if name != "upscale"], texts)
