"""How the ranks of one `prepare` find each other: by files in its folder, nothing else.

They may begin and end at any time. Rank 0 knows that the work is done when the journals hold every film.
"""

import logging
import time
from collections.abc import Callable, Collection
from dataclasses import dataclass, field
from pathlib import Path
from typing import Final

from s2s.data.journal import is_free, whole_lines
from s2s.data.ranks import Rank

_log = logging.getLogger(__name__)

_POLL_S: Final = 1.0
_TELL_S: Final = 60.0
_PATIENCE_S: Final = 60.0
_ID_FIRST: Final = b'{"id":"'  # as an outcome is written; parsing all of it to count would take minutes


@dataclass(slots=True)
class Rendezvous:
    """The ranks that write into one folder's journals, as one of them sees them."""

    folder: Path
    rank: Rank
    _seen: set[str] = field(default_factory=set)
    _read: dict[Path, int] = field(default_factory=dict)
    _grew: bool = False

    def join(self) -> None:
        """Begin. Raises ValueError where a rank that this run has not is still writing."""
        self._mark(self.rank.index).unlink(missing_ok=True)
        known = {int(path.stem.removeprefix("rank-")) for path in self.folder.glob("rank-*.jsonl")}
        others = [index for index in known if index >= self.rank.count and not is_free(self.folder, index)]
        if others:
            raise ValueError(f"{self.folder.parent} is being written by rank {others[0]} of another run; wait for it")

    def leave(self) -> None:
        """Say that this rank has done its part."""
        self._mark(self.rank.index).touch()

    def await_others(
        self,
        ids: Collection[str],
        clock: Callable[[], float] = time.monotonic,
        sleep: Callable[[float], None] = time.sleep,
    ) -> None:
        """Return once the journals hold all of `ids`.

        Raises ValueError where all ranks have ended and some film is nobody's: they have seen different folders.
        """
        logged_at = grew_at = clock()
        while left := len(set(ids) - self._done()):
            now = clock()
            if self._grew:
                grew_at = now
            if now - grew_at > _PATIENCE_S and all(self._mark(index).exists() for index in range(self.rank.count)):
                raise ValueError(f"{left} films are nobody's: the ranks list different films; start all of them again")
            if now - logged_at > _TELL_S:
                _log.info("waiting for the other ranks: %d films left", left)
                logged_at = now
            sleep(_POLL_S)

    def _done(self) -> set[str]:
        """Return the films in all journals; only what is new is read."""
        before = len(self._seen)
        for path in self.folder.glob("rank-*.jsonl"):
            for line in whole_lines(path, self._read.get(path, 0)):
                self._read[path] = self._read.get(path, 0) + len(line)
                self._seen.add(line.removeprefix(_ID_FIRST).partition(b'"')[0].decode())
        self._grew = len(self._seen) > before
        return self._seen

    def _mark(self, index: int) -> Path:
        return self.folder / f"rank-{index:03d}.done"
