"""The desk: the only writer of `Controls`. Any thread may post an update; the show ticks and gets a snapshot.

Pending updates wait in one slot per address, so that a flood of fader moves costs one value a tick. Numbers glide by
their row's smoothing, a preset's values move together over the morph time along `/show/easing`, modulation is added
last and never stored.
"""

import threading
import time
from collections.abc import Callable, Iterator, Mapping, Sequence
from types import MappingProxyType
from typing import NamedTuple, Protocol

from installation.easing import EASINGS, Easing, Ramp
from installation.modulation import Modulator, Route, follow
from installation.parameter import Kind, Parameter, ParameterError
from installation.parameters import DEFAULTS, PARAMETERS, nearest, parameter
from installation.values import Controls, Features, ParameterValue
from s2s.files.quote import quoted

Watcher = Callable[[str, ParameterValue, str], None]
RowWatcher = Callable[[Sequence[str], Sequence[str]], None]
"""Told which rows have come, or are others, and which have gone, by their addresses."""


class Annex(Protocol):
    """Rows beside the table's that come and go, with their values, which move by themselves: inputs of shaders.

    Any thread, but for `take`.
    """

    @property
    def rows(self) -> Mapping[str, Parameter]:
        """Return those that there are now: another mapping whenever they are others."""
        ...

    def set(self, address: str, value: ParameterValue, origin: str) -> None:
        """Move one to a value that its row takes. Raises ParameterError where it has just gone."""
        ...

    def standing(self, address: str) -> ParameterValue: ...

    def take(self) -> Sequence[tuple[str, ParameterValue, str]]:
        """Return what has changed since the last time, by whom."""
        ...


class Post(NamedTuple):
    """What a surface asked for: the value, who asked, and since when it waits (monotonic seconds)."""

    address: str
    value: ParameterValue
    origin: str
    at: float


