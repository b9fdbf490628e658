"""An off-screen stage on which renderer tests put pictures and look at what comes out."""

from collections.abc import Sequence
from typing import Any

import moderngl
import numpy as np

from installation.isf.inputs import IsfInputs
from installation.output.snapshot import PixelReader
from installation.parameters import DEFAULTS
from installation.render.painter_words import NO_PHOTOGRAPH
from installation.render.pipeline import Renderer
from installation.render.shader_sources import ShaderSources
from installation.render.shader_warming import Readiness
from installation.status import HeardStatus, PhotographStatus
from installation.values import Controls, Features, Frame, ParameterValue, Pixels

PLAIN: dict[str, ParameterValue] = {
    "/render/feedback": 0.0,
    "/render/bloom": 0.0,
    "/render/grain": 0.0,
    "/render/vignette": 0.0,
    "/render/strokes": 0.0,
}
"""Settings under which a pass that is asked for nothing does nothing."""


SILENCE = Features()
NOTHING = HeardStatus()


class Stage:
    """A renderer with a target of its own; `show` draws one picture and reads it back."""

    def __init__(
        self,
        context: moderngl.Context,
        size: tuple[int, int] = (64, 36),
        passes: Sequence[str] = ("upscale",),
        *,
        seed: int = 1,
        adaptive: bool = False,
        budget_s: float | None = None,
        readiness: Readiness | None = None,
        limit_flashes: bool = True,
        texts: ShaderSources | None = None,
        isf: IsfInputs | None = None,
        scale: float = 1.0,
    ) -> None:
        self.context = context
        self.renderer = Renderer(
            context,
            size,
            passes=passes,
            seed=seed,
            adaptive=adaptive,
            budget_s=budget_s,
            readiness=readiness,
            limit_flashes=limit_flashes,
            texts=texts,
            isf=isf,
            scale=scale,
        )
        self.target = context.simple_framebuffer(size, components=3)
        self.now = 100.0

    def show(
        self,
        frame: Frame | None,
        *,
        after_s: float = 1 / 30,
        features: Features = SILENCE,
        heard: HeardStatus = NOTHING,
        photograph: PhotographStatus = NO_PHOTOGRAPH,
        hud: Sequence[str] = (),
        **settings: ParameterValue,
    ) -> Pixels:
        """Draw `frame` `after_s` seconds later; `settings` are /render/ names, show_ or scene_ names."""
        self.now += after_s
        values = {**DEFAULTS, **PLAIN, **{_address(name): value for name, value in settings.items()}}
        self.renderer.draw(
            self.target,
            now=self.now,
            frame=frame,
            features=features,
            controls=Controls(values),
            heard=heard,
            photograph=photograph,
            hud=hud,
        )
        return PixelReader(self.context).read(self.target)

    def settled(self, frame: Frame, *, hud: Sequence[str] = (), **settings: Any) -> Pixels:
        """Draw `frame` until whatever fades has faded; return the last picture."""
        for _ in range(2):
            self.show(frame, after_s=0.25, hud=hud, **settings)
        return self.show(frame, after_s=0.25, hud=hud, **settings)

    def resize(self, size: tuple[int, int]) -> None:
        self.target.release()
        self.target = self.context.simple_framebuffer(size, components=3)
        self.renderer.resize(size)


def _address(name: str) -> str:
    if name.startswith("scene_"):
        return f"/scene/{name.removeprefix('scene_')}"
    return f"/show/{name.removeprefix('show_')}" if name.startswith("show_") else f"/render/{name}"


def flat(colour: Sequence[int], serial: int = 1, size: int = 16) -> Frame:
    """A frame of one colour."""
    return Frame(np.broadcast_to(np.array(colour, np.uint8), (size, size, 3)).copy(), serial, 0.0, float(serial))


def scene(size: int = 32, serial: int = 1) -> Frame:
    """A frame with edges and gradients in it: a sky, a sun, a dark ground with a tower."""
    y, x = np.mgrid[0 : 1 : size * 1j, 0 : 1 : size * 1j]
    pixels = np.stack([0.3 + 0.5 * y, 0.4 + 0.1 * y, 0.8 - 0.4 * y], axis=-1)
    pixels[(x - 0.7) ** 2 + (y - 0.3) ** 2 < 0.02] = (1.0, 0.9, 0.6)
    pixels[y > 0.7] = (0.1, 0.2, 0.1)
    pixels[(np.abs(x - 0.3) < 0.08) & (y > 0.35)] = (0.3, 0.2, 0.2)
    return Frame((pixels * 255).astype(np.uint8), serial, 0.0, float(serial))
