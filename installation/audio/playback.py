"""The core of capture for a film: a sound that is known to its end, played by the film's own time.

The same conditioning by the same parameters as live, without devices, threads or real time: equal films are equal.
"""

from typing import Final

import numpy as np

from installation.audio.conditioning import Conditioner
from installation.audio.performance import Performance
from installation.mailbox import JsonBox
from installation.parameters import DEFAULTS
from installation.ring import AudioRing
from installation.soundtrack import Soundtrack
from installation.status import CaptureStatus
from installation.values import SAMPLE_RATE_HZ, Controls, Samples
from installation.worker_params import ParamsReader

_EVERY_FRAME: Final = 0.0
_LEAD_S: Final = 1.0
"""So much of what is coming has been heard when a film begins: its first picture is of that, not of nothing."""


class PlaybackCore:
    """Puts what has sounded since the last step into the ring, conditioned as `params` ask."""

    def __init__(self, source: str, soundtrack: Soundtrack, seed: int, ring: AudioRing, params: JsonBox) -> None:
        self._source, self._soundtrack, self._seed, self._ring = source, soundtrack, seed, ring
        self._params = ParamsReader(params)
        self._controls = Controls(DEFAULTS)
        self._performance: Performance | None = None
        self._conditioner = Conditioner(self._second)
        self._played = 0

    def step(self, now: float) -> float:
        """Let everything up to `now` be heard."""
        params = self._params.newest()
        if params is not None:
            self._controls = params.controls
        if not self._played:
            self._lead_in(now)
        heard = self._soundtrack.heard(now)
        sound = self._soundtrack.samples[self._played : heard]
        self._ring.write(self._conditioner.condition(sound, self._controls), now)
        self._played = heard
        return _EVERY_FRAME

    def _lead_in(self, now: float) -> None:
        """Put the beginning into the ring backwards, before itself: it leads to the first sample without a click."""
        lead = np.asarray(self._soundtrack.samples[: round(_LEAD_S * SAMPLE_RATE_HZ)])[::-1]
        self._ring.write(self._conditioner.condition(lead, self._controls), now)

    def status(self) -> CaptureStatus:
        """Return what is heard, and whether it is over."""
        ended = self._played == len(self._soundtrack.samples)
        gain_db = round(self._conditioner.auto_gain_db, 1)
        return CaptureStatus(source=self._source, wanted=self._source, ended=ended, auto_gain_db=gain_db)

    def close(self) -> None:
        """Give back what the second sound holds."""
        if self._performance is not None:
            self._performance.close()

    def _second(self, count: int) -> Samples:
        """Return the next samples of the second sound, which is made only if the mix asks for it."""
        if self._performance is None:
            self._performance = Performance(self._seed)
        return self._performance.read(count)
