"""What the world's painter shows of what is heard: scenes that come and go, things that draw near, the hour gliding.

Pure; seconds come in as an argument, and chance from the show's seed. Runs on the show's main thread.
"""

import random
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from typing import Final

from installation.modulation import follow
from installation.render.crossfade import Ramp
from installation.render.crossing import Crossing, Settling
from installation.render.layers import layers_of
from installation.status import HeardSource, HeardStatus
from installation.values import Controls, Doing
from s2s.world.state import SceneState, draw_state

_NEARNESS_S: Final = 2.0
_PRESENCE_S: Final = 1.0
_HOUR_S: Final = 8.0
"""Time constants. The hour's is that of a sound that speaks of it plainly; one that says nothing leaves the hour."""
_CLOCK_S: Final = 4.0
"""From the hour that is told or heard to that of the clock on the wall: half a day goes by, and nobody saw it leap."""
_WHOLLY_THERE: Final = 0.6
"""A presence that is heard is how likely the thing is there: from here on it is painted as wholly there."""
_GONE: Final = 0.01
_DAY_H: Final = 24.0


@dataclass(frozen=True, slots=True)
class WorldPicture:
    """`parts` are the moment to paint, the one that owns the place first; `share` 0..1 is how far it has faded in."""

    parts: tuple[SceneState, ...] = ()
    share: float = 0.0


@dataclass(slots=True)
class _Part:
    """One thing in the picture; `seconds` count from its coming."""

    scene: str
    seed: int
    nearness: float
    presence: float
    seconds: float = 0.0

    def move(self, heard: HeardSource | None, dt_s: float, *, leaves: bool = False) -> None:
        """Go on for `dt_s` seconds towards what is heard of it; None changes nothing but what moves by itself."""
        self.seconds += dt_s
        if heard is not None:
            self.nearness = follow(self.nearness, heard.nearness, dt_s, _NEARNESS_S)
        if heard is not None or leaves:
            target = 0.0 if heard is None else _painted_presence(heard)
            self.presence = follow(self.presence, target, dt_s, _PRESENCE_S)

    def state(self, nearness: float, hour: float) -> SceneState:
        return SceneState(self.scene, self.seed, nearness, hour, self.presence, self.seconds)


