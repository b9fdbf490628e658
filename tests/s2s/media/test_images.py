"""Image files of every kind that people have: what they become, and one clear line for what is none."""

import struct
import zlib
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from numpy.typing import NDArray
from PIL import Image

from s2s.media.images import ImageFileError, images_in, read_image

RED, GREEN, BLUE = (255, 0, 0), (0, 255, 0), (0, 0, 255)


def saved(path: Path, image: Image.Image, **options: Any) -> Path:
    image.save(path, **options)
    return path


def ramp() -> NDArray[np.uint8]:
    """A picture [20, 30, 3] without two equal neighbours."""
    return np.random.default_rng(0).integers(0, 256, (20, 30, 3), dtype=np.uint8)


def png_of(width: int, height: int) -> bytes:
    """A PNG that says it has so many pixels, in less than a hundred bytes."""
    parts = [
        (b"IHDR", struct.pack(">IIBBBBB", width, height, 8, 2, 0, 0, 0)),
        (b"IDAT", zlib.compress(b"\0")),
        (b"IEND", b""),
    ]
    chunks = [
        struct.pack(">I", len(body)) + kind + body + struct.pack(">I", zlib.crc32(kind + body)) for kind, body in parts
    ]
    return b"\x89PNG\r\n\x1a\n" + b"".join(chunks)


@pytest.mark.parametrize("name", ["a.png", "a.bmp", "a.tif", "a.ppm"])
def test_an_image_is_read_as_it_is(tmp_path: Path, name: str) -> None:
    read = read_image(saved(tmp_path / name, Image.fromarray(ramp())))
    assert read.dtype == np.uint8
    np.testing.assert_array_equal(read, ramp())


@pytest.mark.parametrize("name", ["a.jpg", "a.webp"])
def test_lossy_kinds_come_close(tmp_path: Path, name: str) -> None:
    smooth = np.add.outer(np.arange(40), 4 * np.arange(50)).astype(np.uint8)[:, :, None].repeat(3, axis=2)
    read = read_image(saved(tmp_path / name, Image.fromarray(smooth), quality=95))
    assert read.shape == smooth.shape
    assert np.abs(read.astype(int) - smooth).max() <= 8


def test_what_is_transparent_lies_on_black(tmp_path: Path) -> None:
    half = Image.new("RGBA", (3, 2), (200, 100, 50, 128))
    assert read_image(saved(tmp_path / "half.png", half))[0, 0].tolist() == [100, 50, 25]
    grey = Image.merge("LA", [Image.new("L", (3, 2), 200), Image.new("L", (3, 2), 128)])
    assert read_image(saved(tmp_path / "grey.png", grey))[0, 0].tolist() == [100, 100, 100]
    palette = Image.fromarray(np.array([[0, 1]], np.uint8), "P")
    palette.putpalette([*RED, *GREEN])
    read = read_image(saved(tmp_path / "palette.png", palette, transparency=1))
    assert read.tolist() == [[[255, 0, 0], [0, 0, 0]]]


def test_grey_palette_and_bits_become_rgb(tmp_path: Path) -> None:
    grey = Image.fromarray(np.array([[0, 128, 255]], np.uint8))
    assert read_image(saved(tmp_path / "grey.png", grey)).tolist() == [[[0] * 3, [128] * 3, [255] * 3]]
    palette = Image.fromarray(np.array([[1, 0]], np.uint8), "P")
    palette.putpalette([*BLUE, *GREEN])
    assert read_image(saved(tmp_path / "palette.gif", palette)).tolist() == [[[*GREEN], [*BLUE]]]
    bits = Image.fromarray(np.array([[True, False]]))
    assert read_image(saved(tmp_path / "bits.png", bits)).tolist() == [[[255] * 3, [0] * 3]]


@pytest.mark.parametrize("name", ["deep.png", "deep.tif"])
def test_sixteen_bits_of_grey_are_scaled_and_not_cut_off(tmp_path: Path, name: str) -> None:
    deep = Image.fromarray(np.array([[0, 32_768, 65_535]], np.uint16))
    assert read_image(saved(tmp_path / name, deep))[0, :, 0].tolist() == [0, 127, 255]


def test_a_printers_cmyk_jpeg_becomes_rgb(tmp_path: Path) -> None:
    ink = Image.new("CMYK", (16, 16), (0, 255, 255, 0))
    assert np.abs(read_image(saved(tmp_path / "ink.jpg", ink)).astype(int) - RED).max() <= 3


def test_a_photograph_is_turned_as_the_camera_was_held(tmp_path: Path) -> None:
    exif = Image.Exif()
    exif[0x0112] = 6  # the camera stood on its side: turn a quarter clockwise
    pixels = np.zeros((16, 32, 3), np.uint8)
    pixels[:, :16] = RED
    read = read_image(saved(tmp_path / "held.png", Image.fromarray(pixels), exif=exif))
    assert read.shape == (32, 16, 3)
    assert read[0, 0].tolist() == [*RED]
    assert read[-1, 0].tolist() == [0, 0, 0]