class Desk:
    """Holds what was set, what is shown of it now, and who wants to know. Ticked by the show's thread alone."""

    def __init__(self, values: Mapping[str, ParameterValue] = DEFAULTS, routes: Sequence[Route] = ()) -> None:
        self._lock = threading.Lock()
        self._pending_updates: dict[str, Post] = {}
        self._morph: tuple[Mapping[str, ParameterValue], float, str | None] | None = None
        self._set: dict[str, ParameterValue] = {a: parameter(a).check(v) for a, v in {**DEFAULTS, **values}.items()}
        self._moving: dict[str, float] = {a: float(v) for a, v in self._set.items() if PARAMETERS[a].is_number}
        self._ramps: dict[str, Ramp] = {}
        self._modulator = Modulator(routes)
        self._watchers: list[Watcher] = []
        self._row_watchers: list[RowWatcher] = []
        self._annex: Annex | None = None
        self._annexed: Mapping[str, Parameter] = MappingProxyType({})
        self.rows: Mapping[str, Parameter] = PARAMETERS
        """The table, and what has joined it for now. Any thread: whoever goes through it takes it once."""
        self._ticked_at: float | None = None
        self._revision = 0
        self.taken: tuple[Post, ...] = ()
        """What the last tick took in."""

    def join(self, annex: Annex) -> None:
        """Have the rows of `annex` beside the table's from the next tick on."""
        self._annex = annex

    def row(self, address: str) -> Parameter:
        """Return the row of that address. Any thread. Raises ParameterError that names the nearest one."""
        row = self.rows.get(address)
        if row is None:
            raise ParameterError(f"there is no parameter {quoted(address)}{nearest(address, self.rows)}")
        return row

    def post(self, address: str, value: object, origin: str, at: float | None = None) -> None:
        """Ask for a value, as leniently read as `Parameter.accept` says; it counts from the next tick. Any thread.

        `at` is when the hand moved, in monotonic seconds, where the surface knows better than "now". Raises
        ParameterError in one line.
        """
        accepted = self.row(address).accept(value)
        if self._annex is not None and address not in PARAMETERS:
            self._annex.set(address, accepted, origin)
            return
        at = time.monotonic() if at is None else at
        with self._lock:
            before = self._pending_updates.get(address)
            if before is not None and before.origin == origin:
                at = min(at, before.at)  # the newest value wins, but the hand waits since the first
            self._pending_updates[address] = Post(address, accepted, origin, at)

    def post_unit(self, address: str, position: float, origin: str, at: float | None = None) -> None:
        """Ask for the value at `position` 0..1 of a fader's travel; a switch is on from the middle. Any thread."""
        row = self.row(address)
        if row.is_number:
            self.post(address, row.clamp(row.from_unit(position)), origin, at)
        elif row.kind is Kind.BOOL:
            self.post(address, position >= 0.5, origin, at)
        elif row.kind is Kind.TRIGGER:
            if position >= 0.5:  # a button that comes up again is not a second event
                self.post(address, True, origin, at)
        else:
            raise ParameterError(f"{address} takes {row.range_text}: a fader cannot reach it")

    def get(self, address: str) -> ParameterValue:
        """Return what was last asked for, without smoothing or modulation. Any thread."""
        self.row(address)
        if self._annex is not None and address not in PARAMETERS:
            return self._annex.standing(address)
        with self._lock:
            pending = self._pending_updates.get(address)
            return self._set[address] if pending is None else pending.value

    def standing(self, address: str) -> ParameterValue:
        """Return what counts, without what was asked for since: from here on each change is watched. Any thread."""
        self.row(address)
        if self._annex is not None and address not in PARAMETERS:
            return self._annex.standing(address)
        with self._lock:
            return self._set[address]

    @property
    def ticked_at(self) -> float | None:
        """When the show last took in what was asked for, in its clock's seconds; None before the first time."""
        return self._ticked_at

    def watch(self, watcher: Watcher) -> None:
        """Call `watcher(address, value, origin)` at each change, on the show's thread; it must not block."""
        self._watchers.append(watcher)

    def watch_rows(self, watcher: RowWatcher) -> None:
        """Call `watcher` whenever rows join the table or leave it, on the show's thread; it must not block."""
        self._row_watchers.append(watcher)

    def morph(self, values: Mapping[str, ParameterValue], duration_s: float, easing: str | None = None) -> None:
        """Move to all of `values` in `duration_s` seconds from the next tick; switches turn at once. Any thread.

        Numbers move as `easing` says, else `/show/easing`. A hand on one of them takes it out of the movement.
        """
        checked = {address: parameter(address).check(value) for address, value in values.items()}
        with self._lock:
            self._morph = (checked, duration_s, easing)

    def correct(self, address: str, value: ParameterValue) -> None:
        """State what is so, whatever was asked for before; a pending update stands. The show's thread alone."""
        self._take(address, parameter(address).check(value), "show")

    def aim(self, values: Mapping[str, ParameterValue], routes: Sequence[Route]) -> None:
        """Set all of `values` and the modulation, as one fader does that moves many: what is on its way in a morph
        arrives there instead, and when it would have; the rest glides as its row says. The show's thread alone.
        """
        now = self._ticked_at or 0.0
        for address, value in values.items():
            if address in self._ramps:
                self._ramps[address] = self._ramps[address].turned(float(value), now)
            self._take(address, parameter(address).check(value), "preset")
        self._modulator.turn(routes)

    def stands(self) -> dict[str, ParameterValue]:
        """Return every value as it stands on the wall, without modulation: what a morph moves is where it has come to,
        the rest is what was asked for. The show's thread alone.
        """
        halfway = {address: PARAMETERS[address].check(self._moving[address]) for address in self._ramps}
        return {**self._set, **halfway}

    def route(self, routes: Sequence[Route], duration_s: float = 0.0, easing: str | None = None) -> None:
        """Cross to another modulation in `duration_s` seconds. The show's thread alone."""
        self._modulator.go_to(routes, duration_s, EASINGS[easing] if easing else self._easing)

    def tick(self, now: float, features: Features) -> Controls:
        """Take in all pending updates and return the values at `now`. The show's thread alone."""
        dt_s = 0.0 if self._ticked_at is None else max(now - self._ticked_at, 0.0)
        first, self._ticked_at = self._ticked_at is None, now
        if self._annex is not None:
            self._follow(self._annex)
        with self._lock:
            updates, self._pending_updates = self._pending_updates, {}
            morph, self._morph = self._morph, None
        if morph is not None:
            self._begin_morph(*morph, now)
        self.taken = tuple(updates.values())
        for post in self.taken:
            self._ramps.pop(post.address, None)
            self._take(post.address, post.value, post.origin)
        values = dict(self._set)
        values.update(self._moved(now, dt_s, at_once=first))
        for address, offset in self._modulator.offsets(features, dt_s).items():
            values[address] = PARAMETERS[address].clamp(float(values[address]) + offset)
        return Controls(MappingProxyType(values), self._revision)

    def _follow(self, annex: Annex) -> None:
        """Take up which rows have joined or left, and tell what has moved there."""
        before, self._annexed = self._annexed, annex.rows
        if self._annexed is not before and (rows := dict(self._annexed)) != dict(before):
            self.rows = MappingProxyType({**PARAMETERS, **rows})
            came = tuple(address for address, row in rows.items() if before.get(address) != row)
            went = tuple(address for address in before if address not in rows)
            for watcher in self._row_watchers:
                watcher(came, went)
        for address, value, origin in annex.take():
            if address in self.rows:
                self._tell(address, value, origin)

    def _begin_morph(
        self, values: Mapping[str, ParameterValue], duration_s: float, named: str | None, now: float
    ) -> None:
        easing = EASINGS[named] if named else self._easing  # the preset that comes may bring another, for the next one
        for address, value in values.items():
            row = PARAMETERS[address]
            if row.is_number and duration_s > 0:
                self._ramps[address] = Ramp(row, self._moving[address], float(value), now, duration_s, easing)
            self._take(address, value, "preset")

    @property
    def _easing(self) -> Easing:
        return EASINGS[str(self._set["/show/easing"])]

    def _take(self, address: str, value: ParameterValue, origin: str) -> None:
        if PARAMETERS[address].kind is not Kind.TRIGGER:
            if self._set[address] == value:
                return
            self._set[address] = value
        self._tell(address, value, origin)

    def _tell(self, address: str, value: ParameterValue, origin: str) -> None:
        self._revision += 1
        for watcher in self._watchers:
            watcher(address, value, origin)

    def _moved(self, now: float, dt_s: float, *, at_once: bool) -> Iterator[tuple[str, ParameterValue]]:
        for address, value in self._moving.items():
            row, ramp = PARAMETERS[address], self._ramps.get(address)
            if ramp is not None:
                moved = ramp.at(now)
                if moved == ramp.end:
                    del self._ramps[address]
            elif at_once:
                moved = float(self._set[address])
            else:
                moved = _settled(
                    row, follow(value, float(self._set[address]), dt_s, row.smoothing_s), self._set[address]
                )
            self._moving[address] = moved
            yield address, round(moved) if row.kind is Kind.INT else moved


def _settled(row: Parameter, value: float, target: ParameterValue) -> float:
    """End a glide for good once it is closer than anyone can see: exact ends make exact tests and quiet echoes."""
    close = 1e-4 * (row.high - row.low)
    return float(target) if abs(value - float(target)) < close else value
