"""How far one picture goes at once when a control is moved, on the real desk and the real renderer, in film time.

`python -m tests.installation.render.jumping` prints the table for every control that the picture shows.
"""

import itertools
import sys
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Final

import moderngl
import numpy as np

from installation.desk import Desk
from installation.modulation import Route
from installation.output.headless import open_headless
from installation.output.snapshot import PixelReader
from installation.parameter import Kind, Parameter
from installation.parameters import PARAMETERS
from installation.render.pipeline import Renderer
from installation.status import HeardStatus
from installation.values import Features, Frame, ParameterValue, Pixels
from tests.installation.render.stage import NOTHING, PLAIN, scene

FPS: Final = 60.0
PASSES: Final = ("upscale", "displace", "feedback", "bloom", "grade", "grain")
_HEARD: Final = Features(level=0.5, bass=0.4, mid=0.3)
_HUD: Final = ("60 fps", "level -12 dB", "all is well")
_BEFORE: Final = 8


@dataclass(frozen=True, slots=True)
class Jump:
    """`step`: the largest change from one picture to the next, over the motion before and after, in levels of 255 on
    the mean; `whole`: how far all of the change goes.
    """

    step: float
    whole: float

    @property
    def share(self) -> float:
        """The part of the whole way that one picture goes; 0 for what is hardly seen."""
        return self.step / max(self.whole, 1.0)


@dataclass
class Rig:
    """A desk and a renderer, and what they are given."""

    context: moderngl.Context
    size: tuple[int, int] = (96, 54)
    start: Mapping[str, ParameterValue] = field(default_factory=dict)
    passes: tuple[str, ...] = PASSES
    frame: Frame = field(default_factory=scene)
    panel: tuple[tuple[str, str], ...] = ()
    features: Features = _HEARD
    heard: HeardStatus = NOTHING
    routes: tuple[Route, ...] = ()
    fps: float = FPS
    limit_flashes: bool = True

    def __post_init__(self) -> None:
        self.desk = Desk({**PLAIN, **self.start}, self.routes)
        self.renderer = Renderer(
            self.context, self.size, passes=self.passes, seed=1, adaptive=False, limit_flashes=self.limit_flashes
        )
        self.target = self.context.simple_framebuffer(self.size, components=3)
        self.now = 100.0

    def pictures(self, count: int) -> list[Pixels]:
        """Return the next so many pictures."""
        shown = []
        for _ in range(count):
            self.now += 1 / self.fps
            self.renderer.draw(
                self.target,
                now=self.now,
                frame=self.frame,
                features=self.features,
                controls=self.desk.tick(self.now, self.features),
                heard=self.heard,
                hud=_HUD,
                panel=self.panel,
            )
            shown.append(PixelReader(self.context).read(self.target))
        return shown

    def jump(self, change: Callable[["Rig"], object], *, settling: int = 20, after: int = 45) -> Jump:
        """Make the change, and return how the picture went to what it makes in the pictures `after` it."""
        self.pictures(settling)
        before = self.pictures(_BEFORE)
        change(self)
        shown = self.pictures(after)
        settled = shown[-_BEFORE:]
        motion = max(largest_step(before), largest_step(settled))
        return Jump(max(largest_step([before[-1], *shown]) - motion, 0.0), apart(before[-1], settled[-1]))

    def close(self) -> None:
        self.renderer.close()
        self.target.release()


def elsewhere(row: Parameter) -> ParameterValue:
    """Return another value of `row`, as far from its default as there is."""
    if row.is_number:
        return row.high if row.high - float(row.default) >= float(row.default) - row.low else row.low
    if row.kind is Kind.CHOICE:
        return next(choice for choice in row.choices if choice != row.default)
    return not row.default


def moved(row: Parameter, value: ParameterValue) -> Callable[[Rig], object]:
    """Return the change that a hand makes."""
    return lambda rig: rig.desk.post(row.address, value, "hand")


def rows_seen() -> list[tuple[Parameter, ParameterValue, ParameterValue]]:
    """Return each row that the renderer reads, with where it goes from and to: default and farthest, and back."""
    found = []
    for row in PARAMETERS.values():
        if row.group == "render" or row.address in ("/show/light", "/show/blackout", "/show/freeze", "/show/hud"):
            ends = row.choices if row.kind is Kind.CHOICE else (row.default, elsewhere(row))
            found += [(row, one, other) for one in ends for other in ends if one != other]
    return found


def largest_step(film: list[Pixels]) -> float:
    return max((apart(one, other) for one, other in itertools.pairwise(film)), default=0.0)


def apart(one: Pixels, other: Pixels) -> float:
    return float(np.abs(one.astype(np.int16) - other.astype(np.int16)).mean())


def main() -> None:
    surface = open_headless((16, 16))
    for row, start, end in rows_seen():
        rig = Rig(surface.context, start={row.address: start})
        jump = rig.jump(moved(row, end), settling=70, after=80)
        rig.close()
        sys.stdout.write(
            f"{row.address:22} {start!s:>8} -> {end!s:8} {jump.step:6.2f} {jump.whole:6.2f} {jump.share:5.2f}\n"
        )
    surface.close()


if __name__ == "__main__":
    main()
