"""What lies between two generated pictures: looked at pixel by pixel, at times of the fade that are worked out here."""

from collections.abc import Iterator, Sequence

import moderngl
import numpy as np
import pytest
from numpy.typing import NDArray

from installation.render.crossfade import CrossFade
from installation.render.frame_texture import FrameTexture
from installation.values import Frame, Pixels
from tests.installation.render.stage import Stage, flat

pytestmark = pytest.mark.gl

SIZE = (128, 72)
SIDE = 24
GROUND, THING = (20, 30, 60), (240, 200, 90)

Levels = NDArray[np.float64]


def square(x: float, y: float, size: tuple[int, int] = SIZE) -> Pixels:
    """A picture of a square whose left upper corner is at x, y; edges between two pixels are blended."""
    inside = [
        np.clip(np.minimum(np.arange(n) + 1 - start, start + SIDE - np.arange(n)), 0.0, 1.0)
        for n, start in ((size[1], y), (size[0], x))
    ]
    share = (inside[0][:, None] * inside[1][None])[..., None]
    pixels: Pixels = np.rint((1.0 - share) * GROUND + share * THING).astype(np.uint8)
    return pixels


def clouds(seed: int, reach: int = 128) -> Pixels:
    """A picture full of shapes, quite another for each seed, within so many levels of grey."""
    coarse = np.random.default_rng(seed).integers(128 - reach, 128 + reach, (9, 16, 3), np.uint8)
    return np.repeat(np.repeat(coarse, 8, axis=0), 8, axis=1)


class Passage:
    """From one picture to another, after a tenth of a second of the first."""

    def __init__(self, context: moderngl.Context, first: Pixels, second: Pixels, between: str) -> None:
        self.texture, self.between, self.fade = FrameTexture(context), between, CrossFade()
        self._second = Frame(second, 2, 0.0, 2.0)
        for frame, now_s in ((Frame(first, 1, 0.0, 1.0), 1.0), (Frame(first, 1, 0.0, 1.0), 1.1), (self._second, 1.1)):
            self.texture.update(frame, now_s, between)
        self.fade.arrive(1.0, shown_at=1.0)
        self.fade.arrive(1.1, shown_at=1.1)

    def at(self, share: float) -> Levels:
        """What is shown when `share` of the way is gone, in levels 0..255, row 0 at the top."""
        shown = self.texture.update(self._second, 1.1 + share * self.fade.length_s, self.between)
        width, height = shown.size
        colours = np.frombuffer(shown.texture.read(), np.float32).reshape(height, width, 4)
        return 255.0 * colours[::-1, :, :3].astype(np.float64)


@pytest.fixture
def passages(context: moderngl.Context) -> Iterator[list[Passage]]:
    made: list[Passage] = []
    yield made
    for passage in made:
        passage.texture.release()


def both_ways(
    context: moderngl.Context, passages: list[Passage], pictures: tuple[Pixels, Pixels], share: float
) -> tuple[Levels, Levels]:
    passages += [Passage(context, *pictures, between) for between in ("fade", "flow")]
    return passages[-2].at(share), passages[-1].at(share)


def difference(one: Levels | Pixels, other: Levels | Pixels) -> float:
    return float(np.abs(one.astype(np.float64) - other.astype(np.float64)).mean())


@pytest.mark.parametrize("move", [(8, 0), (-8, 0), (0, 8), (0, -8), (6, -6)], ids=str)
def test_half_way_a_square_is_half_way_and_one_only(
    context: moderngl.Context, passages: list[Passage], move: tuple[int, int]
) -> None:
    pictures = square(52, 24), square(52 + move[0], 24 + move[1])
    half_way = square(52 + move[0] / 2, 24 + move[1] / 2)
    faded, moved = both_ways(context, passages, pictures, 0.5)
    assert difference(moved, half_way) < 0.5 * difference(faded, half_way)
    # Where the square alone was, and where it alone will be, a fade shows half of it.
    gone, to_come = (np.abs(picture.astype(int) - half_way).sum(axis=2) > 300 for picture in pictures)
    for ghost in (gone, to_come):
        assert np.abs(faded[ghost] - half_way[ghost]).mean() > 60 > 2 * np.abs(moved[ghost] - half_way[ghost]).mean()


def test_a_quarter_of_the_way_it_has_gone_a_quarter(context: moderngl.Context, passages: list[Passage]) -> None:
    for share in (0.25, 0.75):
        faded, moved = both_ways(context, passages, (square(48, 24), square(56, 24)), share)
        there = square(48 + 8 * share, 24)
        assert difference(moved, there) < 0.6 * difference(faded, there)


