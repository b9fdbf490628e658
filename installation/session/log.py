"""`--log` and `/show/log`: begins and ends the log of a session while the show runs, and tells how it goes.

A sink among others, so that page, health and report tell of it; it takes no picture, only turns. Belongs to the show's
thread.
"""

import logging
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from typing import Final

from installation.desk import Desk
from installation.output.dated_files import local_now
from installation.parameters import PARAMETERS
from installation.presets.preset import Preset
from installation.ring import AudioRing
from installation.session.entries import Change, PresetTaken, Turn
from installation.session.fingerprint import model_sha256
from installation.session.header import Header
from installation.session.place import claim_folder, forget_older
from installation.session.tap import ToldRenderer
from installation.session.writing import Heard, SessionWriter
from installation.status import SessionStatus
from installation.values import ParameterValue, Pixels
from s2s.files.names import shown

log = logging.getLogger(__name__)

ADDRESS: Final = "/show/log"
_TOLD_S: Final = 60.0
"""So long a log that ended by itself is a reason for not being well."""
_MOST_ENDING: Final = 2


class SessionLog:
    """Writes a session into a folder of its own in `folder` while `/show/log` is on.

    `describe` gives the header but for the sound; it may take as long as a disk does. `preset` is what is shown.
    `keep_days` deletes older sessions, None none. With `with_sound` the sound itself is kept.
    """

    name = "session log"

    def __init__(
        self,
        folder: Path,
        renderer: ToldRenderer,
        desk: Desk,
        ring: AudioRing,
        preset: Callable[[], Preset],
        describe: Callable[[], Header],
        *,
        keep_days: float | None = None,
        with_sound: bool = False,
    ) -> None:
        self._folder, self._renderer, self._desk, self._ring = folder, renderer, desk, ring
        self._preset, self._describe = preset, describe
        self._keep_days, self._with_sound = keep_days, with_sound
        self._writer: SessionWriter | None = None
        self._ending: list[SessionWriter] = []
        self._wanted = False
        self._taken: Preset | None = None
        self._sounded = 0
        self._began_at: float | None = None
        self._logged_s = 0.0
        self._problem, self._problem_at = "", 0.0
        desk.watch(self._on_change)

    def begin(self) -> None:
        """Log from the next turn on, as if `/show/log` had been turned on."""
        self._desk.correct(ADDRESS, True)
        self._open(0.0)

    def offer(self, now: float, read: Callable[[], Pixels]) -> None:  # noqa: ARG002 - a sink's own signature
        """Begin, go on with, or end a log; returns at once."""
        self._look_after_ending(now)
        if self._problem and now - self._problem_at >= _TOLD_S:
            self._problem = ""
        if self._wanted and self._writer is None:
            self._open(now)
        if self._writer is None:
            return
        if not self._wanted:
            self._end(self._writer)
        elif self._writer.failure:
            self._stopped(self._writer.failure, now)
            self._end(self._writer)
        elif self._with_sound:
            self._hear(self._writer)

    def status(self) -> SessionStatus:
        """Return how long the log is that is being written, and why the last ended by itself; any thread."""
        writer = self._writer
        if writer is None:
            return SessionStatus(problem=self._problem)
        return SessionStatus(
            problem=writer.failure or self._problem,
            recorded_s=round(self._logged_s, 1),
            file=writer.name,
            mib=round(writer.written_bytes / 2**20, 2),
        )

    def close(self) -> None:
        """End the log; waits for it, but not for ever. Harmless when repeated."""
        self._wanted = False
        if self._writer is not None:
            self._end(self._writer)
        for writer in self._ending:
            writer.close()
            self._problem = writer.failure or self._problem
        self._ending = []

    def _open(self, now: float) -> None:
        if len(self._ending) >= _MOST_ENDING:
            self._stopped("session log stopped: the disk has not finished the ones before", now)
            return
        self._problem, self._taken = "", None
        self._began_at, self._logged_s = None, 0.0
        self._sounded = self._ring.position.written
        self._writer = SessionWriter(self._place, self._describe, lambda folder: model_sha256(Path(folder)))
        self._renderer.taker = self._take

    def _place(self) -> Path:
        """Make the folder of a session, once those that are too old have made room."""
        path = claim_folder(self._folder, local_now())
        if self._keep_days is not None:
            for gone in forget_older(self._folder, self._keep_days):
                log.info("session log: %s is older than %g days and deleted", shown(gone), self._keep_days)
        return path

    def _take(self, turn: Turn) -> None:
        if self._writer is None:
            return
        preset = self._preset()
        if preset is not self._taken:
            self._taken = preset
            self._writer.put(PresetTaken(preset.path.stem, preset.as_document()))
        self._writer.put(replace(turn, sounded=self._ring.position.written))
        self._began_at = turn.now if self._began_at is None else self._began_at
        self._logged_s = turn.now - self._began_at

    def _hear(self, writer: SessionWriter) -> None:
        reading = self._ring.since(self._sounded)
        self._sounded = reading.written
        if len(reading.block.samples):
            writer.put(Heard(reading.block.samples, reading.written))

    def _end(self, writer: SessionWriter) -> None:
        self._renderer.taker, self._writer = None, None
        writer.end()
        self._ending.append(writer)

    def _look_after_ending(self, now: float) -> None:
        for writer in [writer for writer in self._ending if not writer.is_alive()]:
            self._ending.remove(writer)
            if writer.failure and not self._problem:
                self._problem, self._problem_at = writer.failure, now

    def _stopped(self, reason: str, now: float) -> None:
        self._wanted = False
        self._problem, self._problem_at = reason, now
        self._desk.correct(ADDRESS, False)

    def _on_change(self, address: str, value: ParameterValue, origin: str) -> None:
        if address == ADDRESS:
            self._wanted = bool(value)
        if self._writer is not None and address in PARAMETERS:  # inputs of shaders stand in the turns
            self._writer.put(Change(self._desk.ticked_at or 0.0, address, value, origin))
