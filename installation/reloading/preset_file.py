"""The file of the preset that is shown, taken up while it is edited.

The rule: what differs between the file before and the file now moves there, as a change of preset does; everything else
stays where it is, also where a hand has moved it since. A value that a hand has moved *and* the file changes goes where
the file says: the edit is the later hand.
"""

import logging
import time
from collections.abc import Callable
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Final

from installation.control_status import ControlStatus
from installation.desk import Desk
from installation.isf.inputs import IsfInputs
from installation.parameter import Kind
from installation.parameters import PARAMETERS
from installation.presets.follower import Look, PresetFollower
from installation.presets.preset import Preset, PresetError, preset_values
from installation.presets.reading import PRESET_BOUNDS, read_preset
from installation.presets.use import usable
from installation.reloading.preset_lines import with_line
from installation.reloading.watch import SETTLES_S
from installation.render.shader_sources import Stamp
from installation.values import ParameterValue
from s2s.files.ordinary import read_ordinary
from s2s.files.quote import one_line

log = logging.getLogger(__name__)

_MISSING: Final = object()


@dataclass(frozen=True, slots=True)
class Reading:
    """What the file of a preset says; `first` where it is read to know from where edits begin."""

    path: Path
    preset: Preset | None = None
    problem: str = ""
    first: bool = False


class PresetFile:
    """Reads the file of the shown preset again once it is another, in whichever thread calls `look`."""

    def __init__(self, path: Path, shaders: Path | None, pause: Callable[[float], None] = time.sleep) -> None:
        self._wanted, self._shaders, self._pause = path, shaders, pause
        self._again = False
        self._path: Path | None = None
        self._stamp: Stamp | None = None

    def follow(self, path: Path) -> None:
        """Look at this file from now on; any thread."""
        self._wanted = path

    def read_again(self) -> None:
        """Read it once more, although it is the same: what it names may be there by now. Any thread."""
        self._again = True

    def look(self) -> Reading | None:
        """Return what the file says, where that may be another than before and the file is written."""
        path, again, self._again = self._wanted, self._again, False
        stamp = _stamp(path)
        first = path != self._path
        if stamp is None or (stamp == self._stamp and not first and not again):
            return None  # a file that is away for a moment is being written; one that is gone changes nothing
        if not first:
            self._pause(SETTLES_S)
        if _stamp(path) != stamp:
            return None
        self._path, self._stamp = path, stamp
        try:
            return Reading(path, usable(read_preset(path), self._shaders), first=first)
        except PresetError as error:
            return Reading(path, problem=with_line(str(error), _text(path)), first=first)


class PresetReload:
    """A control surface of its own; belongs to the show's thread. `model` returns the folder that a hand went to."""

    def __init__(
        self,
        desk: Desk,
        follower: PresetFollower,
        isf: IsfInputs,
        file: PresetFile,
        take: Callable[[], Reading | None],
        model: Callable[[], Path | None] = lambda: None,
    ) -> None:
        self._desk, self._follower, self._isf, self._file = desk, follower, isf, file
        self._take, self._model = take, model
        self._base: Preset | None = None
        """The file as it was taken up last."""
        self._pending: Preset | None = None
        self._asked: tuple[Look, Preset] | None = None
        self._problem, self._refused, self._last = "", 0, ""
        follower.watch(self._on_look)

    def start(self) -> None:
        """Nothing is opened."""

    def poll(self, now: float) -> None:  # noqa: ARG002 - a surface's signature
        """Take up what was edited. Never waits."""
        path = self._follower.current.path
        self._file.follow(path)
        reading = self._take()
        if reading is not None and reading.path == path:
            self._read(reading)
        if self._pending is not None and not self._follower.busy:
            self._go(self._pending)
            self._pending = None

    def status(self) -> ControlStatus:
        """Return what is wrong with the file."""
        return ControlStatus(problem=self._problem, refused=self._refused, last_refusal=self._last)

    def close(self) -> None:
        """Nothing is held."""

    def try_again(self) -> None:
        """Read the file once more where it was refused: a pass may be mended, or there, by now."""
        if self._problem or (self._asked is not None and self._follower.refusal is not None):
            self._file.read_again()

    def _read(self, reading: Reading) -> None:
        if reading.preset is None:
            if reading.problem != self._problem and not reading.first:
                self._refused, self._last = self._refused + 1, reading.problem
                log.warning("%s; the preset stays as it was", reading.problem)
            self._problem = reading.problem if not reading.first else ""
            return
        if self._problem:
            log.info("%s: mended", one_line(reading.path.name))
        self._problem = ""
        if self._is_an_edit(reading, reading.preset):
            self._pending = reading.preset
            return
        self._base = reading.preset
        if self._asked is not None and self._follower.refusal is not None:
            self._asked, self._follower.refusal = None, None  # the edit that was refused is taken back

    def _is_an_edit(self, reading: Reading, preset: Preset) -> bool:
        """Return whether the show has something to do: not where it has itself saved, nor where an earlier version is
        shown on purpose.
        """
        base = self._base
        if reading.first or base is None or base.path != reading.path or self._follower.version:
            return False
        return preset not in (base, self._follower.current)

    def _go(self, edited: Preset) -> None:
        base = self._base
        if base is None or base.path != edited.path:
            return
        chosen = self._model()
        kept = self._follower.current.model if chosen is None else str(chosen)
        preset = edited if edited.model != base.model else replace(edited, model=kept)
        routes = None if edited.routes == base.routes else edited.routes
        look = Look(self._follower.shown, preset, self._changed(base, edited), routes)
        self._asked = look, edited
        self._follower.show(look)

    def _changed(self, base: Preset, edited: Preset) -> dict[str, ParameterValue]:
        before, now = preset_values(base), preset_values(edited)
        changed = {address: value for address, value in now.items() if before.get(address, _MISSING) != value}
        # A switch that the file still names stays: where it is left out, going there would turn it back.
        switches = (a for a in edited.parameters if PARAMETERS[a].kind is Kind.BOOL and a not in changed)
        return {**{address: self._desk.standing(address) for address in switches}, **changed}

    def _on_look(self, look: Look) -> None:
        morph_s = float(self._desk.get("/show/morph")) if look.morph_s is None else look.morph_s
        if self._asked is not None and look is self._asked[0]:
            before = {} if self._base is None else self._base.isf
            self._isf.change(before, look.preset.isf, morph_s)
            self._base = self._asked[1]
            log.info("%s: taken up", one_line(look.preset.path.name))
        else:
            self._isf.go_to(look.preset.isf, morph_s)
        self._asked = None


def _text(path: Path) -> str:
    try:
        return read_ordinary(path, PRESET_BOUNDS.bytes).decode("utf-8", "replace")
    except OSError:
        return ""


def _stamp(path: Path) -> Stamp | None:
    try:
        found = path.stat()
    except OSError:
        return None
    return found.st_mtime_ns, found.st_size, found.st_ino
