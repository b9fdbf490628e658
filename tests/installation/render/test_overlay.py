import moderngl
import numpy as np
import pytest

from installation.output.snapshot import PixelReader
from installation.render.overlay import HeadUpDisplay, KeyPanel, write_lines, write_rows


def test_more_lines_need_more_room_and_larger_text_too() -> None:
    one, two = write_lines(["level"], 20), write_lines(["level", "a longer line"], 20)
    assert two.height > one.height
    assert two.width > one.width
    assert write_lines(["level"], 40).height > 1.5 * one.height


def test_text_is_bright_on_a_dark_half_transparent_ground() -> None:
    pixels = np.asarray(write_lines(["level -20 dB", "– ° µ"], 20))
    assert pixels[0, 0].tolist() == [0, 0, 0, 150]
    assert pixels[..., 0].max() > 200


@pytest.mark.gl
def test_text_changes_four_times_a_second_at_most(context: moderngl.Context) -> None:
    target = context.simple_framebuffer((200, 80), components=3)
    overlay, reader = HeadUpDisplay(context), PixelReader(context)

    def shown(line: str, now: float) -> bytes:
        target.clear(0.0, 0.0, 0.3)
        overlay.draw(target, [line], now)
        return reader.read(target).tobytes()

    first = shown("first", 10.0)
    assert shown("second", 10.1) == first
    assert shown("second", 10.3) != first


@pytest.mark.gl
def test_text_that_is_wider_than_the_window_is_cut_off_and_leaves_the_viewport(context: moderngl.Context) -> None:
    target = context.simple_framebuffer((40, 30), components=3)
    HeadUpDisplay(context).draw(target, ["a line much wider than the window"] * 5, 0.0)
    assert target.viewport == (0, 0, 40, 30)
    assert PixelReader(context).read(target).max() > 150


@pytest.mark.parametrize("size", [(1280, 720), (640, 360), (360, 640), (3840, 1080)])
def test_the_list_of_keys_fits_into_any_window_and_is_as_large_as_it_may(size: tuple[int, int]) -> None:
    rows = [(f"key {number}", "shows or hides what nobody knows of it") for number in range(15)]
    image = write_rows(rows, size)
    assert image.width <= size[0] and image.height <= size[1]
    assert image.width > 0.9 * size[0] or image.height > 0.9 * size[1]


def test_a_single_row_is_no_larger_than_the_list() -> None:
    assert write_rows([("Esc", "held")], (1280, 720)).height < 120


@pytest.mark.gl
def test_the_panel_lies_in_the_middle_and_what_comes_after_a_pause_comes_at_once(context: moderngl.Context) -> None:
    target = context.simple_framebuffer((320, 180), components=3)
    panel, reader = KeyPanel(context), PixelReader(context)

    def shown(words: str, now: float) -> bytes:
        target.clear(0.0, 0.0, 0.3)
        panel.draw(target, [("Esc", words)], now)
        return reader.read(target).tobytes()

    first = shown("held: 2.0 s", 10.0)
    pixels = reader.read(target)
    assert pixels[90, 160].tolist() != [0, 0, 76] and pixels[10, 10].tolist() == [0, 0, 76]
    assert shown("held: 1.9 s", 10.1) == first
    panel.hide()
    assert shown("held: 1.8 s", 10.15) != first
