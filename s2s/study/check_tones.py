"""The tones that a participant counts before the first question, to know that sound is heard."""

from typing import Final

import numpy as np
from numpy.typing import NDArray

from s2s.rates import SAMPLE_RATE_HZ

_TONES_HZ: Final = (440.0, 554.4, 659.3)
CHECK_TONES: Final = len(_TONES_HZ)
_TONE_S: Final = 0.45
_PAUSE_S: Final = 0.35


def check_sound() -> NDArray[np.float32]:
    """Return three tones one after the other, [n] at 16 kHz, as loud as speech."""
    time_s = np.arange(round(_TONE_S * SAMPLE_RATE_HZ)) / SAMPLE_RATE_HZ
    swell = np.sin(np.pi * time_s / _TONE_S)  # begins and ends without a click
    pause = np.zeros(round(_PAUSE_S * SAMPLE_RATE_HZ))
    parts = [part for hz in _TONES_HZ for part in (0.2 * swell * np.sin(2 * np.pi * hz * time_s), pause)]
    return np.concatenate(parts).astype(np.float32)
