import io
from collections.abc import Iterator

import numpy as np
import pytest
from PIL import Image

from installation.output.headless import open_headless
from installation.output.surface import Surface
from installation.output.wall import WallView
from installation.values import Pixels

pytestmark = pytest.mark.gl


@pytest.fixture
def surface() -> Iterator[Surface]:
    surface = open_headless((960, 540))
    yield surface
    surface.close()


def paint(surface: Surface, grey: float, lower: float | None = None) -> None:
    """Fill the picture, its lower half with another grey."""
    surface.target.use()
    surface.target.clear(grey, grey, grey, 1.0)
    if lower is not None:
        surface.target.clear(lower, lower, lower, 1.0, viewport=(0, 0, surface.size[0], surface.size[1] // 2))


def whole() -> Pixels:
    raise AssertionError("the whole picture is never read for a small one")


def decoded(jpeg: bytes) -> Pixels:
    return np.asarray(Image.open(io.BytesIO(jpeg)))


def test_nobody_asks_and_nothing_is_done(surface: Surface) -> None:
    wall = WallView(surface)
    for turn in range(10):
        wall.offer(turn / 30, whole)

    assert wall.newest is None and wall._copier is None


def test_what_is_on_the_wall_is_there_a_turn_later_small_and_upright(surface: Surface) -> None:
    wall = WallView(surface)
    wall.ask(8.0)
    paint(surface, 0.8, lower=0.2)
    wall.offer(0.0, whole)
    assert wall.newest is None
    paint(surface, 0.0)
    wall.offer(0.033, whole)

    assert wall.newest is not None
    picture = decoded(wall.newest.jpeg)
    assert picture.shape == (270, 480, 3)
    assert abs(int(picture[60, 240, 0]) - 204) < 6 and abs(int(picture[210, 240, 0]) - 51) < 6
    wall.close()


def test_no_more_pictures_are_taken_than_were_asked_for(surface: Surface) -> None:
    wall = WallView(surface)
    wall.ask(5.0)
    serials = set()
    for turn in range(61):
        wall.offer(turn / 30, whole)
        serials.add(0 if wall.newest is None else wall.newest.serial)
    assert 9 <= max(serials) <= 11

    wall.ask(0.0)
    wall.offer(3.0, whole)  # what was drawn already is still fetched
    before = wall.newest
    for turn in range(10):
        wall.offer(4.0 + turn, whole)
    assert wall.newest is before
    wall.close()


def test_another_size_of_the_wall_is_another_picture(surface: Surface) -> None:
    wall = WallView(surface)
    wall.ask(10.0)
    wall.offer(0.0, whole)
    surface.size = (400, 300)  # type: ignore[misc]
    wall.offer(1.0, whole)
    wall.offer(2.0, whole)

    assert wall.newest is not None and decoded(wall.newest.jpeg).shape == (300, 400, 3)
    wall.close()
    wall.close()
