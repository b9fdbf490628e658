"""What an output shows of the picture, pixel by pixel."""

from collections.abc import Callable, Iterator
from dataclasses import replace
from typing import Any

import moderngl
import numpy as np
import pytest
from numpy.typing import NDArray

from installation.output.snapshot import PixelReader
from installation.outputs.geometry import at, unpin
from installation.outputs.layout import Blend, Output, Point
from installation.outputs.marks import NO_MARKS, Marks
from installation.outputs.mask_motion import SeenMask
from installation.outputs.motion import still
from installation.render.output_pass import OutputPass
from installation.render.output_ring import PictureRing

pytestmark = pytest.mark.gl

SIZE = (64, 48)
Picture = NDArray[np.uint8]


def noise(size: tuple[int, int] = SIZE) -> Picture:
    return np.random.default_rng(1).integers(0, 256, (size[1], size[0], 3), np.uint8)


def plain(value: int, size: tuple[int, int] = SIZE) -> Picture:
    return np.full((size[1], size[0], 3), value, np.uint8)


Show = Callable[..., Picture]


@pytest.fixture
def show(context: moderngl.Context) -> Iterator[Show]:
    drawing, reader = OutputPass(context), PixelReader(context)

    def shown(
        picture: Picture, size: tuple[int, int] = SIZE, marks: Marks = NO_MARKS, light: float = 1.0, **fields: Any
    ) -> Picture:
        alpha = np.full((*picture.shape[:2], 1), 255, np.uint8)
        rows = np.ascontiguousarray(np.concatenate([picture, alpha], axis=2)[::-1])
        texture = context.texture((picture.shape[1], picture.shape[0]), 4, rows.tobytes())
        texture.repeat_x = texture.repeat_y = False
        target = context.simple_framebuffer(size, components=4)
        drawing.draw(target, texture, replace(still(Output("wall", **fields)), light=light), marks)
        try:
            return reader.read(target)
        finally:
            target.release()
            texture.release()

    yield shown
    drawing.release()


def test_an_output_that_asks_for_nothing_shows_the_picture_to_the_bit(show: Show) -> None:
    assert (show(noise()) == noise()).all()


@pytest.mark.parametrize(
    ("fields", "expected"),
    [
        ({"flip": "horizontal"}, noise()[:, ::-1]),
        ({"flip": "vertical"}, noise()[::-1]),
        ({"rotate": 180}, noise()[::-1, ::-1]),
        ({"rotate": 90}, np.rot90(noise(), -1)),
        ({"rotate": 270}, np.rot90(noise())),
        ({"part": (0.5, 0.25, 1.0, 0.75)}, noise()[12:36, 32:]),
    ],
)
def test_parts_flips_and_turns_move_pixels_and_change_none(
    show: Show, fields: dict[str, Any], expected: Picture
) -> None:
    assert (show(noise(), (expected.shape[1], expected.shape[0]), **fields) == expected).all()


def test_a_pinned_picture_is_seen_in_perspective(show: Show) -> None:
    x, y = np.meshgrid(np.linspace(0, 255, 256), np.linspace(0, 255, 256))
    ramps = np.stack([x, y, np.full_like(x, 255)], axis=2).astype(np.uint8)
    corners = (Point(0.1, 0.2), Point(0.9, 0.05), Point(0.75, 0.95), Point(0.2, 0.7))
    seen = show(ramps, (160, 120), corners=corners, fit="stretch").astype(float)
    inside = 0
    for row in range(5, 120, 11):
        for column in range(5, 160, 11):
            place = at(unpin(corners), Point((column + 0.5) / 160, (row + 0.5) / 120))
            if 0.03 < place.x < 0.97 and 0.03 < place.y < 0.97:
                inside += 1
                expected = (place.x * 256 - 0.5, place.y * 256 - 0.5)
                assert seen[row, column, :2] == pytest.approx(expected, abs=1.5)
            elif not (-0.03 < place.x < 1.03 and -0.03 < place.y < 1.03):
                assert seen[row, column].max() == 0
    assert inside > 30


