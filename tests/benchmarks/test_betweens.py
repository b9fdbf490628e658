"""What lies between two generated pictures, by fade and by flow: how near it is to what the generator would have
painted there, how even it is at 60 pictures a second, and what it costs.

Skipped unless asked for with --benchmark-only; `--benchmark-json FILE` keeps every number. Pictures are those of the
model that ships, along the latent's path under the settings of the preset `performance`, with a target each 1.5 s; what
really moves is one of them, panned at 96 of its pixels a second. Timed are one picture of the generator, taken in and
drawn twice, and one of the display, in processor time of all cores; L1 is in levels of 255; `hold` shows each picture
until the next comes.
"""

import time
from collections.abc import Callable, Iterator
from itertools import pairwise
from typing import Any, Final

import moderngl
import numpy as np
import pytest
import torch
from numpy.typing import NDArray

from installation.inference.motion import Anchors, Motion, unit
from installation.output.headless import open_headless
from installation.parameters import DEFAULTS
from installation.render.crossfade import CrossFade
from installation.render.frame_texture import FrameTexture
from installation.render.render_target import RenderTarget
from installation.values import Controls, Frame, Pixels
from s2s import bundle
from s2s.models.memory_generator import MemoryGenerator
from tests.show_runner import ROOT

pytestmark = [pytest.mark.gl, pytest.mark.benchmark(timer=time.process_time)]

TRUTH_HZ: Final = 48
DISPLAY_HZ: Final = 60
SECONDS: Final = 3.0
TARGET_S: Final = 1.5
PAN_PX_S: Final = 96.0
CONTROLS: Final = Controls({**DEFAULTS, "/latent/glide": 0.8, "/latent/drift": 0.5})

Levels = NDArray[np.float32]


@pytest.fixture(scope="module")
def context() -> Iterator[moderngl.Context]:
    surface = open_headless((16, 16))
    yield surface.context
    surface.close()


@pytest.fixture(scope="module")
def path() -> list[Pixels]:
    """Pictures of the generator along a latent's path, 48 a second."""
    generator = bundle.load_generator(ROOT / "s2s" / "pretrained")
    assert isinstance(generator, MemoryGenerator)
    targets = generator.keys[np.random.default_rng(3).integers(0, len(generator.keys), 8)].numpy()
    motion = Motion(generator.h_dim, generator.z_dim, seed=1)
    return [_painted(generator, motion, targets, number / TRUTH_HZ) for number in range(int(SECONDS * TRUTH_HZ))]


@torch.inference_mode()
def _painted(generator: MemoryGenerator, motion: Motion, targets: NDArray[np.float32], now_s: float) -> Pixels:
    motion.aim(unit(targets[int(now_s / TARGET_S)]))
    latent = motion.advance(now_s, CONTROLS, Anchors())
    picture = generator(torch.from_numpy(latent.z)[None], torch.from_numpy(latent.h)[None])[0]
    pixels: Pixels = ((picture.clamp(-1.0, 1.0) + 1.0) * 127.5).round().byte().permute(1, 2, 0).contiguous().numpy()
    return pixels


@pytest.fixture(scope="module")
def pan(path: list[Pixels]) -> list[Pixels]:
    """The first picture of the path, mirrored at its sides, under a window that wanders to the right, 48 a second."""
    width = path[0].shape[1]
    wide = np.concatenate([path[0], path[0][:, ::-1], path[0]], axis=1).astype(np.float32)
    return [_window(wide, number * PAN_PX_S / TRUTH_HZ, width) for number in range(int(SECONDS * TRUTH_HZ))]


def _window(wide: Levels, left: float, width: int) -> Pixels:
    whole = int(left)
    near, far = wide[:, whole : whole + width], wide[:, whole + 1 : whole + 1 + width]
    pixels: Pixels = np.rint(near + (left - whole) * (far - near)).astype(np.uint8)
    return pixels


def levels(shown: RenderTarget) -> Levels:
    width, height = shown.size
    colours: Levels = np.frombuffer(shown.texture.read(), np.float32).reshape(height, width, 4)
    return 255.0 * colours[::-1, :, :3]


