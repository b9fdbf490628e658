"""What an operator does with presets besides going to one: save, rename, go back; try, and keep or cancel.

A control surface of its own: it follows the rows of `/show/` that say so, from whichever surface they come, and sets
texts back to empty once they are done. Disks are another thread's business; the show's thread asks and fetches.
"""

import logging
from collections.abc import Callable
from dataclasses import dataclass, replace
from functools import partial
from pathlib import Path
from typing import Final, Protocol

from installation.control.rejections import RejectionCounter
from installation.control_status import PresetStatus
from installation.desk import Desk
from installation.errand import Errands
from installation.isf.inputs import IsfInputs
from installation.options import model_folder
from installation.output.thumbnail import thumbnail_jpeg
from installation.parameters import DEEDS
from installation.presets.document import shown_as_preset
from installation.presets.follower import Look, PresetFollower
from installation.presets.preset import Preset
from installation.presets.store import PresetStore, name_problem
from installation.presets.use import usable
from installation.values import ParameterValue, Pixels
from s2s.card import DEFAULT_BUNDLE
from s2s.files.quote import one_line

log = logging.getLogger(__name__)

SAVE: Final = "/show/save"
RENAME: Final = "/show/rename"
VERSION: Final = "/show/version"
REVERT: Final = "/show/revert"
TRY: Final = "/show/try"
KEEP: Final = "/show/keep"
CANCEL: Final = "/show/cancel"
_DEEDS: Final = frozenset({SAVE, RENAME, VERSION, REVERT, TRY, KEEP, CANCEL})
_ON_DISK: Final = (SAVE, RENAME)
_STAYS: Final = frozenset({*DEEDS, "/show/blackout", "/show/freeze"})
"""What /show/cancel does not touch: who went dark stays dark."""
_PICTURE_WITHIN_S: Final = 1.0
_DARK_BELOW: Final = 0.2
_PAUSE_S: Final = 0.5
"""Between two savings: a flood of them is not a flood of files and lines in the log."""
_AT_THE_END_S: Final = 2.0


class Wall(Protocol):
    """Gives the picture on the wall, a turn after it was asked for."""

    def ask(self) -> None: ...

    def take(self) -> Pixels | None: ...


@dataclass(frozen=True, slots=True)
class _Saving:
    """A look that is to be saved as `name`, as soon as its picture has come; `shown` is what it was made from, `model`
    the folder that a hand went to, None where it is the preset's own.
    """

    name: str
    preset: Preset
    model: Path | None
    shown: Preset
    asked_at: float


@dataclass(frozen=True, slots=True)
class _Done:
    """What an errand did: `preset` is called `name` now; `shown` is what was on the wall when it was sent."""

    words: str
    name: str
    preset: Preset
    shown: Preset


