"""Goes from cue to cue, at a hand, after a cue's duration, at its time of the day; and through the playlist.

A control surface of its own: it follows the rows of `/show/` that say so, and moves what a cue names as a change of
preset does. `/show/lock` stops whatever changes by itself.
"""

import logging
from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from functools import partial
from typing import Final

from installation.clock import unix_time_s
from installation.control.rejections import RejectionCounter
from installation.control_status import ControlStatus
from installation.cues.cue_list import BACK, NEXT, Cue, CueList, PlaylistPlan
from installation.cues.player import BeatCounter, CuePlayer, DailyCues, next_by_clock
from installation.cues.playlist import PlaylistOrder
from installation.cues.status import CueStatus
from installation.desk import Desk
from installation.followed_file import FollowedFile
from installation.parameters import nearest
from installation.presets.follower import Look, PresetFollower
from installation.presets.preset import Preset
from installation.values import Features
from s2s.files.quote import one_line, quoted

log = logging.getLogger(__name__)

CUE: Final = "/show/cue"
GO: Final = "/show/go"
GO_BACK: Final = "/show/back"
PLAYLIST: Final = "/show/playlist"
LOCK: Final = "/show/lock"
MODEL: Final = "/show/model"
ORIGIN: Final = "cue"
_CLOCK_EVERY_S: Final = 0.25


@dataclass(frozen=True, slots=True)
class CueSources:
    """What cues are played with: `load` returns a preset by name, in a thread, or raises PresetError; `presets` lists
    those that there are and does not wait; `model` finds the folder of a model's name, in a thread; `features` are
    those of now; `wall` the clock on the wall.
    """

    load: Callable[[str], Preset]
    presets: Callable[[], Sequence[str]]
    model: Callable[[str], str]
    features: Callable[[], Features]
    wall: Callable[[], float] = unix_time_s