def test_a_picture_that_is_panned_whole_moves_as_one(context: moderngl.Context, passages: list[Passage]) -> None:
    wide = np.repeat(np.repeat(np.random.default_rng(4).integers(0, 256, (9, 20, 3), np.uint8), 8, 0), 8, 1)
    soft = np.mean([np.roll(wide.astype(float), (y, x), (0, 1)) for y in range(8) for x in range(8)], axis=0)
    first, middle, second = (np.rint(soft[:, x : x + 128]).astype(np.uint8) for x in (10, 14, 18))
    faded, moved = both_ways(context, passages, (first, second), 0.5)
    inner = np.s_[8:-8, 8:-8]
    assert difference(moved[inner], middle[inner]) < 0.4 * difference(faded[inner], middle[inner])


def test_it_begins_with_what_was_shown_and_ends_with_the_newest_exactly(
    context: moderngl.Context, passages: list[Passage]
) -> None:
    first, second = square(48, 24), square(56, 28)
    passages.append(Passage(context, first, second, "flow"))
    assert np.abs(passages[0].at(0.0) - first).max() < 0.01
    assert difference(passages[0].at(0.5), first) > 1.0
    assert np.abs(passages[0].at(1.0) - second).max() < 0.01


def test_a_picture_in_the_middle_of_a_motion_makes_no_jump(context: moderngl.Context, passages: list[Passage]) -> None:
    passages.append(Passage(context, square(48, 24), square(56, 24), "flow"))
    half_way = passages[0].at(0.5)
    passages[0]._second = Frame(square(64, 24), 3, 0.0, 3.0)
    assert np.abs(passages[0].at(0.5) - half_way).max() < 0.01


@pytest.mark.parametrize("pictures", [(clouds(1), clouds(2)), (square(20, 10), clouds(3))], ids=["scenes", "a thing"])
def test_a_cut_is_the_fade(context: moderngl.Context, passages: list[Passage], pictures: tuple[Pixels, Pixels]) -> None:
    faded, moved = both_ways(context, passages, pictures, 0.5)
    assert np.abs(moved - faded).max() < 0.01


def test_shapes_that_turn_into_others_fade(context: moderngl.Context, passages: list[Passage]) -> None:
    pictures = clouds(1, reach=6), clouds(2, reach=6)  # so faint that as wholes they are hardly apart
    faded, moved = both_ways(context, passages, pictures, 0.5)
    assert difference(moved, faded) < 0.1 * difference(*pictures)


@pytest.mark.parametrize("comes", [False, True], ids=["goes", "comes"])
def test_a_thing_of_one_picture_alone_fades_and_is_smaller_meanwhile(
    context: moderngl.Context, passages: list[Passage], comes: bool
) -> None:
    there, gone = square(52, 24), np.full((72, 128, 3), GROUND, np.uint8)
    faded, moved = both_ways(context, passages, (gone, there) if comes else (there, gone), 0.5)
    middle, thing = np.s_[33:39, 61:67], np.any(there != gone, axis=2)
    assert np.abs(moved[middle] - faded[middle]).max() < 0.01
    assert np.abs(moved[~thing] - GROUND).max() < 0.01
    assert moved.mean() <= faded.mean()


def test_a_thing_moves_while_another_goes_out(context: moderngl.Context, passages: list[Passage]) -> None:
    pictures = square(20, 24), square(26, 24)
    half_way = square(23, 24)
    pictures[0][8:16, 100:108], half_way[8:16, 100:108] = 200, (200 + np.array(GROUND)) // 2
    faded, moved = both_ways(context, passages, pictures, 0.5)
    assert np.abs(moved[10:14, 102:106] - faded[10:14, 102:106]).max() < 2.0
    assert difference(moved, half_way) < 0.6 * difference(faded, half_way)


@pytest.mark.parametrize("jitter", [(1.0,), (0.7, 1.3, 1.0, 1.4, 0.6)], ids=["evenly", "irregularly"])
def test_a_steady_motion_stays_one_however_pictures_come(context: moderngl.Context, jitter: Sequence[float]) -> None:
    texture, centres = FrameTexture(context), []
    frame, due_s, serial = Frame(square(10, 24), 1, 0.0, 1.0), 0.0, 0
    for tick in range(60):
        now_s = tick / 60
        while due_s <= now_s:
            serial += 1
            # What it shows is of the moment at which it was made: 90 pixels a second.
            frame = Frame(square(10 + 90 * due_s, 24), serial, 0.0, due_s)
            due_s += jitter[serial % len(jitter)] / 12
        shown = texture.update(frame, now_s, "flow").texture.read()
        thing = np.frombuffer(shown, np.float32).reshape(72, 128, 4)[..., 0] - GROUND[0] / 255
        centres.append(float((thing.sum(axis=0) * np.arange(128)).sum() / thing.sum()))
    steps = np.diff(centres)[20:]
    texture.release()
    assert steps.mean() == pytest.approx(1.5, abs=0.3)
    assert steps.min() >= -0.05
    assert steps.max() < 3.0


