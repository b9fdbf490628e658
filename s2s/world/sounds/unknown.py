"""Sounds that are none of the world's scenes, so that an ear can learn a place for "none of these".

They pass through the same air, rooms and microphones as the scenes, and lie at the same levels. Pure numpy and scipy.
"""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Final

import numpy as np
from numpy.typing import NDArray

from s2s.rates import SAMPLE_RATE_HZ
from s2s.world.sounds.device_tones import tones
from s2s.world.sounds.household import household, room_tone
from s2s.world.sounds.livestock import animals_unknown
from s2s.world.sounds.space import Place, record
from s2s.world.sounds.speech import cry_or_laugh, speech
from s2s.world.sounds.static import noise
from s2s.world.sounds.synthesis import LEAD_IN_S, heard_samples
from s2s.world.sounds.take import Signal, Take, as_signal, gain, unit
from s2s.world.sounds.tunes import music


@dataclass(frozen=True, slots=True)
class UnknownSound:
    """How a kind sounds: its dry sound, where it is heard, and the range of its level in dBFS where it has its own."""

    make: Callable[[Take], Signal]
    place: Place
    level_dbfs: tuple[float, float] | None = None


INDOORS = Place(decay_s=(0.15, 1.2), wet_db=(0.0, -22.0), absorption=0.6)
HANDLED = Place(decay_s=(0.15, 1.2), wet_db=(0.0, -22.0), events=True, absorption=0.6)
ANYWHERE = Place(decay_s=(0.15, 1.5), wet_db=(0.0, -20.0), events=True)

KINDS: Final[dict[str, UnknownSound]] = {
    "speech": UnknownSound(speech, HANDLED),
    "cry_or_laugh": UnknownSound(cry_or_laugh, HANDLED),
    "music": UnknownSound(music, Place((0.15, 2.5), (2.0, -20.0), absorption=0.6)),
    "room_tone": UnknownSound(room_tone, INDOORS, level_dbfs=(-70.0, -45.0)),
    "tones": UnknownSound(tones, HANDLED),
    "household": UnknownSound(household, HANDLED),
    "animals_unknown": UnknownSound(animals_unknown, ANYWHERE),
    "noise": UnknownSound(noise, INDOORS),
}

UNKNOWN_KINDS: Final[tuple[str, ...]] = tuple(KINDS)


def synthesize_unknown(
    seed: int, *, kind: str | None = None, duration_s: float = 10.0, sample_rate_hz: int = SAMPLE_RATE_HZ
) -> NDArray[np.float32]:
    """Return a sound of no scene, mono [round(duration_s * sample_rate_hz)], within ±1.

    The same seed, kind, duration and rate give the same samples; without a `kind` the kinds take turns by `seed`.
    The level is drawn as a scene's is, from about -42 dBFS far to -12 near, but for `room_tone`: -70..-45 dBFS RMS.
    Raises ValueError for a kind not in `UNKNOWN_KINDS`, a duration that holds no sample, or a rate outside
    4000..192000 Hz.
    """
    name = UNKNOWN_KINDS[seed % len(UNKNOWN_KINDS)] if kind is None else kind
    if name not in KINDS:
        raise ValueError(f"kind must be one of {', '.join(UNKNOWN_KINDS)}; got {name!r}")
    lead_in, heard = int(LEAD_IN_S * sample_rate_hz), heard_samples(duration_s, sample_rate_hz)
    rng = np.random.default_rng([seed, *f"unknown:{name}".encode()])
    nearness, hour = float(rng.uniform(0.0, 1.0)), float(rng.uniform(0.0, 24.0))
    take = Take(rng, lead_in + heard, lead_in, sample_rate_hz, nearness, hour)
    unknown = KINDS[name]
    recorded = record(take, unknown.make(take), unknown.place)
    if unknown.level_dbfs is None:
        return recorded
    level = np.float32(gain(take.uniform(*unknown.level_dbfs)))
    return as_signal(np.clip(unit(recorded) * level, -1.0, 1.0))
