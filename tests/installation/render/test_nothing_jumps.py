"""Whatever is moved, from one picture to the next the wall goes only a part of the way: on the real desk and renderer.

All pictures of all rows take a while; the few that once jumped are tried every time.
"""

import itertools
from collections.abc import Callable

import moderngl
import numpy as np
import pytest

from installation.parameters import DEEDS, PARAMETERS, WORKER_GROUPS
from installation.values import Frame, ParameterValue
from tests.installation.render.jumping import Rig, moved, rows_seen
from tests.installation.render.stage import scene

pytestmark = pytest.mark.gl

SOFT = 0.15
"""Of the whole way at once: where one picture gives way to another within some tenths of a second."""
HAND = 0.45
"""Where a number glides by its row's smoothing, 0.05 s: a hand is to be seen at once, and still not to cut."""

NOT_THE_PICTURE = {
    "/show/morph": "is a time, which the next change takes",
    "/show/easing": "is a course, which the next change takes",
}
"""Rows that are neither seen, nor heard, nor a deed, with the reason."""

ONCE_JUMPED: list[tuple[str, ParameterValue, ParameterValue]] = [
    ("/render/fit", "extend", "fit"),
    ("/render/fit", "fit", "crop"),
    ("/show/hud", False, True),
]


def test_every_row_is_moved_here_or_belongs_to_the_workers_or_is_a_deed_or_says_why_not() -> None:
    seen = {row.address for row, _, _ in rows_seen()}
    rest = [row.address for row in PARAMETERS.values() if row.group not in WORKER_GROUPS and row.address not in seen]
    assert set(rest) - DEEDS == set(NOT_THE_PICTURE)


@pytest.mark.parametrize(("address", "start", "end"), ONCE_JUMPED)
def test_a_choice_or_a_switch_crosses(
    context: moderngl.Context, address: str, start: ParameterValue, end: ParameterValue
) -> None:
    rig = Rig(context, start={address: start})
    jump = rig.jump(moved(PARAMETERS[address], end))
    assert jump.whole > 5.0 and jump.share < SOFT


@pytest.mark.slow
@pytest.mark.parametrize(
    ("address", "start", "end"),
    [(row.address, start, end) for row, start, end in rows_seen()],
    ids=str,
)
def test_no_row_of_the_picture_jumps(
    context: moderngl.Context, address: str, start: ParameterValue, end: ParameterValue
) -> None:
    rig = Rig(context, start={address: start})
    jump = rig.jump(moved(PARAMETERS[address], end), settling=70, after=80)
    assert jump.share < (HAND if PARAMETERS[address].is_number else SOFT)


def others(*passes: str) -> Callable[[Rig], object]:
    return lambda rig: rig.renderer.set_passes(passes)


@pytest.mark.parametrize("passes", [(), ("upscale", "grade", "feedback", "bloom")])
def test_other_passes_and_another_order_of_them_cross(context: moderngl.Context, passes: tuple[str, ...]) -> None:
    look = {"/render/brightness": 1.7, "/render/bloom": 0.8, "/render/hue": 90.0, "/render/feedback": 0.6}
    jump = Rig(context, start=look).jump(others(*passes))
    assert jump.whole > 2.0 and jump.share < SOFT


def wide(rig: Rig) -> None:
    """Let a model paint whose pictures have another shape."""
    rig.frame = Frame(np.ascontiguousarray(scene(64).pixels[36:0:-1]), 2, 0.0, 2.0)


def test_a_model_of_another_shape_crosses(context: moderngl.Context) -> None:
    jump = Rig(context).jump(wide)
    assert jump.whole > 10.0 and jump.share < SOFT


def test_what_has_moved_while_the_picture_stood_still_is_crossed_to_when_it_goes_on(context: moderngl.Context) -> None:
    rig = Rig(context)
    rig.pictures(3)
    rig.desk.post("/show/freeze", True, "hand")
    rig.pictures(3)
    for address, value in (("/render/zoom", 2.0), ("/render/fit", "fit"), ("/render/brightness", 0.3)):
        rig.desk.post(address, value, "hand")
    jump = rig.jump(moved(PARAMETERS["/show/freeze"], False))
    assert jump.whole > 10.0 and jump.share < SOFT


def test_one_change_upon_another_goes_on_from_where_the_first_one_is(context: moderngl.Context) -> None:
    rig = Rig(context, start={"/render/fit": "fit"})

    def to_and_fro(rig: Rig) -> None:
        rig.desk.post("/render/fit", "crop", "hand")
        rig.pictures(8)
        rig.desk.post("/render/fit", "extend", "hand")

    rig.pictures(10)
    before = rig.pictures(1)[0]
    to_and_fro(rig)
    after = rig.pictures(40)
    steps = [float(np.abs(one.astype(int) - other).mean()) for one, other in itertools.pairwise(after)]
    assert max(steps) < SOFT * float(np.abs(before.astype(int) - after[-1]).mean())


def test_where_nothing_changes_nothing_is_kept(context: moderngl.Context) -> None:
    rig = Rig(context)
    rig.pictures(2)
    rig.desk.post("/render/fit", "crop", "hand")
    rig.pictures(2)
    assert rig.renderer.dissolves
    rig.pictures(40)
    assert not rig.renderer.dissolves
