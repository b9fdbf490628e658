"""A file that grows by whole lines: each survives the machine once it is written, half a line is dropped."""

import os
from pathlib import Path


class LineFile:
    """Lines of text in `path`, in the order in which they were appended; one process writes it."""

    def __init__(self, path: Path) -> None:
        """Read what is there; a last line that was being written when a run died is cut off. Raises OSError."""
        self.path = path
        there = path.read_bytes().splitlines(keepends=True) if path.exists() else []
        self.lines = [line for line in there if line.endswith(b"\n")]
        if len(self.lines) < len(there):
            os.truncate(path, sum(map(len, self.lines)))

    def append(self, line: str) -> None:
        """Write a line, without its end; when this returns the disk has it. Raises OSError."""
        whole = line.encode() + b"\n"
        with self.path.open("ab") as file:
            file.write(whole)
            file.flush()
            os.fsync(file.fileno())
        self.lines.append(whole)
