"""What else is there where something sounds now and then: yard, wood, street, room. Pure numpy.

Each returns a bed whose level is told over the loud moments of the scene's own sound, which lie at 1.
"""

import numpy as np

from s2s.world.sounds.noise import band, coloured
from s2s.world.sounds.take import Signal, Take, as_signal, gain


def outdoors(take: Take) -> Signal:
    """Return a quiet place outside."""
    return _bed(take, (0.0, 12.0), (-50.0, -24.0)) + _after_dark(take)


def yard(take: Take) -> Signal:
    """Return a yard, from dead still to within earshot of a road."""
    return _bed(take, (0.0, 20.0), (-74.0, -26.0)) + _after_dark(take)


def farmyard(take: Take) -> Signal:
    """Return a farm in the morning: wind, a road, the rest of the village, at times nearly as loud as the cock."""
    return _bed(take, (0.0, 20.0), (-60.0, -12.0))


def night(take: Take) -> Signal:
    """Return still air over a pond, a wood or a meadow, after dark with insects far off."""
    return _bed(take, (0.0, 10.0), (-52.0, -26.0)) + _after_dark(take)


def street(take: Take) -> Signal:
    """Return a street: the roar of a town, low and steady."""
    return _bed(take, (6.0, 18.0), (-46.0, -20.0))


def room(take: Take) -> Signal:
    """Return a room: what comes through its walls and its wiring."""
    out = _bed(take, (4.0, 30.0), (-60.0, -16.0))
    if take.chance(0.3):
        hz = float(take.rng.choice([50.0, 60.0, 100.0, 120.0]))
        hum = sum(np.sin(2 * np.pi * hz * order * take.times()) / order**1.5 for order in (1, 2, 3, 5))
        out = out + as_signal(hum) * np.float32(gain(take.uniform(-50.0, -26.0)))
    return as_signal(out)


def _bed(take: Take, rumble_db: tuple[float, float], level_db: tuple[float, float]) -> Signal:
    points = (
        (25.0, take.uniform(*rumble_db) - 4.0),
        (60.0, take.uniform(*rumble_db)),
        (400.0, 0.0),
        (2500.0, take.uniform(-14.0, -4.0)),
        (9000.0, take.uniform(-34.0, -14.0)),
    )
    return coloured(take, points) * take.swell(take.uniform(1.0, 3.0), 1.5) * np.float32(gain(take.uniform(*level_db)))


def _after_dark(take: Take) -> Signal:
    """Return far insects, in one warm night of three; nothing by day."""
    if 6.0 < take.hour < 20.0 or not take.chance(0.35):
        return take.silence()
    centre_hz = take.log_uniform(2800.0, 6000.0)
    beat = np.maximum(0.0, np.sin(2 * np.pi * take.uniform(1.2, 3.5) * take.times())) ** 0.5
    chirping = as_signal(band(take, centre_hz * 0.95, centre_hz * 1.05, 40.0) * (0.3 + beat))
    return chirping * np.float32(gain(take.uniform(-58.0, -34.0)))
