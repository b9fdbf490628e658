import moderngl
import numpy as np
import pytest

from installation.output.snapshot import PixelReader
from installation.render.overlay import HeadUpDisplay, write_lines


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
