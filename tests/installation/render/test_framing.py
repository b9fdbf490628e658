import pytest
from hypothesis import given
from hypothesis import strategies as st

from installation.render.framing import cover, extended_size, field_size, internal_size, place, scaled, shown_size

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


def test_a_change_of_scale_keeps_to_sizes_that_need_no_new_shader() -> None:
    assert scaled((1280, 720), 0.4) == (514, 288)  # and not 512
    assert scaled((514, 288), 1 / 4) == (130, 72)
    assert scaled((1024, 768), 1.0) == (1024, 768)  # the window's own pixels, one for one
    assert scaled((3, 1), 0.25) == (1, 1)


@given(SIZES, SIZES, st.booleans(), st.sampled_from([1.0, 0.5, 0.25]))
def test_every_window_has_room_for_every_picture(
    window: tuple[int, int], picture: tuple[int, int], fit: bool, scale: float
) -> None:
    left, bottom, width, height = place(window, picture, fit=fit)
    assert left >= 0 and left + width <= window[0]
    assert bottom >= 0 and bottom + height <= window[1]
    assert min(width, height, *internal_size(window, picture, fit=fit, scale=scale), *shown_size(window, picture)) >= 1
    assert all(0.0 < part <= 1.0 for part in cover(window, picture, zoom=1.0))


def test_the_strokes_of_a_large_picture_are_worked_out_on_a_coarser_one() -> None:
    assert field_size((100, 100)) == (100, 100)
    assert field_size((256, 144)) == (126, 71)
    assert field_size((1, 4000)) == (1, 126)


@pytest.mark.parametrize("width", range(16, 1300, 7))
def test_strokes_of_all_sizes_are_of_one_kind_for_a_software_driver(width: int) -> None:
    assert all(length & (length - 1) for length in field_size((width, round(width * 9 / 16))) if length > 2)


def test_a_square_picture_gets_equal_borders_that_fill_a_wide_window() -> None:
    assert extended_size((128, 128), (1280, 720)) == (228, 128)
    assert extended_size((256, 144), (800, 600)) == (256, 192)
    assert extended_size((256, 144), (720, 1280)) == (256, 456)


@pytest.mark.parametrize("window", [(1280, 720), (1920, 1080), (1366, 768), (1, 1)])
def test_a_picture_of_the_windows_own_shape_gets_none(window: tuple[int, int]) -> None:
    picture = (64, 64) if window == (1, 1) else (256, 144)
    assert extended_size(picture, window) == picture


@pytest.mark.parametrize("fit", [False, True])
def test_a_wide_picture_on_a_wall_of_its_shape_is_shown_whole_whatever_the_setting(fit: bool) -> None:
    assert place((1280, 720), (256, 144), fit=fit) == (0, 0, 1280, 720)
    assert cover((1280, 720), (256, 144), zoom=1.0) == (1.0, 1.0)


@given(st.tuples(st.integers(1, 512), st.integers(1, 512)), SIZES)
def test_an_extended_picture_holds_the_whole_one_in_its_middle_and_is_of_a_sensible_size(
    picture: tuple[int, int], window: tuple[int, int]
) -> None:
    width, height = extended_size(picture, window)
    assert (width - picture[0]) % 2 == (height - picture[1]) % 2 == 0
    assert (width == picture[0] and picture[1] <= height <= 8 * picture[1] + 1) or (
        height == picture[1] and picture[0] <= width <= 8 * picture[0] + 1
    )