class PresetDeeds:
    """Belongs to the show's thread. `model` returns the folder of the model that a hand went to, None where the
    preset's own plays.
    """

    def __init__(
        self,
        desk: Desk,
        follower: PresetFollower,
        store: PresetStore,
        wall: Wall,
        model: Callable[[], Path | None] = lambda: None,
        *,
        shaders: Path | None = None,
        isf: IsfInputs | None = None,
    ) -> None:
        self._desk, self._follower, self._store, self._wall, self._model = desk, follower, store, wall, model
        self._shaders, self._isf = shaders, isf or IsfInputs()
        self._asked: dict[str, ParameterValue] = {}
        self._saving: _Saving | None = None
        self._errands: Errands[_Done] = Errands()
        self._sent, self._rests_until = "", float("-inf")
        self._noted: Look | None = None
        self._draft: Look | None = None
        self._problem = self._last = ""
        self._rejections = RejectionCounter("presets", log)
        desk.watch(self._on_change)

    def start(self) -> None:
        """Nothing is opened before somebody saves something."""

    def poll(self, now: float) -> None:
        """Do what was asked for since the last turn. Never waits."""
        self._rejections.report(now)
        if self._errands.busy:
            self._fetch(now)
        if self._saving is not None:
            self._save(self._saving, now)
        for address in list(self._asked):
            waits = self._errands.busy or self._saving is not None or now < self._rests_until
            if address not in _ON_DISK or not waits:
                self._do(address, self._asked.pop(address), now)
        if not self._follower.busy and VERSION not in self._asked:
            self._desk.correct(VERSION, self._follower.version)  # also where one was asked for that there is not

    def status(self) -> PresetStatus:
        """Return what was done last, whether there is a draft, and why the last saving failed."""
        return PresetStatus(
            problem=self._problem,
            refused=self._rejections.count,
            last_refusal=self._rejections.last,
            shown=self._follower.shown,
            version=self._follower.version,
            draft=self._draft is not None,
            last=self._last,
        )

    def close(self) -> None:
        """What is being written is written, or was never there."""
        self._errands.finish(_AT_THE_END_S)

    def _on_change(self, address: str, value: ParameterValue, origin: str) -> None:
        if address in _DEEDS and origin not in ("show", "preset"):
            self._asked[address] = value
        if address == TRY:
            self._noted = self._as_it_stands()  # before what else this turn brings

    def _do(self, address: str, value: ParameterValue, now: float) -> None:
        if address == TRY:
            self._draft, self._last = self._noted, "a draft begins"
        elif address == KEEP and self._draft is not None:
            self._draft, self._last = None, "the draft is kept"
        elif address == CANCEL and self._draft is not None:
            self._follower.show(self._draft)
            self._draft, self._last = None, "the draft is cancelled"
        elif address in (KEEP, CANCEL):
            self._refuse(address, "there is no draft: /show/try begins one")
        elif address == REVERT:
            self._go_back(0)
        elif address == VERSION:
            self._go_back(int(value))
        elif value and address == RENAME:
            self._rename(str(value), now)
        elif value:
            self._begin_to_save(str(value), now)

    def _as_it_stands(self) -> Look:
        """Return how everything stands: the way back from a draft."""
        follower, values = self._follower, self._desk.stands()
        model = self._model()
        preset = follower.current if model is None else replace(follower.current, model=str(model))
        preset = replace(preset, isf=self._isf.settings(preset.passes))
        kept = {address: value for address, value in values.items() if address not in _STAYS}
        return Look(follower.shown, preset, kept, preset.routes, follower.version)

    def _go_back(self, back: int) -> None:
        name, path = self._follower.shown, self._follower.current.path
        self._follower.ask(name, lambda: Look.of(name, usable(self._store.version(path, back), self._shaders), back))

    def _begin_to_save(self, name: str, now: float) -> None:
        if problem := name_problem(name):
            self._refuse(SAVE, problem)
            return
        shown = self._follower.current
        preset = replace(shown_as_preset(shown, self._desk.stands()), isf=self._isf.settings(shown.passes))
        if name != shown.path.stem:
            preset = replace(preset, name=name)
        self._saving = _Saving(name, preset, self._model(), shown, now)
        if not self._dark:  # a black picture says nothing of a look
            self._wall.ask()

    def _save(self, saving: _Saving, now: float) -> None:
        pixels = self._wall.take()
        if pixels is None and not self._dark and now - saving.asked_at < _PICTURE_WITHIN_S:
            return
        self._saving = None
        self._send(SAVE, f"saving {one_line(saving.name)}", partial(self._saved, saving, pixels), now)

    @property
    def _dark(self) -> bool:
        return bool(self._desk.get("/show/blackout")) or float(self._desk.get("/show/light")) < _DARK_BELOW

    def _saved(self, saving: _Saving, pixels: Pixels | None) -> _Done:
        """Save, in a thread."""
        picture = None if pixels is None else thumbnail_jpeg(pixels)
        model = (saving.model or model_folder(saving.shown)).resolve()
        own = None if model == DEFAULT_BUNDLE.resolve() else model
        preset = self._store.save(saving.name, saving.preset, own, picture)
        return _Done(f"saved {saving.name} in {self._store.folder}", saving.name, preset, saving.shown)

    def _rename(self, name: str, now: float) -> None:
        shown = self._follower.current

        def renamed() -> _Done:
            preset = self._store.rename(shown.path, name)
            return _Done(f"{shown.path.stem} is called {name} now", name, preset, shown)

        self._send(RENAME, f"renaming {one_line(shown.path.stem)}", renamed, now)

    def _send(self, address: str, what: str, work: Callable[[], _Done], now: float) -> None:
        self._sent, self._rests_until = address, now + _PAUSE_S
        if reason := self._errands.send(what, work, now):
            self._fail(reason)

    def _fetch(self, now: float) -> None:
        outcome = self._errands.back(now)
        if isinstance(outcome, str):
            self._fail(outcome)
        elif outcome is not None:
            self._problem, self._last = "", outcome.words
            log.info("presets: %s", outcome.words)
            self._desk.correct(self._sent, "")
            if self._follower.current is outcome.shown:
                self._follower.version = 0
                self._follower.settle(outcome.name, outcome.preset)

    def _fail(self, reason: str) -> None:
        """Say why nothing was written; a look that was not saved is amiss until something is."""
        self._problem = reason if self._sent == SAVE else self._problem
        self._refuse(self._sent, reason)

    def _refuse(self, address: str, reason: str) -> None:
        self._rejections.add(reason)
        self._last = reason
        if address in _ON_DISK:
            self._desk.correct(address, "")
