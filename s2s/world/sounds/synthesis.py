"""From a take's hidden state to its sound: which scene is made how, and where it is recorded. Pure numpy."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Final

import numpy as np
from numpy.typing import NDArray

from s2s.rates import SAMPLE_RATE_HZ
from s2s.world.sounds import surroundings
from s2s.world.sounds.aircraft import aeroplane
from s2s.world.sounds.animals import birds, crickets, rooster
from s2s.world.sounds.applause import applause
from s2s.world.sounds.chainsaw import chainsaw
from s2s.world.sounds.clock import clock
from s2s.world.sounds.dog import dog
from s2s.world.sounds.drums import drums
from s2s.world.sounds.fire import fire
from s2s.world.sounds.fireworks import fireworks
from s2s.world.sounds.frogs import frogs
from s2s.world.sounds.machines import helicopter, traffic, train
from s2s.world.sounds.music import bell
from s2s.world.sounds.owl import owl
from s2s.world.sounds.people import choir, crowd
from s2s.world.sounds.siren import siren
from s2s.world.sounds.space import Place, record
from s2s.world.sounds.strings import strings
from s2s.world.sounds.take import Signal, Take
from s2s.world.sounds.water import sea, stream, underwater
from s2s.world.sounds.waterfall import waterfall
from s2s.world.sounds.weather import rain, thunderstorm, wind
from s2s.world.state import SceneState

LEAD_IN_S = 1.0  # long enough for rooms and far waves to have begun


@dataclass(frozen=True, slots=True)
class SceneSound:
    """How a scene sounds: what makes the thing's dry sound, where it is heard, and what else is there."""

    make: Callable[[Take], Signal]
    place: Place
    around: Callable[[Take], Signal] | None = None


OPEN = Place(decay_s=(0.15, 0.6), wet_db=(-8.0, -22.0))
YARD = Place(decay_s=(0.2, 1.2), wet_db=(0.0, -18.0), events=True)
ROAD = Place(decay_s=(0.2, 1.0), wet_db=(-4.0, -18.0))

SCENES: Final[dict[str, SceneSound]] = {
    "rain": SceneSound(rain, Place((0.15, 0.6), (-8.0, -22.0), absorption=0.4)),
    "thunderstorm": SceneSound(thunderstorm, Place((1.0, 3.5), (2.0, -8.0), events=True, absorption=1.6)),
    "sea": SceneSound(sea, OPEN),
    "stream": SceneSound(stream, OPEN),
    "wind": SceneSound(wind, OPEN),
    "fire": SceneSound(fire, Place((0.1, 0.6), (-6.0, -22.0))),
    "birds": SceneSound(birds, Place((0.3, 2.0), (2.0, -16.0), events=True, absorption=0.5), surroundings.outdoors),
    "crickets": SceneSound(crickets, Place((0.1, 0.6), (-4.0, -18.0), absorption=0.3), surroundings.night),
    "bell": SceneSound(bell, Place((0.5, 4.0), (2.0, -14.0), events=True)),
    "train": SceneSound(train, Place((0.2, 1.2), (-4.0, -18.0))),
    "helicopter": SceneSound(helicopter, Place((0.2, 1.2), (-4.0, -20.0), absorption=0.7)),
    "traffic": SceneSound(traffic, ROAD),
    "crowd": SceneSound(crowd, Place((0.4, 2.5), (4.0, -10.0))),
    "choir": SceneSound(choir, Place((1.0, 4.5), (6.0, -6.0))),
    "underwater": SceneSound(underwater, Place((0.2, 1.5), (0.0, -10.0), absorption=1.4)),
    "rooster": SceneSound(rooster, YARD, surroundings.farmyard),
    "waterfall": SceneSound(waterfall, Place((0.2, 1.2), (-4.0, -18.0))),
    "frogs": SceneSound(frogs, Place((0.2, 1.2), (0.0, -16.0), events=True, absorption=0.5), surroundings.night),
    "owl": SceneSound(owl, Place((0.8, 2.8), (4.0, -10.0), events=True, absorption=0.6), surroundings.night),
    "clock": SceneSound(clock, Place((0.15, 0.9), (0.0, -20.0), events=True, absorption=0.5), surroundings.room),
    "aeroplane": SceneSound(aeroplane, Place((0.2, 1.5), (-6.0, -20.0))),
    "siren": SceneSound(siren, Place((0.5, 2.2), (2.0, -14.0)), surroundings.street),
    "chainsaw": SceneSound(chainsaw, Place((0.2, 1.0), (-4.0, -18.0), absorption=0.5)),
    "applause": SceneSound(applause, Place((0.5, 2.8), (4.0, -10.0))),
    "fireworks": SceneSound(
        fireworks, Place((0.6, 2.8), (2.0, -12.0), events=True, absorption=1.4), surroundings.night
    ),
    "drums": SceneSound(drums, Place((0.15, 1.5), (2.0, -18.0), events=True)),
    "strings": SceneSound(strings, Place((0.6, 3.0), (4.0, -10.0))),
    "dog": SceneSound(dog, YARD, surroundings.yard),
}


def synthesize(
    state: SceneState, *, duration_s: float = 10.0, sample_rate_hz: int = SAMPLE_RATE_HZ
) -> NDArray[np.float32]:
    """Return the sound of one take, mono [round(duration_s * sample_rate_hz)], within ±1: the thing there throughout.

    The same state, duration and rate give the same samples. `nearness` sets the level (sustained sounds from about
    -42 dBFS RMS far to -12 near), the brightness, the share of reverberation, and how dense or violent the scene is;
    `presence` and `seconds` are for pictures, sounds that come and go are `synthesize_clip`'s. Raises ValueError for
    a duration that holds no sample or a rate outside 4000..192000 Hz.
    """
    heard = heard_samples(duration_s, sample_rate_hz)
    lead_in = int(LEAD_IN_S * sample_rate_hz)
    take = Take(state.rng("sound"), lead_in + heard, lead_in, sample_rate_hz, state.nearness, state.hour)
    scene = SCENES[state.scene]
    dry = scene.make(take)
    return record(take, dry, scene.place, scene.around(take) if scene.around else None)


def heard_samples(duration_s: float, sample_rate_hz: int) -> int:
    """Return how many samples `duration_s` is; raises ValueError as `synthesize` does."""
    if not 4_000 <= sample_rate_hz <= 192_000:
        raise ValueError(f"sample_rate_hz must lie in 4000..192000, got {sample_rate_hz}")
    heard = round(duration_s * sample_rate_hz)
    if heard < 1:
        raise ValueError(f"duration_s must hold at least one sample, got {duration_s}")
    return heard