@dataclass(slots=True)
class WorldScene:
    """Follows what is heard. `seed` fixes every take; `wall_hour` tells the local time of the day in hours."""

    seed: int
    wall_hour: Callable[[], float]
    _place_name: Settling = field(default_factory=Settling)
    _over_name: Settling = field(default_factory=Settling)
    _crossing: Crossing = field(default_factory=Crossing)
    _place: _Part | None = None
    _over: _Part | None = None
    _hour: float = 12.0
    _clock: Ramp | None = None
    _takes: int = 0

    def update(
        self, heard: HeardStatus, controls: Controls, dt_s: float, is_ready: Callable[[str], bool]
    ) -> WorldPicture:
        """Go on for `dt_s` seconds and return what to paint; a scene is begun once `is_ready` says so.

        Where the show drifts or remembers, or nothing is named, what is there stays and goes on moving.
        """
        layers = self._layers(heard)
        share = self._cross(heard, layers, dt_s, is_ready)
        clock = self._follow_clock(controls.switch("/scene/clock"), dt_s)
        if self._place is None:
            return WorldPicture()
        self._move(heard, layers, dt_s, is_ready)
        return WorldPicture(tuple(self._states(controls, clock)), share)

    def _follow_clock(self, wanted: bool, dt_s: float) -> float:
        """Return how far the hour is that of the clock on the wall, 0..1; at the beginning as it is asked for."""
        self._clock = self._clock or Ramp(_CLOCK_S, float(wanted))
        return self._clock.update(wanted, dt_s)

    def _layers(self, heard: HeardStatus) -> Sequence[HeardSource] | None:
        """Return what to paint of what is heard, None where that says nothing new."""
        if heard.doing is not Doing.PAINTING or not heard.sources:
            return None
        return layers_of(heard.sources, self._crossing.scene)

    def _cross(
        self,
        heard: HeardStatus,
        layers: Sequence[HeardSource] | None,
        dt_s: float,
        is_ready: Callable[[str], bool],
    ) -> float:
        name = self._place_name.name if layers is None else layers[0].name if layers else None
        take = self._crossing.take
        share = self._crossing.update(self._place_name.update(name, dt_s), dt_s, is_ready)
        scene = self._crossing.scene
        if scene is None:
            self._place = self._over = None
        elif self._crossing.take != take:
            source = layers[0] if layers and layers[0].name == scene else None
            self._place, self._over = self._new_part(scene, source, there=True), None
            own_hour = draw_state(scene, self._place.seed).hour
            self._hour = _towards_hour(own_hour, heard.hour, heard.hour_firmness)
        return share

    def _move(
        self, heard: HeardStatus, layers: Sequence[HeardSource] | None, dt_s: float, is_ready: Callable[[str], bool]
    ) -> None:
        assert self._place is not None
        heard_by_name = {source.name: source for source in layers or ()}
        self._place.move(heard_by_name.get(self._place.scene), dt_s)
        name = self._over_name.name if layers is None else layers[1].name if len(layers) > 1 else None
        wanted = self._over_name.update(name, dt_s)
        self._lay_over(wanted, heard_by_name, dt_s, is_ready)
        if layers is not None:
            nearer = follow(0.0, 1.0, dt_s * heard.hour_firmness, _HOUR_S)
            self._hour = _towards_hour(self._hour, heard.hour, nearer)

    def _lay_over(
        self, wanted: str | None, heard: dict[str, HeardSource], dt_s: float, is_ready: Callable[[str], bool]
    ) -> None:
        """Let what is over the place go on, come or go: one thing leaves before another comes."""
        if self._over is not None:
            leaves = wanted != self._over.scene
            self._over.move(None if leaves else heard.get(self._over.scene), dt_s, leaves=leaves)
            if leaves and self._over.presence < _GONE:
                self._over = None
        elif wanted is not None and self._place is not None and wanted != self._place.scene and is_ready(wanted):
            self._over = self._new_part(wanted, heard.get(wanted), there=False)

    def _new_part(self, scene: str, heard: HeardSource | None, *, there: bool) -> _Part:
        self._takes += 1
        seed = random.Random(self.seed * 1_000_003 + self._takes).randrange(2**31)
        source = heard or HeardSource(scene, 1.0)
        return _Part(scene, seed, source.nearness, _painted_presence(source) if there else 0.0)

    def _states(self, controls: Controls, clock: float) -> Sequence[SceneState]:
        firmness = controls.number("/scene/nearness_hold")
        held = controls.number("/scene/nearness")
        hour = _towards_hour(_held_hour(self._hour, controls), self.wall_hour(), clock)
        parts = [part for part in (self._place, self._over) if part is not None]
        return [part.state(part.nearness + firmness * (held - part.nearness), hour) for part in parts]


def _painted_presence(heard: HeardSource) -> float:
    return min(max(heard.presence / _WHOLLY_THERE, 0.0), 1.0)


def _held_hour(hour: float, controls: Controls) -> float:
    return _towards_hour(hour, controls.number("/scene/hour"), controls.number("/scene/hour_hold"))


def _towards_hour(start: float, end: float, share: float) -> float:
    """Go from one hour to another, the shorter way round the day; `share` 0..1 of it."""
    way = (end - start + _DAY_H / 2) % _DAY_H - _DAY_H / 2
    return _of_day(start + share * way)


def _of_day(hour: float) -> float:
    wrapped = hour % _DAY_H
    return 0.0 if wrapped >= _DAY_H else wrapped  # a hair before midnight rounds up to it
