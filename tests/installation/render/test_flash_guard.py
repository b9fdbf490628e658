"""The limiter on the real picture: what is read back from the wall, measured by another meter."""

from collections.abc import Callable, Sequence
from typing import Any

import moderngl
import numpy as np
import pytest

from installation.values import Frame, Pixels
from tests.installation.render.flash_counting import Flashes, count, shrunk
from tests.installation.render.stage import Stage, flat, scene

pytestmark = pytest.mark.gl

PASSES = ("upscale", "displace", "feedback", "bloom", "grade", "grain")
SIZE = (162, 90)
Turn = Callable[[float], tuple[Frame, dict[str, Any]]]


def play(stage: Stage, turn: Turn, seconds: float = 2.5, fps: float = 30.0) -> list[Pixels]:
    shown = []
    for k in range(int(seconds * fps)):
        frame, settings = turn(k / fps)
        shown.append(stage.show(frame, after_s=1 / fps, **settings))
    return shown


def flashes_of(film: Sequence[Pixels], fps: float = 30.0) -> Flashes:
    return count(np.array([shrunk(picture) for picture in film]), [k / fps for k in range(len(film))])


def strobe(t: float, hz: float = 5.0) -> bool:
    return (t * hz) % 1.0 < 0.5


BRIGHT, RED, DARK = flat((250, 250, 240), serial=1, size=16), flat((255, 5, 5), serial=1), flat((8, 8, 8), serial=1)
STROBES: dict[str, Turn] = {
    "brightness at 5 Hz": lambda t: (scene(), {"brightness": 1.8 if strobe(t) else 0.3}),
    "brightness at 30 Hz by OSC": lambda t: (scene(), {"brightness": 2.0 if int(t * 30) % 2 else 0.0}),
    "generated pictures at 6 Hz": lambda t: (
        flat((250, 250, 240), serial=2 * int(t * 6) + 1)
        if strobe(t, 6.0)
        else flat((8, 8, 8), serial=2 * int(t * 6) + 2),
        {},
    ),
    "red at 5 Hz": lambda t: (RED, {"brightness": 1.0 if strobe(t) else 0.2}),
    "hue at 4 Hz": lambda t: (RED, {"hue": 0.0 if strobe(t, 4.0) else 120.0}),
    "blackout": lambda t: (BRIGHT, {"show_blackout": strobe(t, 1.9)}),
    "fit": lambda t: (BRIGHT, {"fit": "fit" if strobe(t) else "crop"}),
}
DIFFERENT = ("brightness at 30 Hz by OSC", "generated pictures at 6 Hz", "red at 5 Hz", "blackout")
"""One each of a setting, the generator's pictures, red flashes and the show's own switch; the others go their ways."""


@pytest.mark.parametrize(
    "case", [name if name in DIFFERENT else pytest.param(name, marks=pytest.mark.slow) for name in STROBES]
)
def test_no_fourth_flash_in_a_second_reaches_the_wall(context: moderngl.Context, case: str) -> None:
    stage = Stage(context, SIZE, ("upscale", "grade"))
    flashes = flashes_of(play(stage, STROBES[case]))
    assert max(flashes.general, flashes.red) <= 3.0
    loose = Stage(context, SIZE, ("upscale", "grade"), limit_flashes=False)
    wanted = flashes_of(play(loose, STROBES[case]))
    assert stage.renderer.flashes.interventions >= int(max(wanted.general, wanted.red) > 3.0)


def test_ordinary_pictures_arrive_bit_for_bit(context: moderngl.Context) -> None:
    def ordinary(t: float) -> tuple[Frame, dict[str, Any]]:
        frame = scene(serial=1 + int(t * 12)) if t < 2.0 else flat((90, 60, 40), serial=1 + int(t * 12))
        return frame, {
            "zoom": 1.0 + 0.2 * t,
            "brightness": 1.0 + 0.3 * np.sin(3.0 * t),
            "feedback": 0.4,
            "bloom": 0.5,
            "grain": 0.3,
            "displacement": 0.4,
            "show_blackout": t > 2.2,
        }

    limited, loose = (Stage(context, SIZE, PASSES, limit_flashes=on) for on in (True, False))
    for one, other in zip(play(limited, ordinary), play(loose, ordinary), strict=True):
        assert np.array_equal(one, other)
    assert limited.renderer.flashes.interventions == 0


def test_after_a_strobe_the_wall_shows_what_is_asked_for_again(context: moderngl.Context) -> None:
    stage = Stage(context, SIZE, ("upscale", "grade"))
    play(stage, STROBES["brightness at 5 Hz"])
    assert stage.renderer.flashes.holding
    calm = play(stage, lambda _t: (scene(), {}), seconds=3.0)[-1].astype(int)
    assert not stage.renderer.flashes.holding
    untouched = Stage(context, SIZE, ("upscale", "grade")).show(scene()).astype(int)
    assert np.abs(calm - untouched).max() <= 1  # dither


def test_numbers_over_the_picture_that_are_switched_at_every_picture_come_once_a_second(
    context: moderngl.Context,
) -> None:
    stage, changes, before = Stage(context, SIZE), 0, None
    for k in range(60):
        shown = stage.show(BRIGHT, hud=["30 fps"] * 3, show_hud=k % 2 == 0)
        dark = bool(shown[:8, :8].mean() < 200.0)
        changes += before is not None and dark is not before
        before = dark
    assert changes <= 2
