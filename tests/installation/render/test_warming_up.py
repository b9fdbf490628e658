"""Pictures that nobody is shown: what they compile stays, and nothing else of them."""

import moderngl
import numpy as np
import pytest

from installation.parameters import DEFAULTS
from installation.render.still import pictures_to_come
from installation.values import Controls, Frame
from tests.installation.render.stage import Stage

pytestmark = pytest.mark.gl

PASSES = ("upscale", "feedback", "bloom", "grain")
STILL = np.random.default_rng(3).integers(0, 256, (18, 32, 3), np.uint8)


def test_what_is_to_come_is_the_still_and_two_pictures_like_it_of_the_generators_size() -> None:
    first, second, third = pictures_to_come(STILL, (16, 9))
    assert first.pixels.shape == (18, 32, 3) and second.pixels.shape == third.pixels.shape == (9, 16, 3)
    assert (second.pixels[0, 0] == STILL[0, 0]).all() and len({first.serial, second.serial, third.serial}) == 3


def test_without_a_still_it_is_two_black_pictures() -> None:
    assert [frame.pixels.max() for frame in pictures_to_come(None, (16, 9))] == [0, 0]


def test_a_warmed_up_renderer_shows_what_a_new_one_shows(context: moderngl.Context) -> None:
    warm, new = (Stage(context, passes=PASSES) for _ in range(2))
    warm.renderer.warm_up(warm.target, pictures_to_come(STILL, (16, 9)), 99.0, Controls(DEFAULTS))
    for serial, grey in enumerate((40, 200, 90)):
        frame = Frame(np.full((9, 16, 3), grey, np.uint8), serial, 0.0, 0.0)
        for _ in range(3):
            assert (warm.show(frame, feedback=0.9) == new.show(frame, feedback=0.9)).all()
