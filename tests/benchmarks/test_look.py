"""How crisp and how even the picture on the wall is, beside the generator's picture stretched; what each look costs.

Skipped unless asked for with --benchmark-only; `--benchmark-json FILE` keeps every number, under `extra_info`. Pictures
are those of the model that ships along the latent's path (`test_betweens`), 12 a second, on a display of 60 Hz. The
rise of an edge is the way from a tenth to nine tenths of it, in pixels of the generator; steepness is
the mean slope of the steepest fiftieth of all pixels, as a multiple of the stretched picture's, without brush strokes;
changes are from one picture of the display to the next, in levels of 255: `unevenness` is their deviation as a part of
their mean, `cut` the largest of them where one scene follows another at once, as a part of what separates the two.
"""

import time
from collections.abc import Iterator, Mapping, Sequence
from itertools import pairwise
from typing import Any, Final

import moderngl
import numpy as np
import pytest
from numpy.typing import NDArray

from installation.grading.cube_file import read_cube
from installation.grading.film_look import FILE
from installation.output.headless import open_headless
from installation.values import Features, Frame, ParameterValue, Pixels
from tests.benchmarks.drawing import PASSES, Drawing
from tests.benchmarks.test_betweens import DISPLAY_HZ, TRUTH_HZ, path
from tests.installation.render.stage import Stage

pytestmark = [pytest.mark.gl, pytest.mark.benchmark(timer=time.process_time)]

__all__ = ["path"]  # a fixture of these benchmarks too

WALL: Final = (640, 360)
GENERATED_FPS: Final = 12
WAYS: Final[Mapping[str, tuple[Sequence[str], Mapping[str, Any]]]] = {
    "stretched": ((), {}),
    "fade": (("upscale",), {"between": "fade"}),
    "flow": (("upscale",), {"between": "flow"}),
    "advect": (("upscale", "advect"), {"between": "flow", "advect": 0.4}),
}
LOOKS: Final[Mapping[str, Mapping[str, ParameterValue]]] = {
    "advect": {"/render/advect": 0.4},
    "warp": {"/render/warp": 0.5},
    "mist": {"/render/mist": 0.5},
    "lens": {"/render/distortion": 0.3, "/render/aberration": 0.5, "/render/aperture": 0.5},
    "curves": {"/render/split": 0.5},
    "lut": {},
    "dither": {"/render/dither": 0.5},
}


@pytest.fixture(scope="module")
def context() -> Iterator[moderngl.Context]:
    surface = open_headless((16, 16))
    yield surface.context
    surface.close()


def shown_still(
    context: moderngl.Context, pixels: Pixels, way: str, size: tuple[int, int] = WALL
) -> NDArray[np.float64]:
    """Return the greys of one picture after half a second in which nothing else comes."""
    passes, settings = WAYS[way]
    stage = Stage(context, size, passes=passes)
    for _ in range(15):
        shown = stage.show(Frame(pixels, 1, 0.0, 1.0), **settings)
    stage.renderer.close()
    greys: NDArray[np.float64] = shown.mean(axis=-1)
    return greys


def rise_px(context: moderngl.Context, way: str) -> float:
    """Return how wide an upright edge is, between a tenth and nine tenths of its height."""
    pixels = np.full((90, 160, 3), 60, np.uint8)
    pixels[:, 80:] = 190
    rows = shown_still(context, pixels, way)[120:240:8]
    return float(np.median([_rise(row) for row in rows])) / (WALL[0] / 160)


def _rise(row: NDArray[np.float64]) -> float:
    part = np.maximum.accumulate((row - row[100]) / (row[-100] - row[100]))
    first, last = np.interp([0.1, 0.9], part[100:-100], np.arange(len(part) - 200))
    return float(last - first)


def steepness(greys: NDArray[np.float64]) -> float:
    slopes = np.hypot(*np.gradient(greys)).ravel()
    return float(np.mean(np.sort(slopes)[-len(slopes) // 50 :]))


def displayed(context: moderngl.Context, truth: Sequence[Pixels], way: str) -> Iterator[NDArray[np.float32]]:
    """Yield what a display shows, from the sixth picture on, where every fourth of `truth` is generated."""
    passes, settings = WAYS[way]
    stage = Stage(context, (320, 180), passes=passes, limit_flashes=False)
    for tick in range(len(truth) * DISPLAY_HZ // TRUTH_HZ):
        serial = tick * GENERATED_FPS // DISPLAY_HZ
        frame = Frame(truth[serial * TRUTH_HZ // GENERATED_FPS], serial, 0.0, float(serial))
        for _ in range(4 if way == "stretched" else 1):  # what is stretched is there at once: nothing fades
            after_s = 0.25 if way == "stretched" else 1 / DISPLAY_HZ
            shown = stage.show(frame, after_s=after_s, features=Features(bass=0.4, mid=0.3, treble=0.2), **settings)
        if tick >= 6 * DISPLAY_HZ // GENERATED_FPS:
            yield shown.astype(np.float32)
    stage.renderer.close()


def changes(pictures: Iterator[NDArray[np.float32]]) -> NDArray[np.float64]:
    return np.array([np.abs(after - before).mean() for before, after in pairwise(pictures)])


@pytest.mark.parametrize("way", WAYS)
def test_crisp_and_even(benchmark: Any, context: moderngl.Context, path: list[Pixels], way: str) -> None:
    along = changes(displayed(context, path[: 2 * TRUTH_HZ], way))
    one, other = path[0], path[-1]
    cut = changes(displayed(context, [one] * TRUTH_HZ + [other] * TRUTH_HZ, way))
    apart = float(np.abs(one.astype(float) - other).mean())
    stretched = np.mean([steepness(shown_still(context, pixels, "stretched")) for pixels in path[::36]])
    steep = np.mean([steepness(shown_still(context, pixels, way)) for pixels in path[::36]])
    benchmark.extra_info |= {
        "rise_px": rise_px(context, way),
        "steepness": float(steep / stretched),
        "unevenness": float(along.std() / along.mean()),
        "largest_step": float(along.max() / along.mean()),
        "cut": float(cut.max() / apart),
    }
    stage = Stage(context, WALL, passes=WAYS[way][0])
    benchmark(stage.show, Frame(one, 1, 0.0, 1.0), **WAYS[way][1])
    stage.renderer.close()


@pytest.mark.parametrize("name", ["none", *LOOKS])
def test_the_usual_passes_and_one_more(benchmark: Any, context: moderngl.Context, name: str) -> None:
    passes = PASSES if name == "none" else (*PASSES, name)
    drawing = Drawing(context, passes, 0.5, settings=LOOKS.get(name, {}), lut=read_cube(FILE))
    drawing.draw()
    benchmark(drawing.draw)
    drawing.close()
