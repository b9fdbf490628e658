"""The course of a calibration: wait until the show lives, play the clicks, listen to the last, end the show.

It takes part in the show as one more control surface, which the loop looks after once a turn.
"""

import logging
from collections.abc import Callable
from functools import partial
from typing import Final

from installation.audio.loudspeaker import LoudspeakerCore
from installation.audio.source import SourceError
from installation.calibration.clicks import click_times_s, click_track
from installation.calibration.stage import RingWatch, WatchedEar, WatchedSurface, Witness
from installation.calibration.timing import Measurement, measure
from installation.control_status import ControlStatus
from installation.hosting import ChildHost
from installation.show_parts import Parts
from installation.status import LoudspeakerStatus

log = logging.getLogger(__name__)

_SETTLE_S: Final = 2.0
"""After the first living picture: shaders, caches and the size of the passes find themselves."""
_LONGEST_WAIT_S: Final = 60.0
_LISTEN_ON_S: Final = 1.5
_DELAYS: Final = ("/audio/delay", "/render/delay")

NOTHING_HEARD: Final = "nothing came from the source for 60 s: there is nothing to calibrate"


class Calibration:
    """Measures in the show whose `parts` it is put into; `stop` ends that show. The show's thread alone."""

    def __init__(self, parts: Parts, clicks: int) -> None:
        self.render_delay_ms = float(parts.desk.get("/render/delay"))
        """What the preset asks for: no part of the measurement, but of what is advised."""
        self.stop: Callable[[], None] = lambda: None
        self._parts, self._clicks = parts, clicks
        self._watch = RingWatch(parts.ring)
        self._witness = Witness(parts.ring, parts.clock, self._watch)
        self._times_s = click_times_s(clicks)
        self._speaker = ChildHost(
            "loudspeaker",
            partial(LoudspeakerCore, partial(click_track, self._times_s), self._times_s),
            LoudspeakerStatus(),
        )
        self._began_at: float | None = None
        self._living_at: float | None = None
        self._ended_at: float | None = None
        self._problem, self._over = "", False

    def take_part(self) -> None:
        """Stand in the places of the show's ear and surface, without the delays that are to be found."""
        for address in _DELAYS:
            self._parts.desk.post(address, 0.0, "calibration")
        self._parts.fast_path = WatchedEar(self._witness)
        self._parts.surface = WatchedSurface(self._parts.surface, self._witness)
        self._parts.controls["calibration"] = self

    def start(self) -> None:
        """Begin to watch the ring."""
        self._watch.start()

    def poll(self, now: float) -> None:
        """Do what is next."""
        self._began_at = now if self._began_at is None else self._began_at
        if self._living_at is None:
            self._wait(now, self._began_at)
        elif now - self._living_at >= _SETTLE_S:
            self._play(now)

    def status(self) -> ControlStatus:
        """Return what keeps it from measuring."""
        return ControlStatus(problem=self._problem)

    def close(self) -> None:
        """Silence the loudspeaker."""
        self._watch.close()
        self._speaker.close()

    @property
    def is_over(self) -> bool:
        """Whether it has come to its own end, and was not ended by somebody else."""
        return self._over

    def result(self) -> Measurement:
        """Return what was found. Raises SourceError where nothing could be played or heard."""
        if self._problem:
            raise SourceError(self._problem)
        played = self._speaker.status()
        if played.gaps:
            log.warning("the sound output ran dry %d times: this machine is too busy to be measured well", played.gaps)
        return measure(self._clicks, played.played_at, self._witness.heard)

    def _wait(self, now: float, began_at: float) -> None:
        sounds = self._parts.ring.position.written > 0
        if sounds and (self._parts.frames.serial > 0 or now - began_at > _LONGEST_WAIT_S):
            self._living_at = now
        elif now - began_at > _LONGEST_WAIT_S:
            self._give_up(NOTHING_HEARD)

    def _play(self, now: float) -> None:
        self._speaker.supervise(now)
        if self._speaker.failure is not None:
            self._give_up(self._speaker.failure.message)
        elif self._ended_at is not None and now - self._ended_at >= _LISTEN_ON_S:
            self._end()
        elif self._ended_at is None and self._speaker.status().ended:
            self._ended_at = now

    def _give_up(self, problem: str) -> None:
        self._problem = problem
        self._end()

    def _end(self) -> None:
        self._over = True
        self.stop()
