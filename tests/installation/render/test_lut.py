"""The pass `lut`: colours become what the preset's file says, as much as is asked for, and never all at once."""

from pathlib import Path
from typing import Any

import moderngl
import numpy as np
import pytest

from installation.grading.cube_file import Cube, identity
from tests.installation.render.stage import Stage, flat, scene

pytestmark = pytest.mark.gl

COLOUR = (200, 100, 40)


def cube_of(table: np.ndarray[tuple[int, ...], np.dtype[np.float32]], name: str = "own") -> Cube:
    return Cube(Path(f"{name}.cube"), name, table)


INVERTED = cube_of(1.0 - identity(17), "inverted")
SWAPPED = cube_of(np.ascontiguousarray(identity(4)[..., ::-1]), "swapped")


def settled(stage: Stage, **settings: Any) -> list[int]:
    for _ in range(3):
        shown = stage.show(flat(COLOUR), show_morph=0.0, **settings)
    return [int(channel) for channel in shown[10, 10]]


def test_without_a_file_nothing_is_changed_whatever_the_strength(context: moderngl.Context) -> None:
    plain = Stage(context).show(scene())
    assert np.array_equal(Stage(context, passes=("upscale", "lut")).show(scene(), lut=1.0), plain)


def test_colours_become_what_the_file_says_as_much_as_is_asked_for(context: moderngl.Context) -> None:
    stage = Stage(context, passes=("upscale", "lut"))
    stage.renderer.set_lut(SWAPPED)
    assert settled(stage) == pytest.approx([40, 100, 200], abs=1)
    assert settled(stage, lut=0.5) == pytest.approx([120, 100, 120], abs=1)
    assert settled(stage, lut=0.0) == pytest.approx(COLOUR, abs=1)
    stage.renderer.set_lut(None)
    assert settled(stage) == pytest.approx(COLOUR, abs=1)


def test_a_cube_that_changes_nothing_changes_nothing_between_its_nodes_either(context: moderngl.Context) -> None:
    stage = Stage(context, (128, 72), passes=("upscale", "lut"))
    stage.renderer.set_lut(cube_of(identity(16)))
    for _ in range(4):
        shown = stage.show(scene(64), show_morph=0.0)
    plain = Stage(context, (128, 72)).show(scene(64))
    assert np.abs(shown.astype(int) - plain).max() <= 2


def test_another_file_takes_the_place_of_the_one_before_little_by_little(context: moderngl.Context) -> None:
    stage = Stage(context, passes=("upscale", "lut"), limit_flashes=False)
    stage.renderer.set_lut(INVERTED)
    assert settled(stage)[0] == pytest.approx(55, abs=1)
    stage.renderer.set_lut(SWAPPED)
    reds = [int(stage.show(flat(COLOUR), show_morph=1.0)[10, 10, 2]) for _ in range(40)]
    assert reds[0] == pytest.approx(215, abs=2) and reds[-1] == pytest.approx(200, abs=1)
    stage.renderer.set_lut(None)
    blues = [int(stage.show(flat(COLOUR), show_morph=1.0)[10, 10, 2]) for _ in range(40)]
    assert blues[0] == pytest.approx(200, abs=2) and blues[-1] == pytest.approx(40, abs=1)
    assert np.diff(blues).min() >= -9 and np.diff(blues).max() <= 1
