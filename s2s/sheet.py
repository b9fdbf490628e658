"""Labelled contact sheets, as the paper's figures lay pictures out. Pure but for `save_png`; Pillow draws the words."""

from collections.abc import Sequence
from pathlib import Path
from typing import Final

import numpy as np
from numpy.typing import NDArray
from PIL import Image, ImageDraw, ImageFont

Pixels = NDArray[np.uint8]
_GAP_PX: Final = 6
_PAPER: Final = (18, 18, 20)
_INK: Final = (225, 225, 220)
_FAINT: Final = (150, 150, 148)


def captioned_sheet(
    rows: Sequence[Sequence[Pixels]],
    *,
    row_captions: Sequence[str] = (),
    column_captions: Sequence[str] = (),
    title: str = "",
    cell_px: int = 160,
) -> Pixels:
    """Lay rows of pictures, each [h, w, 3] uint8 of any size, out as one sheet [H, W, 3] on dark paper.

    Every picture is fitted into a square cell, enlarged without blur of its own. Captions are optional: one a row to
    the left, one a column above; those too long are cut with an ellipsis. Raises ValueError for a sheet without
    pictures or captions that do not match.
    """
    columns = max((len(row) for row in rows), default=0)
    if not columns:
        raise ValueError("a sheet needs at least one picture")
    for name, captions, number in (("row", row_captions, len(rows)), ("column", column_captions, columns)):
        if captions and len(captions) != number:
            raise ValueError(f"expected {number} {name} captions, got {len(captions)}")
    letter_px = max(11, cell_px // 11)
    font = ImageFont.load_default(size=letter_px)
    line_px = round(letter_px * 1.5)
    left = _GAP_PX + (min(_widest(font, row_captions), 2 * cell_px) + 2 * _GAP_PX if row_captions else 0)
    top = _GAP_PX + line_px * (bool(title) + bool(column_captions))
    step = cell_px + _GAP_PX
    sheet = Image.new("RGB", (left + columns * step, top + len(rows) * step), _PAPER)
    draw = ImageDraw.Draw(sheet)
    if title:
        draw.text((_GAP_PX, _GAP_PX // 2), _cut(font, title, sheet.width - 2 * _GAP_PX), _INK, font)
    for number, caption in enumerate(column_captions):
        middle = left + number * step + cell_px // 2
        draw.text((middle, top - line_px // 2 - 2), _cut(font, caption, cell_px), _INK, font, anchor="mm")
    for number, row in enumerate(rows):
        y = top + number * step
        if row_captions:
            caption = _cut(font, row_captions[number], left - 2 * _GAP_PX)
            draw.text((_GAP_PX, y + cell_px // 2), caption, _FAINT, font, anchor="lm")
        for column, picture in enumerate(row):
            _place(sheet, picture, left + column * step, y, cell_px)
    return np.asarray(sheet)


def save_png(path: Path, pixels: Pixels) -> None:
    """Write RGB `pixels` [h, w, 3] as a PNG, whole or not at all; folders are made. Raises OSError."""
    path.parent.mkdir(parents=True, exist_ok=True)
    part = path.with_name(path.name + ".part")
    Image.fromarray(pixels).save(part, format="PNG")
    part.replace(path)


def _place(sheet: Image.Image, picture: Pixels, x: int, y: int, cell_px: int) -> None:
    image = Image.fromarray(picture)
    scale = cell_px / max(image.size)
    size = (max(1, round(image.width * scale)), max(1, round(image.height * scale)))
    image = image.resize(size, Image.Resampling.LANCZOS)
    sheet.paste(image, (x + (cell_px - size[0]) // 2, y + (cell_px - size[1]) // 2))


def _widest(font: ImageFont.FreeTypeFont | ImageFont.ImageFont, captions: Sequence[str]) -> int:
    return max(round(font.getlength(caption)) for caption in captions)


def _cut(font: ImageFont.FreeTypeFont | ImageFont.ImageFont, caption: str, width_px: int) -> str:
    if font.getlength(caption) <= width_px:
        return caption
    while caption and font.getlength(caption + "…") > width_px:
        caption = caption[:-1]
    return caption + "…"
