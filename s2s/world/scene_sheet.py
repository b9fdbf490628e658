"""A contact sheet of the world's scenes, near to far, with their sounds' spectrograms. Needs OpenGL; writes no file."""

from collections.abc import Sequence
from typing import Final

import numpy as np
from numpy.typing import NDArray

from s2s.world.state import SceneState

_SHEET_PX: Final = 192
_COLUMNS: Final = 8  # four scenes a row, each with its sound


def scene_sheet(scenes: Sequence[str], seed: int) -> NDArray[np.uint8]:
    """Return one take of every scene, its picture beside the spectrogram of its sound, four scenes a row."""
    from s2s.media.montage import contact_sheet
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