class CueDeeds:
    """Belongs to the show's thread; `shown` and `names` are for any."""

    def __init__(
        self, desk: Desk, follower: PresetFollower, file: FollowedFile[CueList], sources: CueSources, seed: int
    ) -> None:
        self._desk, self._follower, self._file, self._sources = desk, follower, file, sources
        self._player, self._daily, self._beats = CuePlayer(), DailyCues(), BeatCounter()
        self._order, self._dwelt_s, self._look = PlaylistOrder(seed), 0.0, follower.shown
        self._upcoming_look: str | None = None
        self._taken: object = desk.taken
        self._at: float | None = None
        self._said = self._timed = ""
        self._clock_at = float("-inf")
        self._rejections = RejectionCounter("cues", log)
        self._shown = CueStatus()

    @property
    def names(self) -> tuple[str, ...]:
        """The cues that there are, by name."""
        return self._shown.cues

    def start(self) -> None:
        """Read the file; begin with the cue that it starts with."""
        self._file.start()
        self._take_file()
        place = self._player.cues.place_of(self._player.cues.start)
        if place is not None:
            self._go(place)

    def poll(self, now: float) -> None:
        """Do what a hand has asked for since the last turn, and what has its time. Never waits."""
        self._rejections.report(now)
        if self._file.poll(now):
            self._take_file()
        self._say()
        features = self._sources.features()
        beats = self._beats.follow(features.beat, features.tempo_bpm, now)
        dt_s, self._at = (0.0 if self._at is None else max(now - self._at, 0.0)), now
        locked = bool(self._desk.standing(LOCK))
        if not locked:
            self._player.advance(dt_s, beats)
            self._dwelt_s += dt_s
        asked = self._asked()
        by_clock = self._follow_clock(now)
        if asked is not None:
            self._do(asked)
        elif not locked:
            place = by_clock if by_clock is not None else self._player.due
            if place is not None:
                self._go(place)
            else:
                self._follow_playlist()
        self._shown = self._state(features.tempo_bpm)

    def _follow_clock(self, now: float) -> int | None:
        """Return the cue whose time of the day has come; looked at now and then, for it costs a little a cue."""
        if now < self._clock_at:
            return None
        self._clock_at, wall_s = now + _CLOCK_EVERY_S, self._sources.wall()
        timed = next_by_clock(self._player.cues, wall_s)
        self._timed = "" if timed is None else f"{self._player.cues.cues[timed[0]].name} at {timed[1]:%H:%M}"
        return self._daily.due(self._player.cues, wall_s)

    def shown(self) -> CueStatus:
        """Return which cue is shown and which comes next, when. Any thread."""
        return self._shown

    def status(self) -> ControlStatus:
        """Return what is wrong with the file, and what was refused."""
        return ControlStatus(
            problem=self._file.problem, refused=self._rejections.count, last_refusal=self._rejections.last
        )

    def close(self) -> None:
        """Nothing is held."""

    def _take_file(self) -> None:
        cues, before = self._file.value, self._player.cues
        self._player.take(cues)
        self._clock_at = float("-inf")
        self._correct()
        if cues.playlist.order != before.playlist.order:
            self._desk.correct(PLAYLIST, cues.playlist.order)
        if self._file.there:
            log.info("cues: %d read%s", len(cues.cues), "" if cues.cues or cues.playlist.looks else ", none")
        self._shown = self._state(0.0)

    def _say(self) -> None:
        if self._file.problem != self._said:
            self._said = self._file.problem
            if self._said:
                log.warning("%s; the cues before stay", self._said)

    def _asked(self) -> str | None:
        """Return what a hand has asked for in the last turn: the same cue again, too, which is no change of the row."""
        taken, before = self._desk.taken, self._taken
        self._taken = taken
        if taken is before:
            return None
        said = {post.address: post for post in taken if post.address in (CUE, GO, GO_BACK)}
        if CUE in said:
            return str(said[CUE].value)
        return NEXT if GO in said else BACK if GO_BACK in said else None

    def _do(self, asked: str) -> None:
        player, word = self._player, asked.strip()
        if word.lower() in (NEXT, "go"):
            place, reason = player.upcoming, "there is no cue after this one" if player.cues.cues else ""
        elif word.lower() == BACK:
            place, reason = player.before, "there is no cue before this one" if player.cues.cues else ""
        else:
            names = [cue.name for cue in player.cues.cues]
            place = player.cues.place_of(word)
            reason = f"there is no cue {quoted(word)}{nearest(word, names)}" if names else ""
        if place is not None:
            self._go(place)
            return
        if word:
            self._rejections.add(reason or f"there are no cues: the venue has no {self._file.name}")
        self._correct()

    def _correct(self) -> None:
        """The row says which cue is shown."""
        self._desk.correct(CUE, "" if self._player.current is None else self._player.current.name)

    def _go(self, place: int) -> None:
        cue = self._player.go(place)
        log.info("cue %d: %s", place + 1, cue.name)
        self._correct()
        self._dwelt_s = 0.0
        if cue.preset is not None:
            self._follower.ask(cue.preset, partial(self._look_of, cue, cue.preset))
            return
        if cue.model is not None:
            self._desk.post(MODEL, cue.model, ORIGIN)
        if cue.values:
            morph_s = float(self._desk.get("/show/morph")) if cue.morph_s is None else cue.morph_s
            self._desk.morph(cue.values, morph_s, cue.easing)

    def _look_of(self, cue: Cue, name: str) -> Look:
        """Return a cue's look, in a thread: its preset with its own values, and its own model."""
        preset = self._sources.load(name)
        if cue.model is not None:
            preset = replace(preset, model=self._sources.model(cue.model))
        look = Look.of(name, preset)
        return replace(look, values={**(look.values or {}), **cue.values}, morph_s=cue.morph_s, easing=cue.easing)

    def _follow_playlist(self) -> None:
        """Go to the next look where this one has had its time, and no cue has one of its own."""
        if self._follower.shown != self._look:
            self._look, self._dwelt_s = self._follower.shown, 0.0
        plan, order = self._player.cues.playlist, str(self._desk.standing(PLAYLIST))
        busy = (self._player.left_s(1.0) or 0.0) > 0.0
        self._upcoming_look = None if busy else self._order.upcoming(self._looks(plan), self._look, order)
        if self._upcoming_look is None:
            self._dwelt_s = 0.0
        elif self._dwelt_s >= plan.dwell_s:
            name, self._dwelt_s = self._upcoming_look, 0.0
            self._order.went(name)
            log.info("playlist: %s", name)
            self._follower.ask(name, partial(self._look_of, _as_cue(name, plan), name))

    def _looks(self, plan: PlaylistPlan) -> Sequence[str]:
        return plan.looks or self._sources.presets()

    def _state(self, bpm: float) -> CueStatus:
        player = self._player
        cue, upcoming = player.current, player.upcoming
        left_s = player.left_s(bpm)
        look, plan = self._upcoming_look, player.cues.playlist
        return CueStatus(
            cues=tuple(one.name for one in player.cues.cues),
            current="" if cue is None else cue.name,
            number=0 if cue is None or player.place is None else player.place + 1,
            next="" if upcoming is None else player.cues.cues[upcoming].name,
            left_s=None if left_s is None else round(left_s, 1),
            by_itself=cue is not None and cue.duration is not None and cue.then != "wait" and upcoming is not None,
            at=self._timed,
            look="" if look is None else look,
            look_left_s=None if look is None else round(max(plan.dwell_s - self._dwelt_s, 0.0), 1),
            locked=bool(self._desk.standing(LOCK)),
        )


def _as_cue(name: str, plan: PlaylistPlan) -> Cue:
    return Cue(one_line(name), preset=name, morph_s=plan.morph_s, easing=plan.easing)
