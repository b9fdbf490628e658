"""The thread that writes a log: the show's thread hands over what it drew, and never waits.

A piece a second reaches the file; what waits is bounded. A disk that is full, slow or gone ends the log, in words, and
what was written up to there can be drawn.
"""

import json
import logging
import os
import queue
import threading
import time
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import BinaryIO, Final, TypeAlias

from installation.plain import to_plain
from installation.session.blocks import MAGIC, pack
from installation.session.entries import Change, Entry, ModelSeen, PresetTaken, Turn
from installation.session.header import Header, write_header
from installation.session.place import SOUND, TURNS
from installation.session.sound import SoundWriter
from installation.session.turn_lines import TurnWriter
from installation.values import Samples
from installation.wish_bytes import folder_of_wish
from s2s.files.names import shown
from s2s.files.quote import why

log = logging.getLogger(__name__)

_MOST_WAITING: Final = 2_048
"""Half a minute of turns: for so long a disk may be busy, and the model's files are read for their fingerprint."""
_BLOCK_S: Final = 1.0
_BLOCK_LETTERS: Final = 4 * 2**20
_SYNC_S: Final = 10.0
"""A power cut loses so much at the most; a program that is killed, a second."""
_CLOSE_S: Final = 10.0


@dataclass(frozen=True, slots=True, eq=False)
class Heard:
    """New sound; its last sample is number `ends_at` of all that were heard."""

    samples: Samples
    ends_at: int


Item: TypeAlias = Entry | Heard


class SessionWriter:
    """Writes one session. `put` and `close` belong to the show's thread; `failure` says why it has stopped."""

    def __init__(
        self, place: Callable[[], Path], header: Callable[[], Header], fingerprint: Callable[[str], str]
    ) -> None:
        """`place` makes the session's folder and `header` says what belongs into it; `fingerprint` is that of a model
        in a folder. All three may take as long as a disk does, and raise OSError.
        """
        self.failure, self.name, self.written_bytes = "", "", 0
        self._header, self._fingerprint = header, fingerprint
        self._queue: queue.Queue[Item | None] = queue.Queue(_MOST_WAITING)
        self._turns, self._model = TurnWriter(), ""
        self._ended = False
        self._thread = threading.Thread(target=self._write, args=(place,), name="session log", daemon=True)
        self._thread.start()

    def put(self, item: Item) -> None:
        """Have `item` written; one that finds no room ends the log, for with a gap in it nothing could be drawn."""
        if self.failure or self._ended:
            return
        try:
            self._queue.put_nowait(item)
        except queue.Full:
            self._fail("the disk does not keep up")

    def end(self) -> None:
        """Write what waits and end, without being waited for."""
        if not self._ended:
            self._ended = True
            try:
                self._queue.put_nowait(None)
            except queue.Full:
                self._fail("the disk does not keep up")

    def close(self) -> None:
        """End, and wait for it, but not for ever. Harmless when repeated."""
        self.end()
        self._thread.join(_CLOSE_S)

    def is_alive(self) -> bool:
        """Whether it still writes."""
        return self._thread.is_alive()

    def _fail(self, reason: str) -> None:
        if not self.failure:
            self.failure = f"session log stopped: {reason}"

    def _write(self, place: Callable[[], Path]) -> None:
        try:
            folder = place()
            header = self._header()
            write_header(folder, header)
            self.name, self._model = folder.name, header.model
            log.info("session log: writing into %s", shown(str(folder)))
            with (folder / TURNS).open("xb") as file:
                self._write_blocks(file, SoundWriter(folder / SOUND))
        except OSError as error:
            self._fail(why(error))
        except Exception as error:  # whatever it is: the show goes on, and says so
            log.debug("session log", exc_info=True)
            self._fail(f"{type(error).__name__}: {why(error)}")

    def _write_blocks(self, file: BinaryIO, sound: SoundWriter) -> None:
        self._append(file, MAGIC)
        lines: list[str] = []
        letters, block_at, sync_at = 0, time.monotonic(), time.monotonic()
        while not self.failure:
            item = self._next(block_at + _BLOCK_S)
            if isinstance(item, Heard):
                sound.add(item.samples, item.ends_at)
            elif item is not None and not isinstance(item, _Late):
                added = self._lines(item)
                lines += added
                letters += sum(map(len, added))
            now = time.monotonic()
            if lines and (item is None or letters >= _BLOCK_LETTERS or now - block_at >= _BLOCK_S):
                self._append(file, pack("".join(f"{line}\n" for line in lines).encode("utf-8", "replace")))
                lines, letters = [], 0
            block_at = now if now - block_at >= _BLOCK_S else block_at
            if item is None or now - sync_at >= _SYNC_S:
                os.fsync(file.fileno())
                sync_at = now
            if item is None:
                sound.flush()
                return

    def _next(self, until: float) -> "Item | _Late | None":
        try:
            return self._queue.get(timeout=max(until - time.monotonic(), 0.0))
        except queue.Empty:
            return _LATE

    def _append(self, file: BinaryIO, packed: bytes) -> None:
        file.write(packed)
        file.flush()
        self.written_bytes += len(packed)

    def _lines(self, entry: Entry) -> list[str]:
        """Return the lines of an entry, a letter for its kind before each."""
        if isinstance(entry, Turn):
            return [*self._new_model(entry), f"T{self._turns.line(entry)}"]
        kind = {Change: "C", PresetTaken: "P", ModelSeen: "M"}[type(entry)]
        return [kind + json.dumps(to_plain(entry), ensure_ascii=False, allow_nan=False, separators=(",", ":"))]

    def _new_model(self, turn: Turn) -> list[str]:
        """Say by which model pictures are painted from here on, where that is another one."""
        wish = b"" if turn.picture is None else turn.picture.wish
        folder = folder_of_wish(wish) if wish else self._model
        if folder == self._model:
            return []
        self._model = folder
        return self._lines(ModelSeen(folder, self._fingerprint(folder)))


class _Late:
    """Nothing came in time."""


_LATE: Final = _Late()
