"""Sound -> a FLAC file, mono, 16 bit: what every browser plays, small, and free of loss."""

from pathlib import Path
from typing import Final

import av
import numpy as np
from av.audio.frame import AudioFrame
from numpy.typing import NDArray

from s2s.files.atomic_write import atomic_path

_FULL_SCALE: Final = 32767.0


def write_flac(path: Path, sound: NDArray[np.float32], sample_rate_hz: int) -> None:
    """Write mono `sound` [n], full scale ±1, beyond which it is clipped; the file is whole or not there.

    Raises ValueError for sound that is empty, not mono or not finite, OSError for a disk that does not take it.
    """
    if np.ndim(sound) != 1 or not len(sound) or not np.isfinite(sound).all():
        raise ValueError(f"expected mono sound [n] of finite samples, got shape {np.shape(sound)}")
    levels = (np.clip(sound, -1.0, 1.0) * _FULL_SCALE).round().astype(np.int16)
    frame = AudioFrame.from_ndarray(levels[None], format="s16", layout="mono")
    frame.sample_rate = sample_rate_hz
    with atomic_path(path) as partial, av.open(str(partial), "w", format="flac") as container:
        stream = container.add_stream("flac", rate=sample_rate_hz, layout="mono")
        container.mux([*stream.encode(frame), *stream.encode(None)])
