"""From the passes' picture to the wall: what dissolves, goes dark, flashes too much to be shown, and lies over it.

Lives on the show's main thread, behind the passes, in which none of this can be turned off.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Final

import moderngl

from installation.render.chain import SMALL_PX
from installation.render.crossfade import Ramp
from installation.render.dissolve import Dissolve, Place
from installation.render.flash_guard import FlashGuard
from installation.render.overlay import Overlays
from installation.render.render_target import RenderTarget
from installation.render.shader import SHADERS, Shader, Uniform
from installation.status import FlashStatus
from installation.values import Controls

_BLACKOUT_S: Final = 1.0


@dataclass(frozen=True, slots=True)
class Shown:
    """What the passes have drawn and where it `lies` in the window; `finished` is the same in bytes, where it is."""

    picture: moderngl.Texture
    lies: Place
    finished: RenderTarget | None


class Wall:
    """The last stage of each picture, of `size` pixels."""

    def __init__(self, context: moderngl.Context, size: tuple[int, int], *, limit_flashes: bool) -> None:
        self.size = size
        self._context = context
        self._present = Shader(context, SHADERS / "stages" / "present.frag")
        self._enlarge = Shader(context, SHADERS / "stages" / "enlarge.frag")
        self._overlays = Overlays(context)
        self._guard = FlashGuard(context) if limit_flashes else None
        self._dissolve = Dissolve(context)
        self._blackout = Ramp(_BLACKOUT_S)

    @property
    def flashes(self) -> FlashStatus:
        """What the flash limiter did; any thread."""
        return FlashStatus() if self._guard is None else self._guard.status()

    @property
    def dissolves(self) -> bool:
        """Whether one picture gives way to another now."""
        return self._dissolve.is_on

    def dissolve(self, shown: Shown) -> None:
        """What comes next is another picture than what is `shown`: cross to it, whatever it is."""
        self._dissolve.begin(shown.picture, shown.lies, self.size)

    def draw(
        self,
        target: moderngl.Framebuffer,
        shown: Shown | None,
        uniforms: Mapping[str, Uniform],
        controls: Controls,
        *,
        now: float,
        since_s: float,
    ) -> None:
        """Draw what is `shown` at `now`, `since_s` seconds after the picture before; black where nothing is."""
        dark = self._blackout.update(controls.switch("/show/blackout"), since_s)
        light = controls.number("/show/light") * (1.0 - dark)
        whole = (0, 0, *self.size)
        if shown is None:
            _clear(target)
            return
        picture, lies = self._dissolve.over(shown.picture, shown.lies, self.size, since_s)
        if lies != whole:
            _clear(target)
        present: dict[str, Uniform] = {**uniforms, "u_light": light, "u_resolution": self.size}
        held = None
        if self._guard is not None:
            others = self._overlays.changes(now)
            held = self._guard.held(picture, lies, self.size, present, now=now, others=others)
        if held is not None:
            picture, lies, present["u_light"] = held, whole, 1.0
        done = shown.finished if present["u_light"] == 1.0 else None
        if done is None or done.texture is not picture:
            self._draw(self._present, target, lies, present, picture)
        elif (done.size, lies) == (self.size, whole):
            # Just what `enlarge` would draw, for a tenth of its cost.
            self._context.copy_framebuffer(target, done.framebuffer)
        else:
            self._draw(self._enlarge, target, lies, present, picture)

    def _draw(
        self,
        shader: Shader,
        target: moderngl.Framebuffer,
        lies: Place,
        uniforms: Mapping[str, Uniform],
        picture: moderngl.Texture,
    ) -> None:
        target.viewport = lies
        shader.draw(target, uniforms, {"u_picture": picture})
        target.viewport = (0, 0, *self.size)

    def draw_over(
        self,
        target: moderngl.Framebuffer,
        hud: Sequence[str],
        panel: Sequence[tuple[str, str]],
        controls: Controls,
        now: float,
    ) -> None:
        """Draw text over what is on the wall: `hud` while /show/hud is on, `panel`, labels and words, in any case."""
        room = None if self._guard is None else self._guard.limiter.room
        numbers = controls.switch("/show/hud") and self._blackout.value < 1.0  # who goes dark is dark, numbers and all
        self._overlays.draw(target, hud if numbers else (), panel, now, room=room)

    def warm_up(self, target: moderngl.Framebuffer) -> None:
        """Compile what text takes, and either way to the window; `target` is drawn on, unseen."""
        self._overlays.warm_up(target)
        picture = RenderTarget(self._context, SMALL_PX, in_bytes=True)
        for shader in (self._present, self._enlarge):
            self._draw(shader, target, (0, 0, *self.size), {"u_light": 0.5}, picture.texture)
        picture.release()

    def forget(self) -> None:
        """Nothing was shown so far: the wall is black, and what comes is shown at once."""
        self._dissolve.forget()
        if self._guard is not None:
            self._guard.forget()

    def release(self) -> None:
        """Give the graphics card its memory back."""
        self._overlays.release()
        self._dissolve.release()
        if self._guard is not None:
            self._guard.release()
        self._present.release()
        self._enlarge.release()


def _clear(target: moderngl.Framebuffer) -> None:
    target.use()  # or the scissor of the target drawn last would clip the clearing
    target.clear(0.0, 0.0, 0.0, 1.0)
