"""Cells for a sheet: a picture with words under it or on it, a sound as a picture. Pure; Pillow draws the words."""

from collections.abc import Sequence
from typing import Final

import numpy as np
from numpy.typing import NDArray
from PIL import Image, ImageDraw, ImageFont

from s2s.media.montage import INK, PAPER, Pixels, drawable
from s2s.spectrogram import fit_clip, log_power
from s2s.spectrogram_spec import SpectrogramSpec

_LOWEST_HZ: Final = 60.0
_LEAST_RANGE_DB: Final = 20.0  # less is stretched no further: silence stays dark
# From silence to the loudest: lightness rises evenly, so that it reads in grey as well.
_RAMP: Final = np.array([(10, 10, 24), (66, 22, 104), (158, 44, 98), (228, 104, 52), (250, 190, 70), (252, 250, 210)])


def labelled(picture: Pixels, words: Sequence[str], side_px: int = 160) -> Pixels:
    """Return `picture` [h, w, 3] fitted above centred lines of `words`, a square [side_px, side_px, 3].

    Lines too long for it lose their middle, so that a file keeps its ending. Raises ValueError where no room is left.
    """
    letter_px = max(11, side_px // 12)  # smaller, and the font loses its full stops
    line_px = letter_px + 3
    room_px = side_px - line_px * len(words)
    if room_px < 1:
        raise ValueError(f"{len(words)} lines leave no room for a picture in {side_px} px")
    font = ImageFont.load_default(size=letter_px)
    cell = Image.new("RGB", (side_px, side_px), PAPER)
    image = Image.fromarray(picture)
    scale = min(side_px / image.width, room_px / image.height)
    size = (max(1, round(image.width * scale)), max(1, round(image.height * scale)))
    cell.paste(image.resize(size, Image.Resampling.LANCZOS), ((side_px - size[0]) // 2, (room_px - size[1]) // 2))
    draw = ImageDraw.Draw(cell)
    for number, line in enumerate(words):
        middle = (side_px // 2, room_px + number * line_px + line_px // 2)
        draw.text(middle, _shortened(font, drawable(line), side_px), INK, font, anchor="mm")
    return np.asarray(cell)


def marked(picture: Pixels, words: str, width_px: int = 160) -> Pixels:
    """Return `picture` [h, w, 3] brought to `width_px`, with `words` on a dark strip over its lower end."""
    letter_px = max(11, width_px // 12)
    height_px = max(letter_px + 4, round(width_px * picture.shape[0] / picture.shape[1]))
    image = Image.fromarray(picture).resize((width_px, height_px), Image.Resampling.LANCZOS)
    font, draw = ImageFont.load_default(size=letter_px), ImageDraw.Draw(image)
    draw.rectangle((0, height_px - letter_px - 4, width_px, height_px), PAPER)
    middle = (width_px // 2, height_px - letter_px // 2 - 2)
    draw.text(middle, _shortened(font, drawable(words), width_px), INK, font, anchor="mm")
    return np.asarray(image)


def spectrogram_picture(
    sound: NDArray[np.float32], spec: SpectrogramSpec, *, width_px: int = 160, height_px: int = 120
) -> Pixels:
    """Return what the model hears of mono `sound` [n] as a picture [height_px, width_px, 3].

    Time runs to the right over one clip, short sound repeated; frequency upward, a logarithmic scale from 60 Hz to half
    the rate; brightness from the model's floor, below which it hears nothing, to the clip's loudest. Raises ValueError
    for sound that is empty or holds NaN.
    """
    log_powers = log_power(fit_clip(sound, spec), spec).numpy()  # [bins, frames]
    decibels = log_powers * (10.0 / np.log(10.0))
    highest_hz = spec.sample_rate_hz / 2
    wanted_hz = np.geomspace(highest_hz, min(_LOWEST_HZ, highest_hz / 2), height_px)  # row 0 is the top
    bins_hz = np.linspace(0.0, highest_hz, spec.num_bins)
    columns = [part.mean(axis=1) for part in np.array_split(decibels, width_px, axis=1) if part.shape[1]]
    rows = np.stack([np.interp(wanted_hz, bins_hz, column) for column in columns], axis=1)  # [height, columns]
    floor_db = 10.0 * np.log10(spec.floor)
    return _coloured((rows - floor_db) / max(decibels.max() - floor_db, _LEAST_RANGE_DB))


def _coloured(height: NDArray[np.float64]) -> Pixels:
    """Colour 0 to 1 from dark to bright."""
    steps = np.linspace(0.0, 1.0, len(_RAMP))
    colours = np.stack([np.interp(height, steps, _RAMP[:, channel]) for channel in range(3)], axis=-1)
    return colours.round().astype(np.uint8)


def _shortened(font: ImageFont.FreeTypeFont | ImageFont.ImageFont, line: str, width_px: int) -> str:
    kept = len(line)
    short = line
    while kept > 2 and font.getlength(short) > width_px:
        kept -= 1
        short = line[: (kept + 1) // 2] + "…" + line[len(line) - kept // 2 :]
    return short
