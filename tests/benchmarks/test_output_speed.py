"""What fitting the picture to a wall takes of the processor, beside drawing the picture alone in the same run.

Skipped unless asked for with --benchmark-only. An output that asks for nothing is drawn on directly: it has no row.
"""

import time
from collections.abc import Iterator
from typing import Any

import moderngl
import pytest

from installation.output.headless import open_headless
from installation.outputs.layout import Blend, Output, Point
from installation.outputs.marks import NO_MARKS, Marks
from installation.outputs.motion import still
from installation.render.output_pass import OutputPass
from installation.render.output_ring import PictureRing
from tests.benchmarks.drawing import PASSES, WINDOW, Drawing

pytestmark = [pytest.mark.gl, pytest.mark.benchmark(timer=time.process_time)]

PINNED = (Point(0.05, 0.02), Point(0.98, 0.06), Point(0.95, 0.97), Point(0.01, 0.93))
DOOR = (Point(0.4, 0.6), Point(0.6, 0.6), Point(0.6, 1.0), Point(0.4, 1.0))
OUTPUTS = {
    "turned": (Output("wall", rotate=180), NO_MARKS),
    "pinned": (Output("wall", corners=PINNED), NO_MARKS),
    "all": (Output("wall", corners=PINNED, masks=(DOOR,), blend=Blend(right=0.2), delay_frames=2), NO_MARKS),
    "pattern": (Output("wall"), Marks(1.0, ("wall",))),
}


@pytest.fixture(scope="module")
def context() -> Iterator[moderngl.Context]:
    surface = open_headless((16, 16))
    yield surface.context
    surface.close()


def test_the_picture_alone(benchmark: Any, context: moderngl.Context) -> None:
    drawing = Drawing(context, PASSES, 0.5)
    drawing.draw()
    benchmark(drawing.draw)
    drawing.close()


@pytest.mark.parametrize("name", OUTPUTS)
def test_fitting_it_to_the_wall(benchmark: Any, context: moderngl.Context, name: str) -> None:
    output, marks = OUTPUTS[name]
    wall, ring, drawing = context.simple_framebuffer(WINDOW, components=4), PictureRing(context), OutputPass(context)
    ring.prepare(WINDOW, output.delay_frames)

    def fit() -> None:
        drawing.draw(wall, ring.picture(output.delay_frames), still(output), marks)
        ring.advance()
        context.finish()

    fit()
    benchmark(fit)
    for part in (drawing, ring, wall):
        part.release()
