"""When something sounds in a clip, and how new it is there: from the clip's own sound alone. Pure; no network.

A room is never digitally silent, so that what sounds is measured from the room's floor up, not from nothing.
"""

from collections.abc import Sequence
from typing import Final

import numpy as np
from numpy.typing import NDArray

from s2s.training.inputs.log_bands import log_bands

Values = NDArray[np.float32]  # [num_frames]
AUDIBLE_DB: Final = 20.0
"""A moment so much softer than the clip's loudest is passed over, as by the localizer."""
ABOVE_FLOOR_DB: Final = 6.0
"""What is not so much louder than the room is the room."""
_LOUD_PERCENT: Final = 96.0
_KNOWN_BY: Final = 5
_FLOOR_PERCENT: Final = 10.0
_BACKGROUND_PERCENT: Final = 20.0
_NUM_BANDS: Final = 40
_LOUDEST_DB: Final = 30.0  # a band that rises further counts no more


def sounding(level_db: Values) -> NDArray[np.bool_]:
    """Return at which moments something sounds, of their levels [n] in dB; at least one is.

    A moment sounds where it lies `ABOVE_FLOOR_DB` above the room's floor, the tenth part of the clip that is softest,
    and `AUDIBLE_DB` below the loudest at most. A clip that hardly changes sounds as a whole.
    """
    audible = level_db >= level_db.max() - AUDIBLE_DB
    floor_db = float(np.percentile(level_db, _FLOOR_PERCENT))
    risen = audible & (level_db >= floor_db + ABOVE_FLOOR_DB)
    return np.asarray(risen if risen.any() else audible)


def softest_and_loudest_db(level_db: Values) -> tuple[float, float]:
    """Return the level of a clip's softest tenth, which is its room where anything comes and goes, and of its loudest.

    The loudest is what a 25th of the moments, a bark, rise above: a knock alone makes no clip loud.
    """
    soft, loud = np.percentile(level_db, [_FLOOR_PERCENT, _LOUD_PERCENT])
    return float(soft), float(loud)


def is_room_alone(ranges_db: Sequence[tuple[float, float]]) -> NDArray[np.bool_]:
    """Return of which clips of an evening nothing is heard but the room, of their softest and loudest levels [n, 2].

    The room is known from the clips in which something comes and goes, `_KNOWN_BY` of them at least: it is their median
    floor. A clip that hardly changes and lies no further than `ABOVE_FLOOR_DB` above it holds nothing else.
    """
    ranges = np.array(ranges_db, np.float64).reshape(-1, 2)
    changes_db = ranges[:, 1] - ranges[:, 0]
    rooms_db = ranges[changes_db >= 2.0 * ABOVE_FLOOR_DB, 0]
    if len(rooms_db) < _KNOWN_BY:
        return np.zeros(len(ranges), np.bool_)
    is_still = changes_db < ABOVE_FLOOR_DB
    return np.asarray(is_still & (ranges[:, 1] <= np.median(rooms_db) + ABOVE_FLOOR_DB), np.bool_)


def novelty_db(sound: NDArray[np.float32], num_frames: int) -> Values:
    """Return how far each moment's bands rise above what each band has in the background of the clip: their mean, dB.

    [num_frames], 0 and more. The background is what a band has in the softest fifth of the clip: a hum that is always
    there is none, and a soft sound in a band that is empty otherwise is as new as a loud one.
    """
    bands = log_bands(sound, num_frames, _NUM_BANDS).numpy()
    power_db = (10.0 / np.log(10.0)) * bands.reshape(_NUM_BANDS, num_frames, -1).mean(axis=2).T
    risen_db = power_db - np.percentile(power_db, _BACKGROUND_PERCENT, axis=0)
    return np.asarray(np.clip(risen_db, 0.0, _LOUDEST_DB).mean(axis=1), np.float32)


def candidates(heard: NDArray[np.bool_], every: int) -> NDArray[np.int64]:
    """Return frames to look at, in order: of each stretch at which something sounds, one in `every`, at least one."""
    edges = np.flatnonzero(np.diff(np.concatenate([[False], heard, [False]]).astype(np.int8)))
    chosen = []
    for begin, end in edges.reshape(-1, 2):
        count = max(round((end - begin) / every), 1)
        chosen.append(begin + ((np.arange(count) + 0.5) * (end - begin) / count).astype(np.int64))
    return np.concatenate(chosen)