def test_pictures_as_often_as_the_display_draws_are_not_moved(context: moderngl.Context) -> None:
    shown = []
    for between in ("fade", "flow"):
        texture = FrameTexture(context)
        for serial in range(1, 25):
            drawn = texture.update(Frame(square(4 * serial, 24), serial, 0.0, serial), serial / 30, between)
        shown.append(drawn.texture.read())
        texture.release()
    assert shown[0] == shown[1]


@pytest.mark.parametrize("size", [(1, 1), (3, 2), (16, 9), (300, 40)], ids=str)
def test_pictures_of_any_size_go_over_into_one_another(context: moderngl.Context, size: tuple[int, int]) -> None:
    other = np.full((size[1], size[0], 3), 150, np.uint8)
    for pictures in ((other // 2, other), (square(40, 20), other), (other, square(40, 20))):
        passage = Passage(context, pictures[0], pictures[1], "flow")
        shown = [passage.at(share) for share in (0.3, 1.0)]
        passage.texture.release()
        assert np.isfinite(shown[0]).all()
        assert np.abs(shown[1] - pictures[1]).max() < 0.01


def test_the_control_chooses_and_may_change_while_the_show_runs(context: moderngl.Context) -> None:
    def half_way(*betweens: str) -> Pixels:
        stage = Stage(context, SIZE, ())
        first, second = Frame(square(48, 24), 1, 0.0, 1.0), Frame(square(56, 24), 2, 0.0, 2.0)
        stage.show(first, between=betweens[0])
        stage.show(second, after_s=0.0, between=betweens[0])
        return [stage.show(second, after_s=0.03, between=between) for between in betweens][-1]

    faded, moved = half_way("fade", "fade"), half_way("flow", "flow")
    assert difference(faded, moved) > 0.5
    # At the change itself nothing jumps: one way dissolves into the other.
    assert difference(half_way("flow", "fade"), moved) < difference(half_way("flow", "fade"), faded)
    assert difference(half_way("fade", "flow"), faded) < difference(half_way("fade", "flow"), moved)
    assert np.array_equal(half_way("flow", "flow"), moved)


def test_a_frozen_motion_stands_still_and_goes_on(context: moderngl.Context) -> None:
    stage = Stage(context, SIZE, ())
    first, second = Frame(square(48, 24), 1, 0.0, 1.0), Frame(square(56, 24), 2, 0.0, 2.0)
    stage.show(first, between="flow")
    stage.show(second, after_s=0.0, between="flow")
    under_way = stage.show(second, after_s=0.04, between="flow")
    held = [stage.show(second, after_s=0.2, between="flow", show_freeze=True) for _ in range(3)]
    assert all(np.abs(picture.astype(int) - under_way).max() <= 1 for picture in held)
    assert difference(stage.settled(second, between="flow"), square(56, 24)) < 0.6


def test_black_is_left_for_the_first_picture_at_once(context: moderngl.Context) -> None:
    shown = Stage(context).show(flat((90, 120, 150)), between="flow")
    assert np.abs(shown.astype(int) - (90, 120, 150)).max() <= 1


def test_a_live_show_fades_while_it_compiles_a_little_with_each_picture_and_moves_from_then_on(
    context: moderngl.Context,
) -> None:
    live, film, fading = FrameTexture(context, at_once=False), FrameTexture(context), FrameTexture(context)
    ways = ((live, "flow"), (film, "flow"), (fading, "fade"))

    def shown(frame: Frame, now_s: float) -> list[bytes]:
        return [texture.update(frame, now_s, between).texture.read() for texture, between in ways]

    shown(Frame(square(20, 20), 1, 0.0, 1.0), 1.0)
    second = Frame(square(30, 20), 2, 0.0, 1.1)
    shown(second, 1.1)
    by_live, by_film, by_fading = shown(second, 1.15)
    assert by_live == by_fading != by_film
    for picture in range(60):
        shown(second, 1.2 + picture / 30)
    third = Frame(square(40, 20), 3, 0.0, 3.2)
    shown(third, 3.2)
    by_live, by_film, by_fading = shown(third, 3.25)
    assert by_live == by_film != by_fading
    for texture, _ in ways:
        texture.release()
