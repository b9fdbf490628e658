"""Saves a picture as a PNG file, through Pillow."""

from pathlib import Path

from PIL import Image

from installation.values import Pixels


def save_png(path: Path | str, pixels: Pixels) -> None:
    """Write `pixels` `[height, width, 3]` uint8 as PNG. Raises OSError where the file cannot be written."""
    Image.fromarray(pixels).save(path, format="PNG")
