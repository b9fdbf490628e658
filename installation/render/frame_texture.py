"""The generator's pictures on the graphics card: what was shown before fades into each new one, or moves there.

Lives on the show's main thread. Works at the generator's own resolution, whatever it is at the moment.
"""

import moderngl
import numpy as np

from installation.render.crossfade import CrossFade
from installation.render.flow import Flow
from installation.render.framing import cover
from installation.render.render_target import RenderTarget
from installation.render.shader import SHADERS, Shader, Uniform
from installation.values import Frame


class FrameTexture:
    """The picture between the last generated frame and the newest one, drawn anew at each `update`."""

    def __init__(self, context: moderngl.Context, *, at_once: bool = True) -> None:
        """`at_once` compiles `flow` for the first picture that asks for it, instead of a little with each."""
        self._context = context
        self._crossfade = Shader(context, SHADERS / "stages" / "crossfade.frag")
        self._flow = Flow(context, at_once=at_once)
        self._fade = CrossFade()
        self._shown = RenderTarget(context, (1, 1))
        self._before = RenderTarget(context, (1, 1))
        self._newest: moderngl.Texture | None = None
        self._stamp: tuple[int, float] | None = None
        self._drawn_at_s = self._weight = 0.0
        self.moved = 0.0
        """How much of the way between the pictures was made by the last `update`, 0..1; 0 where things do not move."""

    @property
    def motion(self) -> moderngl.Texture | None:
        """That way, of each place, in parts of the picture to the right and upwards; None where it is not known."""
        return self._flow.motion

    @property
    def has_picture(self) -> bool:
        return self._newest is not None

    def update(self, frame: Frame | None, elapsed_s: float, between: str = "fade") -> RenderTarget:
        """Return the picture at `elapsed_s`; `frame` is the newest one there is, the same as before or another.

        `between` is what /render/between says. Either way takes the same time from and to the same pictures.
        """
        if frame is not None and self._stamp != (frame.serial, frame.made_at):
            self._take(frame, elapsed_s)
        if self._newest is not None:
            weight = self._fade.weight(elapsed_s)
            self._draw(self._newest, weight, between)
            self.moved = max(weight - self._weight, 0.0) if self.motion is not None and between == "flow" else 0.0
            self._drawn_at_s, self._weight = elapsed_s, weight
        return self._shown

    def forget(self) -> None:
        """There is no picture from now on; what is compiled stays so."""
        for target in (self._shown, self._before):
            target.release()
        self._shown, self._before = RenderTarget(self._context, (1, 1)), RenderTarget(self._context, (1, 1))
        if self._newest is not None:
            self._newest.release()
        self._newest, self._stamp, self._fade, self._drawn_at_s = None, None, CrossFade(), 0.0
        self._flow.forget()

    def _draw(self, newest: moderngl.Texture, weight: float, between: str) -> None:
        textures = {"u_before": self._before.texture, "u_newest": newest}
        part = cover(self._shown.size, self._before.size, zoom=1.0)
        uniforms: dict[str, Uniform] = {"u_weight": weight, "u_part": part}
        moves = between == "flow" and self._flow.is_worth_it(weight)
        if not (moves and self._flow.draw(self._shown, uniforms, textures)):
            self._crossfade.draw(self._shown.framebuffer, uniforms, textures)

    def _take(self, frame: Frame, elapsed_s: float) -> None:
        height, width = frame.pixels.shape[:2]
        # What is on display now is where the new fade starts: no jump, even in the middle of a fade.
        self._before, self._shown = self._shown, self._before
        if self._shown.size != (width, height):
            self._shown.release()
            self._shown = RenderTarget(self._context, (width, height))
        self._upload(np.ascontiguousarray(frame.pixels))
        self._flow.forget()
        self._stamp = (frame.serial, frame.made_at)
        self._fade.arrive(elapsed_s, shown_at=self._drawn_at_s)
        self._weight = 0.0

    def _upload(self, pixels: np.ndarray[tuple[int, ...], np.dtype[np.uint8]]) -> None:
        height, width = pixels.shape[:2]
        if self._newest is None or self._newest.size != (width, height):
            if self._newest is not None:
                self._newest.release()
            self._newest = self._context.texture((width, height), 3, alignment=1)
            self._newest.repeat_x = self._newest.repeat_y = False
        self._newest.write(pixels, alignment=1)

    def release(self) -> None:
        for target in (self._shown, self._before):
            target.release()
        if self._newest is not None:
            self._newest.release()
        self._crossfade.release()
        self._flow.release()
