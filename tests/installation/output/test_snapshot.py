from pathlib import Path

import moderngl
import numpy as np
import pytest
from PIL import Image

from installation.output.headless import open_headless
from installation.output.snapshot import PixelReader, SnapshotError, save_png


def test_a_saved_picture_comes_back_byte_for_byte(tmp_path: Path) -> None:
    pixels = np.random.default_rng(0).integers(0, 256, (5, 7, 3), np.uint8)
    save_png(tmp_path / "picture.png", pixels)
    with Image.open(tmp_path / "picture.png") as image:
        assert np.array_equal(np.asarray(image), pixels)


@pytest.mark.gl
def test_reading_starts_at_the_top_left(context: moderngl.Context) -> None:
    target = context.simple_framebuffer((6, 4), components=3)
    target.clear()
    target.clear(1.0, 0.0, 0.0, viewport=(0, 3, 2, 1))
    pixels = PixelReader(context).read(target)
    assert pixels.shape == (4, 6, 3)
    assert pixels[0, 0].tolist() == [255, 0, 0]
    assert pixels[1:].max() == pixels[:, 2:].max() == 0


@pytest.mark.gl
def test_reading_follows_targets_of_different_sizes(context: moderngl.Context) -> None:
    reader = PixelReader(context)
    for size in ((5, 3), (17, 9), (1, 1)):
        target = context.simple_framebuffer(size, components=3)
        target.clear(0.0, 1.0, 0.0)
        assert (reader.read(target) == (0, 255, 0)).all()


@pytest.mark.gl
def test_a_headless_surface_is_a_surface() -> None:
    surface = open_headless((20, 10))
    assert surface.size == surface.target.size == (20, 10)
    assert surface.poll() == []
    surface.present()
    assert not surface.closed
    surface.close()
    surface.close()
    assert surface.closed


def test_a_headless_surface_without_pixels_is_refused() -> None:
    with pytest.raises(ValueError, match="at least 1x1 pixels, got 0x10"):
        open_headless((0, 10))


@pytest.mark.parametrize(
    ("path", "words"),
    [
        ("/dev/full", "No space left on device"),
        ("/nowhere/picture.png", "No such file or directory"),
        ("/dev", "Is a directory"),
        ("x" * 300 + ".png", "File name too long"),
    ],
)
def test_a_picture_that_cannot_be_written_is_one_line(path: str, words: str) -> None:
    with pytest.raises(SnapshotError, match=f"cannot be written: {words}"):
        save_png(path, np.zeros((4, 4, 3), np.uint8))
