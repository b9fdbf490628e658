"""Contact sheets: many pictures laid out as one, for looking at. Pure; no GL, no files."""

import numpy as np
from numpy.typing import NDArray


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
