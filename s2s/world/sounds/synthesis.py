"""From a take's hidden state to its sound: which scene is made how, and where it is recorded. Pure numpy."""

from collections.abc import Callable
from typing import Final

import numpy as np
from numpy.typing import NDArray

from s2s.world.sounds.animals import birds, crickets, rooster
from s2s.world.sounds.fire import fire
from s2s.world.sounds.machines import helicopter, traffic, train
from s2s.world.sounds.music import bell
from s2s.world.sounds.people import choir, crowd
from s2s.world.sounds.space import Place, record
from s2s.world.sounds.take import Signal, Take
from s2s.world.sounds.water import sea, stream, underwater
from s2s.world.sounds.weather import rain, thunderstorm, wind
from s2s.world.state import SceneState

LEAD_IN_S = 1.0  # long enough for rooms and far waves to have begun

OPEN = Place(decay_s=(0.15, 0.6), wet_db=(-8.0, -22.0))
YARD = Place(decay_s=(0.2, 1.2), wet_db=(0.0, -18.0), events=True)

SCENES: Final[dict[str, tuple[Callable[[Take], Signal], Place]]] = {
    "rain": (rain, OPEN),
    "thunderstorm": (thunderstorm, Place((1.0, 3.5), (2.0, -8.0), events=True, absorption=1.6)),
    "sea": (sea, OPEN),
    "stream": (stream, OPEN),
    "wind": (wind, OPEN),
    "fire": (fire, Place((0.1, 0.6), (-6.0, -22.0))),
    "birds": (birds, Place((0.3, 2.0), (2.0, -16.0), events=True, absorption=0.5)),
    "crickets": (crickets, Place((0.1, 0.6), (-4.0, -18.0), absorption=0.3)),
    "bell": (bell, Place((0.5, 4.0), (2.0, -14.0), events=True)),
    "train": (train, Place((0.2, 1.2), (-4.0, -18.0))),
    "helicopter": (helicopter, Place((0.2, 1.2), (-4.0, -20.0))),
    "traffic": (traffic, Place((0.2, 1.0), (-4.0, -18.0))),
    "crowd": (crowd, Place((0.4, 2.5), (4.0, -10.0))),
    "choir": (choir, Place((1.0, 4.5), (6.0, -6.0))),
    "underwater": (underwater, Place((0.2, 1.5), (0.0, -10.0), absorption=1.4)),
    "rooster": (rooster, YARD),
}


def synthesize(state: SceneState, *, duration_s: float = 10.0, sample_rate_hz: int = 16_000) -> NDArray[np.float32]:
    """Return the sound of one take, mono [round(duration_s * sample_rate_hz)], within ±1.

    The same state, duration and rate give the same samples. `nearness` sets the level (sustained sounds from about
    -42 dBFS RMS far to -12 near), the brightness, the share of reverberation, and how dense or violent the scene is.
    Raises ValueError for a duration that holds no sample or a rate outside 4000..192000 Hz.
    """
    if not 4_000 <= sample_rate_hz <= 192_000:
        raise ValueError(f"sample_rate_hz must lie in 4000..192000, got {sample_rate_hz}")
    heard = round(duration_s * sample_rate_hz)
    if heard < 1:
        raise ValueError(f"duration_s must hold at least one sample, got {duration_s}")
    lead_in = int(LEAD_IN_S * sample_rate_hz)
    take = Take(state.rng("sound"), lead_in + heard, lead_in, sample_rate_hz, state.nearness, state.hour)
    make, place = SCENES[state.scene]
    return record(take, make(take), place)