def test_the_edge_of_a_pinned_picture_is_smooth(show: Show) -> None:
    slant = (Point(0.1, 0.1), Point(0.9, 0.2), Point(0.9, 0.9), Point(0.1, 0.9))
    column = show(plain(255), corners=slant)[:, ::5, 0]
    assert ((column > 20) & (column < 235)).any(axis=0).sum() > 4


def test_a_mask_is_black_inside_untouched_outside_and_smooth_between(show: Show) -> None:
    triangle = (Point(0.2, 0.2), Point(0.8, 0.3), Point(0.4, 0.9))
    seen = show(plain(200, (200, 200)), (200, 200), masks=(triangle,))[..., 0].astype(float)
    assert (seen[85, 85], seen[10, 10], seen[190, 190]) == (0, 200, 200)
    assert 50 < ((seen > 0) & (seen < 200)).sum() < 1500
    area = 0.5 * abs(0.6 * 0.7 - 0.1 * 0.2)
    assert (1 - seen / 200).mean() == pytest.approx(area, rel=0.01)


def test_masks_may_overlap_and_be_hollow(show: Show) -> None:
    left = (Point(0, 0), Point(0.6, 0), Point(0.6, 1), Point(0, 1))
    right = (Point(0.5, 0), Point(0.9, 0), Point(0.9, 1), Point(0.5, 1))
    hollow = (Point(0, 0), Point(1, 0), Point(1, 1), Point(0.1, 0.5), Point(0, 1))
    seen = show(plain(200), masks=(left, right))[24, :, 0]
    assert seen[:57].max() == 0
    assert seen[60:].min() == 200
    assert show(plain(200), masks=(hollow,))[44, 16, 0] == 200
    assert show(plain(200))[24, 32, 0] == 200


def test_a_mask_that_comes_or_goes_covers_in_part(context: moderngl.Context) -> None:
    everywhere = (Point(0, 0), Point(1, 0), Point(1, 1), Point(0, 1))
    target, drawing = context.simple_framebuffer(SIZE, components=4), OutputPass(context)
    picture = context.texture(SIZE, 4, bytes([200]) * (4 * SIZE[0] * SIZE[1]))
    drawing.draw(target, picture, replace(still(Output("wall")), masks=(SeenMask(everywhere, 0.25),)), NO_MARKS)
    assert int(PixelReader(context).read(target)[24, 32, 0]) == pytest.approx(150, abs=1)
    for part in (drawing, picture, target):
        part.release()


@pytest.mark.parametrize("fields", [{}, {"corners": (Point(0.1, 0), Point(1, 0), Point(1, 1), Point(0, 1))}])
def test_an_output_that_turns_over_is_as_dark_as_it_is_told(show: Show, fields: dict[str, Any]) -> None:
    assert int(show(plain(200), light=0.5, **fields)[24, 32, 0]) == pytest.approx(100, abs=1)
    assert show(plain(200), light=0.0, **fields).max() == 0


@pytest.mark.parametrize(
    ("size", "seen", "bars"),
    [((32, 48), np.s_[12:36], np.s_[[0, 11, 36, 47]]), ((128, 48), np.s_[:, 32:96], np.s_[:, [0, 31, 96, 127]])],
)
def test_a_contained_picture_lies_whole_between_black_bars(
    show: Show, size: tuple[int, int], seen: Any, bars: Any
) -> None:
    there = show(noise((16, 12)), size, fit="contain")
    box = (min(size[0], 64), min(size[1], 24) if size[0] == 32 else 48)
    assert (there[seen] == show(noise((16, 12)), box)).all()
    assert there[bars].max() == 0


def test_a_covering_picture_fills_a_monitor_of_another_shape_and_keeps_its_own(show: Show) -> None:
    assert (show(noise(), (32, 48)) == noise()[:, 16:48]).all()
    assert (show(noise(), (64, 24)) == noise()[12:36]).all()
    assert (show(noise(), (48, 32), rotate=90) == np.rot90(noise()[:, 16:48], -1)).all()


