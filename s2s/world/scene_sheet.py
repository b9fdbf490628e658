"""Contact sheets: many pictures laid out as one, for looking at. Only `scene_sheet` needs GL; nothing writes files."""

from collections.abc import Sequence
from typing import Final

import numpy as np
from numpy.typing import NDArray

from s2s.world.state import SceneState

_SHEET_PX: Final = 192
_COLUMNS: Final = 8  # four scenes a row, each with its sound


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


def scene_sheet(scenes: Sequence[str], seed: int) -> NDArray[np.uint8]:
    """Return one take of every scene, its picture beside the spectrogram of its sound, four scenes a row."""
    from s2s.media.tiles import labelled, spectrogram_picture
    from s2s.spectrogram_spec import SpectrogramSpec
    from s2s.world.painter import Painter
    from s2s.world.sounds import synthesize

    takes = [SceneState(scene, seed + n, 0.75, (9.0 + 5.0 * n) % 24.0, 1.0, 2.0) for n, scene in enumerate(scenes)]
    with Painter(_SHEET_PX) as painter:
        pictures = painter.paint(takes)
    heard = [spectrogram_picture(synthesize(take), SpectrogramSpec(), width_px=_SHEET_PX) for take in takes]
    cells = [
        labelled(picture, [words], _SHEET_PX)
        for take, *pair in zip(takes, pictures, heard, strict=True)
        for picture, words in zip(pair, (take.scene, "its sound"), strict=True)
    ]
    return contact_sheet(np.stack(cells), columns=_COLUMNS)
