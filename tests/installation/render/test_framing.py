import pytest
from hypothesis import given
from hypothesis import strategies as st

from installation.render.framing import cover, internal_size, place, seen, shown_size

SIZES = st.tuples(st.integers(1, 4000), st.integers(1, 4000))


def test_crop_fills_a_wide_window_with_the_middle_of_the_square() -> None:
    assert place((1280, 720), (128, 128), fit=False) == (0, 0, 1280, 720)
    assert cover((1280, 720), (128, 128), zoom=1.0) == pytest.approx((1.0, 0.5625))


def test_crop_fills_an_upright_window_too() -> None:
    assert cover((720, 1280), (64, 64), zoom=1.0) == pytest.approx((0.5625, 1.0))


def test_fit_shows_the_whole_square_between_bars_of_whole_pixels() -> None:
    assert place((1280, 720), (64, 64), fit=True) == (280, 0, 720, 720)
    assert place((101, 50), (64, 64), fit=True) == (25, 0, 50, 50)
    assert cover((720, 720), (64, 64), zoom=1.0) == (1.0, 1.0)


def test_zoom_shows_a_smaller_part() -> None:
    assert cover((720, 720), (64, 64), zoom=2.0) == (0.5, 0.5)


def test_passes_run_on_the_shown_part_only() -> None:
    assert internal_size((1280, 720), (64, 64), fit=False, scale=0.5) == (640, 360)
    assert internal_size((1280, 720), (64, 64), fit=True, scale=0.5) == (360, 360)


@given(SIZES, SIZES, st.booleans(), st.sampled_from([1.0, 0.5, 0.25]))
def test_every_window_has_room_for_every_picture(
    window: tuple[int, int], picture: tuple[int, int], fit: bool, scale: float
) -> None:
    left, bottom, width, height = place(window, picture, fit=fit)
    assert left >= 0 and left + width <= window[0]
    assert bottom >= 0 and bottom + height <= window[1]
    assert min(width, height, *internal_size(window, picture, fit=fit, scale=scale), *shown_size(window, picture)) >= 1
    assert all(0.0 < part <= 1.0 for part in cover(window, picture, zoom=1.0))


def test_what_is_not_seen_need_not_be_painted() -> None:
    left, bottom, width, height = seen((384, 384), (1.0, 0.5625))
    assert (left, width) == (0, 384)
    assert bottom == 384 - bottom - height
    assert 216 < height < 240


@given(SIZES, st.floats(0.01, 1.0), st.floats(0.01, 1.0))
def test_what_is_seen_lies_inside_the_picture_and_covers_what_it_must(
    size: tuple[int, int], width: float, height: float
) -> None:
    left, bottom, wide, high = seen(size, (width, height))
    assert left >= 0 and left + wide <= size[0]
    assert bottom >= 0 and bottom + high <= size[1]
    assert wide >= width * size[0] - 1e-6
    assert high >= height * size[1] - 1e-6
