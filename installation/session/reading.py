"""A session's log as turns, checked line by line. What is cut off or damaged ends it there; what lies is an error.

Everything is read twice: once to know that it can be drawn, and how long it is, before a film is begun.
"""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Final

from installation.plain import PlainValueError, from_plain
from installation.session.blocks import BlockReader
from installation.session.entries import Entry, ModelSeen, Turn
from installation.session.header import Header, SessionError, read_header
from installation.session.place import TURNS, find_session
from installation.session.turn_lines import TurnReader
from installation.values import SAMPLE_RATE_HZ
from s2s.files.document import Bounds, DocumentError, parse_json
from s2s.files.quote import one_line, why

_LONGEST_S: Final = 14 * 86_400.0
_OUT_OF_STEP_SAMPLES: Final = SAMPLE_RATE_HZ // 5
_MODEL_BOUNDS: Final = Bounds(bytes=16_384, levels=4, values=16)


@dataclass(frozen=True, slots=True)
class Extent:
    """What a log holds: how many `turns`, the first and the last one's moment. `steps` say of moments since the first,
    in samples, how many had been heard then, wherever that is not as many more as the time since the step before.
    `models` are those that painted, by folder: their fingerprints. `damage` says where it had to stop.
    """

    turns: int
    began: float
    ended: float
    steps: tuple[tuple[int, int], ...]
    models: Mapping[str, str]
    damage: str = ""

    @property
    def duration_s(self) -> float:
        """From the first turn to the last."""
        return self.ended - self.began


class Session:
    """The session in a folder, or the newest one there."""

    def __init__(self, folder: Path) -> None:
        """Read the header. Raises SessionError."""
        self.folder = find_session(folder)
        self.header: Header = read_header(self.folder)
        self._damage = ""

    def turns(self) -> Iterator[Turn]:
        """Yield the turns in order. Raises SessionError."""
        return (entry for entry in self.entries() if isinstance(entry, Turn))

    def entries(self) -> Iterator[Entry]:
        """Yield the turns, and which models painted, in order. Raises SessionError."""
        self._damage, reader = "", TurnReader()
        line_number = 0
        try:
            for line in self._lines():
                line_number += 1
                entry = _entry(line, reader)
                if entry is not None:
                    yield entry
        except OSError as error:
            raise SessionError(f"the session log cannot be read: {why(error)}") from None
        except ValueError as error:  # SessionError is one
            where = f"{one_line(self.folder / TURNS, 200)}, line {line_number}"
            raise SessionError(f"{where}: {one_line(error, 300)}") from None

    def _lines(self) -> Iterator[str]:
        """Yield the lines of all blocks that are whole."""
        with (self.folder / TURNS).open("rb") as file:
            blocks = BlockReader(file)
            for block in blocks:
                yield from block.decode("utf-8", "replace").split("\n")[:-1]
            self._damage = blocks.damage

    def extent(self) -> Extent:
        """Read all of it, and return how long it is. Raises SessionError."""
        turns, first, last = 0, None, None
        steps: list[tuple[int, int]] = []
        models = {self.header.model: self.header.model_sha256}
        for entry in self.entries():
            if isinstance(entry, ModelSeen):
                models[entry.folder] = entry.sha256
            elif isinstance(entry, Turn):
                turns, first, last = turns + 1, first or entry, entry
                if last.now - first.now > _LONGEST_S:
                    raise SessionError(f"the session log is longer than {_LONGEST_S / 86_400:g} days")
                _step(steps, round((last.now - first.now) * SAMPLE_RATE_HZ), last.sounded)
        if first is None or last is None:
            words = f": {self._damage}" if self._damage else ""
            raise SessionError(f"{one_line(self.folder, 200)}: the session log holds no picture{words}")
        return Extent(turns, first.now, last.now, tuple(steps), models, self._damage)


def _step(steps: list[tuple[int, int]], at: int, sounded: int) -> None:
    """Note how many samples had been heard at a moment where that does not follow from the step before."""
    if not steps or abs((sounded - steps[-1][1]) - (at - steps[-1][0])) > _OUT_OF_STEP_SAMPLES:
        steps.append((at, sounded))


def _entry(line: str, reader: TurnReader) -> Entry | None:
    """Return what a line holds; None for what drawing does not need. Raises SessionError."""
    if line.startswith("T"):
        return reader.turn(line[1:])
    if not line.startswith("M"):
        return None
    try:
        document = parse_json(line[1:].encode("utf-8"), _MODEL_BOUNDS)
        if not isinstance(document, dict):
            raise SessionError("a model is a JSON object")
        return from_plain(ModelSeen, document)
    except (DocumentError, PlainValueError, RecursionError) as error:
        raise SessionError(one_line(error, 300)) from None
