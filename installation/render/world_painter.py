"""The show's second painter: the world's own shaders, drawn into a picture of the window's shape at the passes' size.

Lives on the show's main thread. Nothing is read back. On software OpenGL it has a size of its own, chosen from
measured time, and is scaled up by the passes as the generator's picture is.
"""

import logging
import time
from collections.abc import Callable
from typing import Final

import moderngl

from installation.render.framing import Size
from installation.render.render_target import RenderTarget, resized
from installation.render.resolution import ResolutionChooser
from installation.render.shader_warming import Readiness
from installation.render.world_scene import WorldPicture, WorldScene
from installation.status import HeardStatus
from installation.values import Controls
from s2s.world.canvas import Canvas

_log = logging.getLogger(__name__)

SCALES: Final = (1.0, 0.8, 0.65, 0.5, 0.4, 0.32, 0.25, 0.2, 0.16, 0.125)
"""Heights as parts of the window's. Lower than the passes go: a shader of the world costs as much as all of them."""
_START: Final = 0.16
_FIXED: Final = 0.02  # its cost goes with the pixels alone


class WorldPainter:
    """Follows what is heard and paints it. With a `budget_s` it chooses its size so that a picture takes that."""

    def __init__(
        self,
        context: moderngl.Context,
        *,
        seed: int,
        readiness: Readiness,
        wall_hour: Callable[[], float],
        budget_s: float | None,
    ) -> None:
        self._context = context
        self._scene = WorldScene(seed, wall_hour)
        self._canvas = Canvas(context)
        self._readiness = readiness
        self._chooser = None if budget_s is None else ResolutionChooser(budget_s, _START, SCALES, fixed=_FIXED)
        self._target: RenderTarget | None = None
        self._drawn: set[tuple[str, bool]] = set()
        self._problems: dict[str, str] = {}
        self.draw_s = 0.0
        """What the last picture took, 0 where none was drawn or nobody measured."""

    @property
    def problem(self) -> str:
        """Why a scene that was wanted cannot be painted, in words; empty where all can."""
        return next(iter(self._problems.values()), "")

    def scale(self, passes_scale: float) -> float:
        """Return its picture's height as a part of the window's, where the passes run at `passes_scale`."""
        return passes_scale if self._chooser is None else self._chooser.scale

    def size_by(self, chooser: ResolutionChooser) -> None:
        """Let another one choose the size."""
        self._chooser = chooser

    def follow(self, heard: HeardStatus, controls: Controls, dt_s: float) -> WorldPicture:
        """Go on for `dt_s` seconds; return what to paint now."""
        return self._scene.update(heard, controls, dt_s, self._is_ready)

    def rest(self) -> None:
        """Forget what the last picture took: none may be drawn this turn."""
        self.draw_s = 0.0

    def draw(self, picture: WorldPicture, size: Size) -> RenderTarget:
        """Return `picture` painted at `size`."""
        self._target = resized(self._context, self._target, size)
        new = {(part.scene, number > 0) for number, part in enumerate(picture.parts)} - self._drawn
        if self._chooser is not None:
            self._context.finish()  # what was asked for before is none of the world's cost
        started = time.monotonic()
        self._target.framebuffer.use()
        for number, part in enumerate(picture.parts):
            self._canvas.draw(part, picture.parts[0], size, laid_over=number > 0)
        self._drawn |= new
        if self._chooser is not None:
            self._context.finish()
            self.draw_s = time.monotonic() - started
            if not new:  # a driver compiles while it draws for the first time
                self._chooser.update(self.draw_s, started)
        return self._target

    def _is_ready(self, scene: str) -> bool:
        """Return whether `scene` can be drawn; its shader is compiled one turn before it is."""
        if scene in self._problems or not self._readiness.is_ready(scene):
            return False
        try:
            self._canvas.compile(scene)
        except moderngl.Error as error:
            self._problems[scene] = f"this OpenGL cannot compile {scene}: {' '.join(str(error).split())[:200]}"
            _log.error("%s; the generator's picture is shown for it", self._problems[scene])
            return False
        return True

    def close(self) -> None:
        """Give the memory back and end what warms shaders."""
        self._readiness.close()
        self._canvas.release()
        if self._target is not None:
            self._target.release()
