"""Whether there is anything to hear: below a level a model takes the noise of its own floor for wind. Pure."""

import math
from typing import Final

import numpy as np
from numpy.typing import NDArray

NOTHING_BELOW_DBFS: Final = -60.0
"""The level of a recording's loudest second below which nothing is heard in it: the show's gate as it comes."""
_PARTS_S: Final = 0.25  # a second may begin at each of them


def loudest_second_dbfs(sound: NDArray[np.float32], sample_rate_hz: int) -> float:
    """Return the root mean square of the loudest second of mono `sound` [n], dB below full scale; -inf for silence.

    A dog that barks once in ten seconds is as loud as its bark. Sound shorter than a second is taken as a whole.
    """
    squares = np.square(sound, dtype=np.float64)
    second, part = min(sample_rate_hz, len(squares)), max(1, round(_PARTS_S * sample_rate_hz))
    if not second:
        return -math.inf
    sums = np.concatenate([[0.0], np.cumsum(squares)])
    starts = np.unique([*range(0, len(squares) - second + 1, part), len(squares) - second])
    mean_square = float((sums[starts + second] - sums[starts]).max()) / second
    return 10.0 * math.log10(mean_square) if mean_square > 0.0 else -math.inf


def silence_words(sound: NDArray[np.float32], sample_rate_hz: int) -> str:
    """Return why nothing is heard in mono `sound` [n]; empty where something is."""
    level_dbfs = loudest_second_dbfs(sound, sample_rate_hz)
    if level_dbfs >= NOTHING_BELOW_DBFS:
        return ""
    if level_dbfs == -math.inf:
        return "nothing is heard: it is silent"
    return f"nothing is heard: its loudest second lies at {level_dbfs:.0f} dB, below {NOTHING_BELOW_DBFS:.0f} dB"
