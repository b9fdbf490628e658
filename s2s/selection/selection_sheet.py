"""The contact sheet of a selection: middle frame, selected frame, where in it the sound is seen, scores over time.

As figure 3 of the paper, and with what led to the choice. Pure; Pillow draws.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final

import numpy as np
from numpy.typing import NDArray
from PIL import Image, ImageDraw

from s2s.media.montage import Pixels, captioned_sheet
from s2s.selection.select import top_moments
from s2s.selection.selectors import Scores

CELL_PX: Final = 160
COLUMNS: Final = ("middle frame", "top-1", "where it sounds", "score over time")
_GLOW: Final = np.array([255.0, 96.0, 24.0])
_DARKENED: Final = 0.45  # how much of the light is left where nothing sounds
_PAPER: Final = (24, 24, 28)
_TRUTH: Final = (44, 62, 52)
_LINE: Final = (226, 200, 140)
_CHOSEN: Final = (255, 112, 48)
_MARGIN_PX: Final = 10


@dataclass(frozen=True, slots=True, eq=False)
class Selected:
    """One clip of the sheet. `where` [h, w] are the top frame's cosines, None for a way that has none; `presence`
    [num_frames] the truth, where it is known.
    """

    name: str
    frames: NDArray[np.uint8]
    scores: Scores
    where: NDArray[np.float32] | None = None
    presence: NDArray[np.float64] | None = None


def selection_sheet(clips: Sequence[Selected], *, title: str = "", cell_px: int = CELL_PX) -> Pixels:
    """Lay out a row per clip. Raises ValueError for no clips."""
    located = any(clip.where is not None for clip in clips)
    columns = [column for column in COLUMNS if located or column != COLUMNS[2]]
    rows = [_row(clip, cell_px, located=located) for clip in clips]
    names = [f"{clip.name}\nframe {top_moments(clip.scores, 1)[0]}" for clip in clips]
    return captioned_sheet(rows, row_captions=names, column_captions=columns, title=title, cell_px=cell_px)


def overlay(frame: Pixels, where: NDArray[np.float32]) -> Pixels:
    """Return `frame` [h, w, 3] dark but where it sounds, warm there: cosines `where` [y, x] from their median up."""
    low, high = float(np.median(where)), float(where.max())
    share = np.clip((where - low) / max(high - low, 1e-6), 0.0, 1.0)
    size = (frame.shape[1], frame.shape[0])
    grown = np.asarray(Image.fromarray(np.float32(share)).resize(size, Image.Resampling.BICUBIC), np.float64)
    glow = np.clip(grown, 0.0, 1.0)[..., None]
    lit = frame * (_DARKENED + (1.0 - _DARKENED) * glow)
    mixed = lit * (1.0 - 0.35 * glow) + _GLOW * 0.35 * glow
    return np.asarray(mixed.round(), np.uint8)


def score_plot(scores: Scores, presence: NDArray[np.float64] | None, side_px: int) -> Pixels:
    """Return scores over time as a line, the top ten marked, over the truth as a lighter ground where it is known."""
    plot = Image.new("RGB", (side_px, side_px), _PAPER)
    draw = ImageDraw.Draw(plot)
    width, foot = side_px - 2 * _MARGIN_PX, side_px - _MARGIN_PX
    across = _MARGIN_PX + (np.arange(len(scores)) + 0.5) * width / len(scores)
    if presence is not None:
        for x, there in zip(across, presence, strict=True):
            draw.line([(x, foot), (x, foot - there * width)], _TRUTH, width=1 + width // len(scores))
    low, high = float(scores.min()), float(scores.max())
    up = foot - (scores - low) / max(high - low, 1e-9) * width
    if len(scores) > 1:
        draw.line(list(zip(across.tolist(), up.tolist(), strict=True)), _LINE, width=2)
    for rank, frame in enumerate(top_moments(scores)):
        radius = 2 if rank else 4
        x, y = float(across[frame]), float(up[frame])
        draw.ellipse([x - radius, y - radius, x + radius, y + radius], _CHOSEN)
    return np.asarray(plot)


def _row(clip: Selected, cell_px: int, *, located: bool) -> list[Pixels]:
    chosen = clip.frames[top_moments(clip.scores, 1)[0]]
    row = [clip.frames[len(clip.frames) // 2], chosen]
    if located:
        row.append(chosen if clip.where is None else overlay(chosen, clip.where))
    return [*row, score_plot(clip.scores, clip.presence, cell_px)]
