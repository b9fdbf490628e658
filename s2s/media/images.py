"""Image files of any kind -> RGB pixels, as the models take them.

Torch-free. Called from any thread; every call opens its own file.
"""

import functools
import warnings
from pathlib import Path
from typing import Final

import numpy as np
from numpy.typing import NDArray
from PIL import Image, ImageOps, UnidentifiedImageError

from s2s.files.folders import CAN_READ_HEIF, PICTURES, listed
from s2s.files.names import UnreadableFileError

_LARGEST_PIXELS: Final = 100_000_000
"""More is no photograph but a mistake or an attack: a few kilobytes of PNG can unpack to gigabytes. So many take 400 MB
as they are decoded, and 300 MB as what is returned.
"""
_PIXELS_AT_A_TIME: Final = 1 << 20


class ImageFileError(UnreadableFileError):
    """A file that no image can be read from; `path` is the file, `reason` why."""


def read_image(path: Path | str, side_px: int | tuple[int, int] | None = None) -> NDArray[np.uint8]:
    """Return the image of a file as RGB [height, width, 3], or squashed to [side_px, side_px, 3] (bilinear).

    The squash, for which a pair is width and height, ignores the aspect, as the published loader does. Turned as the
    camera was held (EXIF); of a moving image the first picture; grey, palette and CMYK become RGB, 16 bits become 8,
    and what is transparent lies on black. Any size down to 1×1 is an image. Raises ImageFileError, also for a truncated
    file, one of more than 100 million pixels, and floating-point grey.
    """
    file = Path(path)
    size_px = (side_px, side_px) if isinstance(side_px, int) else side_px
    try:
        # A bomb by our own measure is refused below; a damaged EXIF block does not make the pixels worse.
        with warnings.catch_warnings(action="ignore"), opened(file) as image:
            if image.width * image.height > _LARGEST_PIXELS:
                raise ImageFileError(file, f"has {image.width}×{image.height} pixels; expected at most 100 million")
            if image.mode == "F":
                raise ImageFileError(file, "holds floating-point grey, whose white nobody knows; expected 8 or 16 bits")
            ImageOps.exif_transpose(image, in_place=True)
            if size_px is not None and image.mode == "RGB" and not image.has_transparency_data:
                return np.array(image.resize(size_px, Image.Resampling.BILINEAR))
            pixels = _pixels(image)
        del image  # with what it has decoded, before there is more
    except FileNotFoundError as error:
        raise ImageFileError(file, "no such file") from error
    except UnidentifiedImageError as error:
        raise ImageFileError(file, "cannot be read as an image: of no kind that is known, or damaged") from error
    except (OSError, ValueError, SyntaxError, RuntimeError, Image.DecompressionBombError) as error:
        reason = " ".join((getattr(error, "strerror", None) or str(error)).split())
        raise ImageFileError(file, f"cannot be read as an image: {reason}") from error
    return pixels if size_px is None else _squashed(pixels, size_px)


def opened(file: Path) -> Image.Image:
    """Open an image of any kind that is read; its pixels are not decoded yet. Raises what Pillow raises."""
    _register_heif()
    return Image.open(file)


def images_in(folder: Path | str) -> list[Path]:
    """Return the image files of `folder` and the folders in it, sorted; raises ImageFileError where there is none.

    What looks like one and is not read is named in the log.
    """
    root = Path(folder)
    if not root.is_dir():
        raise ImageFileError(root, "no such folder; expected one that holds images")
    found = listed(root, ("pictures",))
    if not found:
        raise ImageFileError(root, f"holds no image; expected files that end in {', '.join(sorted(PICTURES))}")
    return found


@functools.cache
def _register_heif() -> None:
    """Let Pillow open what phones write, once."""
    if CAN_READ_HEIF:
        import pi_heif

        pi_heif.register_heif_opener()


def _pixels(image: Image.Image) -> NDArray[np.uint8]:
    """Return the RGB pixels, made some rows at a time: beside the decoded image there is never a second whole one."""
    width, height = image.size
    rows = max(_PIXELS_AT_A_TIME // width, 1)
    pixels = np.empty((height, width, 3), np.uint8)
    for top in range(0, height, rows):
        strip = image.crop((0, top, width, min(top + rows, height)))
        pixels[top : top + rows] = np.asarray(_as_rgb(strip))
    return pixels


def _squashed(pixels: NDArray[np.uint8], size_px: tuple[int, int]) -> NDArray[np.uint8]:
    """Return `pixels` at another size, one colour after another, as Pillow would all three at once."""
    colours = (Image.fromarray(pixels[:, :, colour]) for colour in range(3))
    return np.stack([np.asarray(one.resize(size_px, Image.Resampling.BILINEAR)) for one in colours], axis=-1)


def _as_rgb(image: Image.Image) -> Image.Image:
    if image.mode.startswith("I"):  # Pillow cuts 16-bit grey off at 255 instead of scaling it
        image = Image.fromarray((np.asarray(image).clip(0, 65_535) // 257).astype(np.uint8))
    if image.has_transparency_data:
        image = Image.alpha_composite(Image.new("RGBA", image.size, "black"), image.convert("RGBA"))
    return image.convert("RGB")