def half_way_errors(context: moderngl.Context, truth: list[Pixels], fps: int, between: str) -> float:
    """Return the mean L1 between what is half way from one picture to the next and what was painted for then."""
    step = TRUTH_HZ // fps
    passages = [truth[first : first + step + 1] for first in range(0, len(truth) - step, step)]
    errors = [
        np.abs(half_way(context, passage[0], passage[-1], between) - passage[step // 2]).mean() for passage in passages
    ]
    return float(np.mean(errors))


def half_way(context: moderngl.Context, first: Pixels, second: Pixels, between: str) -> Levels:
    """Return what is shown when half of the way from `first` to `second` is gone."""
    if between == "hold":
        return first.astype(np.float32)
    texture, fade = FrameTexture(context), CrossFade()
    newest = Frame(second, 2, 0.0, 2.0)
    for frame, now_s in ((Frame(first, 1, 0.0, 1.0), 1.0), (Frame(first, 1, 0.0, 1.0), 1.1), (newest, 1.1)):
        texture.update(frame, now_s, between)
    for now_s in (1.0, 1.1):
        fade.arrive(now_s, shown_at=now_s)
    shown = levels(texture.update(newest, 1.1 + 0.5 * fade.length_s, between))
    texture.release()
    return shown


def unevenness(pictures: list[Levels]) -> float:
    """Return how much the change from one picture of the display to the next varies: deviation / mean."""
    changes = [float(np.abs(after - before).mean()) for before, after in pairwise(pictures)]
    return float(np.std(changes) / np.mean(changes))


def displayed(context: moderngl.Context, truth: list[Pixels], fps: int, between: str) -> list[Levels]:
    """Return what a display of 60 Hz shows of `fps` pictures a second, from the third on; `hold` is the newest."""
    texture, shown = FrameTexture(context), []
    for tick in range(int(DISPLAY_HZ * (SECONDS - 1 / fps))):
        serial = int(tick / DISPLAY_HZ * fps + 1e-6)
        frame = Frame(truth[serial * TRUTH_HZ // fps], serial, 0.0, serial)
        drawn = frame.pixels if between == "hold" else levels(texture.update(frame, tick / DISPLAY_HZ, between))
        shown.append(np.asarray(drawn, np.float32))
    texture.release()
    return shown[3 * DISPLAY_HZ // fps :]


@pytest.mark.parametrize("fps", [8, 12, 24])
@pytest.mark.parametrize("between", ["fade", "flow"])
@pytest.mark.parametrize("what", ["path", "pan"])
def test_one_picture_of_the_generator(
    benchmark: Any, context: moderngl.Context, request: pytest.FixtureRequest, what: str, between: str, fps: int
) -> None:
    truth = request.getfixturevalue(what)
    benchmark.extra_info |= {
        "l1_half_way": half_way_errors(context, truth, fps, between),
        "l1_half_way_of_hold": half_way_errors(context, truth, fps, "hold"),
        "unevenness": unevenness(displayed(context, truth, fps, between)),
        "unevenness_of_hold": unevenness(displayed(context, truth, fps, "hold")),
    }
    benchmark(passage(context, truth[0], truth[TRUTH_HZ // fps], between))


def passage(context: moderngl.Context, first: Pixels, second: Pixels, between: str) -> Callable[[], None]:
    """Return what takes in a picture and draws once, as if it came every tenth of a second."""
    texture, serial = FrameTexture(context), 0

    def draw() -> None:
        nonlocal serial
        serial += 1
        frame = Frame((first, second)[serial % 2], serial, 0.0, serial)
        texture.update(frame, 0.1 * serial, between)
        texture.update(frame, 0.1 * serial + 0.05, between)
        context.finish()

    for _ in range(3):
        draw()
    return draw


@pytest.mark.parametrize("between", ["fade", "flow"])
def test_one_picture_of_the_display(benchmark: Any, context: moderngl.Context, pan: list[Pixels], between: str) -> None:
    texture = FrameTexture(context)
    frame = Frame(pan[20], 2, 0.0, 2)
    for each, now_s in ((Frame(pan[0], 1, 0.0, 1), 1.0), (frame, 1.1)):
        texture.update(each, now_s, between)

    def draw() -> None:
        texture.update(frame, 1.15, between)
        context.finish()

    benchmark(draw)
    texture.release()