def test_the_pattern_shows_the_bars_too(show: Show) -> None:
    seen = show(plain(0, (320, 240)), (320, 480), Marks(1.0, ("wall",)), fit="contain")
    assert 20 < seen[0, 200].max() < 160, "the frame of the output, darker"
    assert seen[240, 1].max() == 255


def test_two_outputs_that_overlap_give_even_light(show: Show) -> None:
    """The signal times the share to the power 1/gamma; a projector makes light of the power gamma of that."""
    gamma, wide = 2.2, (400, 8)
    for grey in (90, 255):
        left = show(plain(grey, wide), wide, part=(0, 0, 0.6, 1), blend=Blend(right=1 / 3, gamma=gamma))
        right = show(plain(grey, wide), wide, part=(0.4, 0, 1, 1), blend=Blend(left=1 / 3, gamma=gamma))
        light = np.zeros(667)
        light[:400] += (left[4, :, 0] / 255.0) ** gamma
        light[267:] += (right[4, :, 0] / 255.0) ** gamma
        assert light / (grey / 255) ** gamma == pytest.approx(1.0, abs=0.03)


def test_the_pattern_covers_the_picture_as_much_as_it_is_told_and_is_warped_with_it(show: Show) -> None:
    grid = Marks(pattern=1.0, label=("wall", "DP-1  320 x 240"))
    size = (320, 240)
    whole, other = show(plain(128, size), size, grid), show(plain(255, size), size, grid)
    assert (whole == other).all()
    assert whole[0, 160].min() == 255, "a frame around the output"
    assert whole[2, 2].tolist() != whole[2, 160].tolist(), "a mark in the corner"
    half = show(plain(128, size), size, Marks(pattern=0.5, label=grid.label)).astype(float)
    assert half == pytest.approx(0.5 * whole + 64, abs=1)
    pinned = show(plain(128, size), size, grid, corners=(Point(0.2, 0), Point(1, 0), Point(1, 1), Point(0.2, 1)))
    assert pinned[:, :60].max() == 0
    assert pinned[120, 65].min() == 255
    assert (show(plain(0, size), size, Marks(1.0, ("stage",))) != whole).any()


def test_the_corner_that_is_moved_is_marked_also_where_a_mask_is(show: Show) -> None:
    everywhere = (Point(0, 0), Point(1, 0), Point(1, 1), Point(0, 1))
    seen = show(plain(255, (200, 200)), (200, 200), Marks(cursor=Point(1.2, 0.5)), masks=(everywhere,))
    rows, columns = np.nonzero(seen[..., 0] > 128)
    assert columns.min() > 190
    assert rows.mean() == pytest.approx(100, abs=2)


def test_a_delayed_output_shows_the_picture_of_so_many_turns_ago(context: moderngl.Context) -> None:
    ring = PictureRing(context)

    def turn(value: int, longest: int) -> list[int]:
        ring.prepare((4, 4), longest)
        ring.target.clear(value / 255, 0, 0, 1)
        seen = [ring.picture(delay).read()[0] for delay in (0, 1, 3)]
        ring.advance()
        return seen

    assert [turn(value, 3) for value in (10, 20, 30, 40, 50)] == [
        [10, 10, 10],
        [20, 10, 10],
        [30, 20, 10],
        [40, 30, 10],
        [50, 40, 20],
    ]
    assert turn(60, 1) == [60, 50, 50], "what is needed no more is given back"
    assert turn(70, 0) == [70, 70, 70]
    assert turn(80, 3) == [80, 70, 70], "what was never drawn is not shown"
    ring.release()


def test_the_pictures_of_a_delay_take_a_gibibyte_at_most(context: moderngl.Context) -> None:
    ring = PictureRing(context)
    made: list[tuple[int, int]] = []
    ring._made = lambda: made.append((1, 1)) or (context.texture((1, 1), 4), context.simple_framebuffer((1, 1)))  # type: ignore[method-assign,func-returns-value]
    ring.prepare((8192, 8192), 30)
    assert len(made) == 4
    ring.release()
