"""Labelled contact sheets, as the paper's figures lay pictures out. Pure but for `save_png`; Pillow draws the words."""

import json
import unicodedata
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any, Final

import numpy as np
from numpy.typing import NDArray
from PIL import Image, ImageDraw, ImageFont, PngImagePlugin

from s2s.files.atomic_write import atomic_path
from s2s.files.names import shown

Pixels = NDArray[np.uint8]
_Font = ImageFont.FreeTypeFont | ImageFont.ImageFont
_GAP_PX: Final = 6
PAPER: Final = (18, 18, 20)
INK: Final = (225, 225, 220)
_FAINT: Final = (150, 150, 148)
_KEYWORD: Final = "Sound2Scene"  # the keyword of the PNG's own text
_SPELT: Final = str.maketrans({"λ": "lambda", "×": "x", "−": "-", "–": "-", "—": "-", "→": "->", "∞": "inf"})


def contact_sheet(pictures: NDArray[np.uint8], columns: int, gap_px: int = 2) -> NDArray[np.uint8]:
    """Lay `pictures` [n, h, w, 3] out row by row on black, `columns` a row, `gap_px` apart; [H, W, 3]."""
    if pictures.ndim != 4 or pictures.shape[3] != 3:
        raise ValueError(f"pictures must be [n, h, w, 3], got {list(pictures.shape)}")
    if columns < 1:
        raise ValueError(f"columns must be at least 1, got {columns}")
    count, height, width, _ = pictures.shape
    rows = -(-count // columns)
    cells = np.zeros((rows * columns, height + gap_px, width + gap_px, 3), dtype=np.uint8)
    cells[:count, :height, :width] = pictures
    grid = cells.reshape(rows, columns, height + gap_px, width + gap_px, 3).transpose(0, 2, 1, 3, 4)
    sheet = grid.reshape(rows * (height + gap_px), columns * (width + gap_px), 3)
    return np.ascontiguousarray(sheet[: sheet.shape[0] - gap_px, : sheet.shape[1] - gap_px])


def captioned_sheet(
    rows: Sequence[Sequence[Pixels]],
    *,
    row_captions: Sequence[str] = (),
    column_captions: Sequence[str] = (),
    title: str = "",
    cell_px: int = 160,
) -> Pixels:
    """Lay rows of pictures, each [h, w, 3] uint8 of any size, out as one sheet [H, W, 3] on dark paper.

    Every picture is fitted into a cell, `cell_px` square or, where all pictures are wide, lower. Captions are optional:
    one per row to the left, one per column above; line feeds part lines, and one too long is cut with an ellipsis. A
    title wider than the sheet goes on in the next line.
    Pillow's own font has little but ASCII: other letters lose their accents or are spelt out. Raises ValueError for a
    sheet without pictures or captions that do not match.
    """
    columns = _checked_columns(rows, row_captions, column_captions)
    letter_px = max(11, cell_px // 11)
    font = ImageFont.load_default(size=letter_px)
    height_px = _cell_height([picture for row in rows for picture in row], cell_px)
    line_px, step, down = round(letter_px * 1.5), cell_px + _GAP_PX, height_px + _GAP_PX
    above = [_fitted(font, caption, cell_px) for caption in column_captions]
    beside = [_fitted(font, caption, 2 * cell_px) for caption in row_captions]
    left = _GAP_PX + (_widest(font, beside) + 2 * _GAP_PX if beside else 0)
    width_px = left + columns * step
    heading = _wrapped(font, drawable(title), width_px - 2 * _GAP_PX)
    top = _GAP_PX + line_px * (len(heading) + max((caption.count("\n") + 1 for caption in above), default=0))
    sheet = Image.new("RGB", (width_px, top + len(rows) * down), PAPER)
    draw = ImageDraw.Draw(sheet)
    for number, line in enumerate(heading):
        draw.text((_GAP_PX, _GAP_PX // 2 + number * line_px), line, INK, font)
    for number, caption in enumerate(above):
        middle = (left + number * step + cell_px // 2, top - 4)
        draw.multiline_text(middle, caption, INK, font, anchor="md", align="center")
    for number, caption in enumerate(beside):
        draw.multiline_text((_GAP_PX, top + number * down + height_px // 2), caption, _FAINT, font, anchor="lm")
    for y, row in enumerate(rows):
        for x, picture in enumerate(row):
            _place(sheet, picture, left + x * step, top + y * down, (cell_px, height_px))
    return np.asarray(sheet)


def captioned(picture: Pixels, caption: str, side_px: int) -> Pixels:
    """Return `picture` [h, w, 3] fitted into `side_px` square, or lower for a wide one, and a line of caption below it:
    a frame of a film.

    [height + side_px // 10, side_px, 3]; the sizes are even where `side_px` is a multiple of 20.
    """
    strip_px, height_px = side_px // 10, _cell_height([picture], side_px)
    height_px -= height_px % 2 if height_px < side_px else 0
    font = ImageFont.load_default(size=max(9, side_px // 22))
    frame = Image.new("RGB", (side_px, height_px + strip_px), PAPER)
    _place(frame, picture, 0, 0, (side_px, height_px))
    middle = (side_px // 2, height_px + strip_px // 2)
    ImageDraw.Draw(frame).text(middle, _fitted(font, caption, side_px - 2 * _GAP_PX), INK, font, anchor="mm")
    return np.asarray(frame)


def save_png(path: Path, pixels: Pixels, metadata: Mapping[str, Any] | None = None) -> None:
    """Write RGB `pixels` [h, w, 3] as a PNG, whole or not at all; folders are made. Raises OSError.

    `metadata`, plain values, goes along in the file's own text: `png_metadata` reads it again.
    """
    path.parent.mkdir(parents=True, exist_ok=True)
    text = PngImagePlugin.PngInfo()
    if metadata is not None:
        # Names of files may be no text.
        text.add_itxt(_KEYWORD, shown(json.dumps(metadata, sort_keys=True, ensure_ascii=False)))
    with atomic_path(path) as partial:
        Image.fromarray(pixels).save(partial, format="PNG", pnginfo=text)


def png_metadata(path: Path) -> dict[str, Any] | None:
    """Return what `save_png` told the file at `path`; None where it is no such file."""
    try:
        with Image.open(path) as image:
            metadata = json.loads(image.info.get(_KEYWORD, "null"))
    except (OSError, ValueError, SyntaxError):
        return None
    return metadata if isinstance(metadata, dict) else None


def drawable(text: str) -> str:
    """Return `text` in letters that Pillow's own font has: "Café −3 dB, λ" becomes "Cafe -3 dB, lambda"."""
    plain = unicodedata.normalize("NFKD", text.translate(_SPELT))
    kept = "".join(letter for letter in plain if not unicodedata.combining(letter))
    return "".join(letter if letter.isascii() or letter in "°±·…" else "?" for letter in kept)


def _checked_columns(
    rows: Sequence[Sequence[Pixels]], row_captions: Sequence[str], column_captions: Sequence[str]
) -> int:
    columns = max((len(row) for row in rows), default=0)
    if not columns:
        raise ValueError("a sheet needs at least one picture")
    for name, captions, number in (("row", row_captions, len(rows)), ("column", column_captions, columns)):
        if captions and len(captions) != number:
            raise ValueError(f"expected {number} {name} captions, got {len(captions)}")
    return columns


def _cell_height(pictures: Sequence[Pixels], cell_px: int) -> int:
    """Return how high a cell of `cell_px` width must be: square, unless every picture is wider than high."""
    steepest = max(float(picture.shape[0] / picture.shape[1]) for picture in pictures)
    return max(1, round(cell_px * min(1.0, steepest)))


def _place(sheet: Image.Image, picture: Pixels, x: int, y: int, cell_px: tuple[int, int]) -> None:
    image = Image.fromarray(picture)
    scale = min(cell_px[0] / image.width, cell_px[1] / image.height)
    size = (max(1, round(image.width * scale)), max(1, round(image.height * scale)))
    image = image.resize(size, Image.Resampling.LANCZOS)
    sheet.paste(image, (x + (cell_px[0] - size[0]) // 2, y + (cell_px[1] - size[1]) // 2))


def _widest(font: _Font, captions: Sequence[str]) -> int:
    return max(round(font.getlength(line)) for caption in captions for line in caption.split("\n"))


def _wrapped(font: _Font, text: str, width_px: int) -> list[str]:
    """Return `text` in lines of whole words; a word that is too long for one is cut."""
    lines: list[str] = []
    for word in text.split():
        if lines and font.getlength(f"{lines[-1]} {word}") <= width_px:
            lines[-1] += f" {word}"
        else:
            lines.append(word)
    return [_cut(font, line, width_px) for line in lines]


def _fitted(font: _Font, caption: str, width_px: int) -> str:
    return "\n".join(_cut(font, line, width_px) for line in drawable(caption).split("\n"))


def _cut(font: _Font, line: str, width_px: int) -> str:
    if font.getlength(line) <= width_px:
        return line
    while line and font.getlength(line + "…") > width_px:
        line = line[:-1]
    return line + "…"
