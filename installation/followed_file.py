"""A file of the venue that is followed while the show runs: an edit is taken up, a bad one said, and the last good one
kept. A disk may hold up a thread, never the show.
"""

from collections.abc import Callable
from dataclasses import dataclass
from functools import partial
from pathlib import Path
from typing import Final, Generic, TypeVar

from installation.errand import Errands
from s2s.files.quote import one_line

EVERY_S: Final = 1.0

T = TypeVar("T")
Stamp = tuple[int, int, int]


@dataclass(frozen=True, slots=True)
class _Reading(Generic[T]):
    """What a look at the file has found: `stamp` is None where there is no file, `value` where it cannot be used."""

    stamp: Stamp | None
    value: T | None = None
    problem: str = ""
    same: bool = False


class FollowedFile(Generic[T]):
    """Belongs to the show's thread. `read` returns the value of a file, in a thread, or raises `ValueError` in one
    line; `without` is the value while there is no file, and before the first good one. `problem` says what is wrong.
    """

    def __init__(self, path: Path, read: Callable[[Path], T], without: T) -> None:
        self.value, self.problem = without, ""
        self._path, self._read, self._without = path, read, without
        self._stamp: Stamp | None = None
        self._errands: Errands[_Reading[T]] = Errands()
        self._next_at = float("-inf")

    @property
    def name(self) -> str:
        """The file's name."""
        return self._path.name

    @property
    def there(self) -> bool:
        """Whether there was a file when it was last looked at."""
        return self._stamp is not None

    @property
    def busy(self) -> bool:
        """Whether somebody is looking now."""
        return self._errands.busy

    def start(self) -> None:
        """Look at once, before the show begins."""
        try:
            self._take(self._look(self._stamp, ""))
        except Exception as error:  # whatever a file brings about, it is the file's fault and no reason to end
            self.problem = f"{self._path.name}: {type(error).__name__}: {one_line(error)}"

    def poll(self, now: float) -> bool:
        """Look again where it is time; return whether the value is another. Never waits."""
        if self._errands.busy:
            outcome = self._errands.back(now)
            if isinstance(outcome, str):
                self.problem = outcome
            return isinstance(outcome, _Reading) and self._take(outcome)
        if now >= self._next_at:
            self._next_at = now + EVERY_S
            look = partial(self._look, self._stamp, self.problem)
            self.problem = self._errands.send(f"reading {self._path.name}", look, now) or self.problem
        return False

    def _take(self, reading: _Reading[T]) -> bool:
        if reading.same:
            return False
        self._stamp, self.problem = reading.stamp, reading.problem
        before = self.value
        if reading.value is not None:
            self.value = reading.value
        elif reading.stamp is None:
            self.value = self._without
        return self.value != before

    def _look(self, stamp: Stamp | None, problem: str) -> _Reading[T]:
        """Read it where it has changed; what was bad is read again, for it may name what is there by now."""
        try:
            found = self._path.stat()
        except FileNotFoundError:
            return _Reading(None, same=stamp is None and not problem)
        except OSError as error:
            return _Reading(stamp, problem=f"{self._path.name}: {one_line(error.strerror or error)}")
        new = (found.st_mtime_ns, found.st_size, found.st_ino)
        if new == stamp and not problem:
            return _Reading(stamp, same=True)
        try:
            return _Reading(new, self._read(self._path))
        except ValueError as error:
            return _Reading(new, problem=str(error))