def test_of_a_moving_image_the_first_picture_is_taken(tmp_path: Path) -> None:
    first, second = Image.new("RGB", (4, 4), RED), Image.new("RGB", (4, 4), BLUE)
    first.save(tmp_path / "moves.gif", save_all=True, append_images=[second])
    assert read_image(tmp_path / "moves.gif")[0, 0].tolist() == [*RED]


def test_one_pixel_is_an_image_and_can_be_squashed_to_any_side(tmp_path: Path) -> None:
    dot = saved(tmp_path / "dot.png", Image.new("RGB", (1, 1), GREEN))
    assert read_image(dot).tolist() == [[[*GREEN]]]
    squashed = read_image(dot, side_px=256)
    assert squashed.shape == (256, 256, 3)
    assert (squashed == GREEN).all()


def test_a_squash_ignores_the_aspect(tmp_path: Path) -> None:
    pixels = np.zeros((10, 40, 3), np.uint8)
    pixels[:, :20] = RED
    squashed = read_image(saved(tmp_path / "wide.png", Image.fromarray(pixels)), side_px=16)
    assert squashed.shape == (16, 16, 3)
    assert squashed[8, 0].tolist() == [*RED]
    assert squashed[8, 15].tolist() == [0, 0, 0]


@pytest.mark.parametrize("name", ["a.png", "a.jpg", "a.gif", "a.webp"])
@pytest.mark.parametrize("part", [0.0, 0.1, 0.5, 0.9])
def test_a_truncated_file_is_refused(tmp_path: Path, name: str, part: float) -> None:
    path = saved(tmp_path / name, Image.fromarray(ramp()))
    path.write_bytes(path.read_bytes()[: int(part * path.stat().st_size)])
    with pytest.raises(ImageFileError, match=f"{name}: cannot be read as an image") as caught:
        read_image(path)
    assert caught.value.path == path
    assert "\n" not in str(caught.value)


@pytest.mark.parametrize("name", ["a.png", "a.jpg", "a.gif", "a.bmp", "a.tif", "a.webp"])
def test_damage_anywhere_gives_pixels_or_one_clear_line_and_no_warning(tmp_path: Path, name: str) -> None:
    whole = saved(tmp_path / name, Image.fromarray(ramp())).read_bytes()
    rng = np.random.default_rng(0)
    for number in range(60):
        damaged = bytearray(whole)
        for _ in range(1 + number % 5):
            damaged[int(rng.integers(min(len(whole), 400)))] = int(rng.integers(256))
        (tmp_path / name).write_bytes(damaged[: len(whole) if number % 2 else int(rng.integers(len(whole)))])
        try:
            assert read_image(tmp_path / name).ndim == 3
        except ImageFileError as error:
            assert str(error).startswith(str(tmp_path / name))
            assert "\n" not in str(error)


@pytest.mark.parametrize(("width", "height"), [(10_001, 10_000), (60_000, 60_000), (2**31 - 1, 2**31 - 1)])
def test_a_few_bytes_that_unpack_to_gigabytes_are_refused_before_they_do(
    tmp_path: Path, width: int, height: int
) -> None:
    (tmp_path / "bomb.png").write_bytes(png_of(width, height))
    with pytest.raises(ImageFileError, match="pixels"):
        read_image(tmp_path / "bomb.png")


def test_what_is_no_image_is_named(tmp_path: Path) -> None:
    (tmp_path / "notes.png").write_text("a shopping list")
    saved(tmp_path / "float.tif", Image.fromarray(np.array([[0.0, 1.0]], np.float32)))
    said = {
        "notes.png": "of no kind that is known",
        "missing.png": "no such file",
        "float.tif": "floating-point grey",
        ".": "Is a directory",
    }
    for name, reason in said.items():
        with pytest.raises(ImageFileError, match=reason):
            read_image(tmp_path / name)


def test_a_folder_gives_its_images_and_those_of_the_folders_in_it_in_order(tmp_path: Path) -> None:
    (tmp_path / "deeper").mkdir()
    for name in ("b.PNG", "a.jpg", "deeper/c.webp", "notes.txt"):
        (tmp_path / name).touch()
    assert images_in(tmp_path) == [tmp_path / "a.jpg", tmp_path / "b.PNG", tmp_path / "deeper" / "c.webp"]


def test_a_folder_without_images_or_none_at_all_is_named(tmp_path: Path) -> None:
    with pytest.raises(ImageFileError, match="holds no image"):
        images_in(tmp_path)
    with pytest.raises(ImageFileError, match="no such folder"):
        images_in(tmp_path / "nowhere")
