"""The chain of passes between a painter's picture and the window, and those that wait to be shown again.

Lives on the show's main thread. A change of chain compiles what is new in pieces, a turn each, and draws each piece
once, small: drivers put the larger part of compiling off until then.
"""

from collections.abc import Sequence
from typing import Final

import moderngl

from installation.render.framing import Size
from installation.render.fusing import grouped
from installation.render.passes import SUB_PASSES, Passes, Source, Uniforms, Upscale, check_passes
from installation.render.render_target import RenderTarget, resized
from installation.render.shader import SHADERS, Shader, ShaderError

SMALL_PX: Final = (76, 60)
"""What chains are drawn at to compile them. No power of two, nor a quarter or an eighth of it: software drivers compile
the sampling of such pictures in a way of its own."""
_KEPT: Final = 12
"""Groups of passes that wait: a few looks' worth."""

_Group = tuple[str, ...]


class SparePasses:
    """Compiled passes that are not in the chain: ready to be shown, or shown before; bounded, the oldest go."""

    def __init__(self, context: moderngl.Context) -> None:
        self._context = context
        self._groups: dict[_Group, list[Passes]] = {}
        self._upscales: dict[bool, Upscale] = {}

    def has(self, group: _Group) -> bool:
        return group in self._groups

    def has_upscale(self, plain: bool) -> bool:
        return plain in self._upscales

    def make(self, group: _Group, uniforms: Uniforms | None) -> None:
        """Compile a group, one shader, or one per pass where they are at odds; errors are then a pass's. It is drawn
        with `uniforms` where there are any.
        """
        try:
            made = [Passes(self._context, group)]
        except ShaderError:
            if len(group) == 1:
                raise
            made = [Passes(self._context, (name,)) for name in group]
        if uniforms is not None:
            picture = RenderTarget(self._context, SMALL_PX)
            for item in made:
                for _ in range(2):  # the second time it finds what the first has left to linger
                    item.draw(picture.texture, SMALL_PX, uniforms)
                item.rest()
            picture.release()
        self._groups[group] = made

    def make_upscale(self, plain: bool, uniforms: Uniforms) -> None:
        """Compile the first pass, and draw it."""
        upscale, picture = Upscale(self._context, plain=plain), RenderTarget(self._context, SMALL_PX)
        upscale.draw(Source(picture, (1.0, 1.0)), SMALL_PX, uniforms)
        upscale.rest()
        picture.release()
        self._upscales[plain] = upscale

    def take(self, group: _Group) -> list[Passes]:
        return self._groups.pop(group)

    def take_upscale(self, plain: bool) -> Upscale:
        return self._upscales.pop(plain, None) or Upscale(self._context, plain=plain)

    def keep(self, item: Passes) -> None:
        """Keep what leaves the chain, unless there is such a one."""
        item.rest()
        if item.names in self._groups:
            item.release()
            return
        self._groups[item.names] = [item]
        while len(self._groups) > _KEPT:
            for oldest in self._groups.pop(next(iter(self._groups))):
                oldest.release()

    def keep_upscale(self, upscale: Upscale) -> None:
        upscale.rest()
        self._upscales[upscale.plain] = upscale

    def release(self) -> None:
        for upscale in self._upscales.values():
            upscale.release()
        for items in self._groups.values():
            for item in items:
                item.release()


class Chain:
    """All passes of a preset in order, behind one painter's picture or two that fade into each other."""

    def __init__(self, context: moderngl.Context, names: Sequence[str]) -> None:
        self._context = context
        self._upscale: Upscale | None = None
        self._second: Upscale | None = None
        self._is_second_drawn = False
        self._mix = Shader(context, SHADERS / "stages" / "mix.frag")
        self._mixed: RenderTarget | None = None
        self._passes: list[Passes] = []
        self._plain: bool | None = None
        self._spare = SparePasses(context)
        self.set(names)

    def has(self, names: Sequence[str]) -> bool:
        """Return whether `set` would have nothing to compile. Raises ShaderError as `set` does."""
        check_passes(names)
        plain, groups = _parts(names)
        return (plain == self._plain or self._spare.has_upscale(plain)) and not self._missing(groups)

    def _missing(self, groups: Sequence[_Group]) -> list[_Group]:
        here = {item.names for item in self._passes}
        return [group for group in groups if group not in here and not self._spare.has(group)]

    def prepare(self, names: Sequence[str], uniforms: Uniforms) -> bool:
        """Compile one more of the passes that `set` would have to; return whether there are none left.

        `uniforms` are those of the last picture: drivers compile a shader anew for values that decide what it does.
        Raises ShaderError as `set` does.
        """
        check_passes(names)
        plain, groups = _parts(names)
        missing = self._missing(groups)
        if plain != self._plain and not self._spare.has_upscale(plain):
            self._spare.make_upscale(plain, uniforms)
        elif missing:
            self._spare.make(missing[0], uniforms)
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

    def set(self, names: Sequence[str]) -> None:
        """Change the passes; those that stay keep what they remember. Raises ShaderError and changes nothing then.

        What leaves is kept for a while: going back and forth between two looks compiles nothing.
        """
        check_passes(names)
        plain, groups = _parts(names)
        staying = {item.names: item for item in self._passes}
        for group in groups:
            if group not in staying and not self._spare.has(group):
                self._spare.make(group, None)
        upscale = self._upscale if plain == self._plain else self._spare.take_upscale(plain)
        passes = [
            item for group in groups for item in ([staying.pop(group)] if group in staying else self._spare.take(group))
        ]
        for gone in staying.values():
            for item in passes:
                item.remember(gone)
            self._spare.keep(gone)
        if self._upscale is not None and upscale is not self._upscale:
            self._release_second()
            self._spare.keep_upscale(self._upscale)
        self._upscale, self._passes, self._plain = upscale, passes, plain

    def _release_second(self) -> None:
        if self._second is not None:
            self._second.release()
            self._second, self._is_second_drawn = None, False

    def draw(self, sources: Sequence[Source], size: Size, uniforms: Uniforms) -> moderngl.Texture:
        """Draw one source, or two by their shares, through the whole chain at `size`; return the last picture."""
        assert self._upscale is not None
        picture = self._upscale.draw(sources[0], size, uniforms)
        if len(sources) > 1:
            picture = self._mixed_with(picture, sources[1], size, uniforms)
        for item in self._passes:
            if not item.is_skipped(uniforms):
                picture = item.draw(picture, size, uniforms)
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


def _parts(names: Sequence[str]) -> tuple[bool, list[_Group]]:
    """Return whether the chain of `names` begins with the plain upscaling, and its groups."""
    return "upscale" not in names, grouped([name for name in names if name != "upscale"], whole=SUB_PASSES)
