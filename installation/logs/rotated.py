"""A file of lines that never grows beyond a bound: at a size it is closed and numbered, and the oldest is deleted."""

from pathlib import Path
from typing import Final

SIZE_BYTES: Final = 2 * 1024 * 1024
OLDER: Final = 5
"""With three processes the venue's logs have 36 MiB at most."""


class RotatedFile:
    """`path` is the newest; `NAME.1.jsonl` is the one before, up to `older`. One thread alone."""

    def __init__(self, path: Path, *, size_bytes: int = SIZE_BYTES, older: int = OLDER) -> None:
        self._path, self._size_bytes, self._older = path, size_bytes, older

    def append(self, line: str) -> None:
        """Write a line, without its end. Opened anew each time: a folder that was moved away is a folder that is made
        anew, and a log that somebody deletes does not go on filling a disk unseen. Raises OSError.
        """
        whole = line.encode("utf-8", "backslashreplace") + b"\n"
        self._path.parent.mkdir(parents=True, exist_ok=True)
        size = self._path.stat().st_size if self._path.exists() else 0
        if size and size + len(whole) > self._size_bytes:
            self._rotate()
        with self._path.open("ab") as file:
            file.write(whole)

    def _rotate(self) -> None:
        for number in range(self._older, 0, -1):
            before = self._path if number == 1 else self._numbered(number - 1)
            if before.exists():
                before.replace(self._numbered(number))
        if not self._older:
            self._path.unlink(missing_ok=True)

    def _numbered(self, number: int) -> Path:
        return self._path.with_name(f"{self._path.stem}.{number}{self._path.suffix}")
