"""Events as lines of a file, so that the last thousand outlive the run: in the morning one sees what the night was.

A line is an event as it was at a moment; a later line of the same run and kind replaces it, so that the file only
grows, until it is written anew. What was cut off by a power failure, or is no event, is passed over.
"""

import json
import re
from collections.abc import Callable, Iterable
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from pathlib import Path
from typing import Final

from installation.events import Event
from s2s.files.atomic_write import write_text
from s2s.files.document import Bounds, DocumentError, parse_json

KEPT: Final = 1_000
_MOST_BYTES: Final = 4 * 1024 * 1024
_LINE: Final = Bounds(bytes=4_096, levels=2, values=16)
_LETTERS: Final = 500
_NUMBER: Final = re.compile(r"\d+")


@dataclass(frozen=True, slots=True)
class PastEvent:
    """An event of the run that began at `run`; `since` is in seconds since 1970, as `run` is."""

    run: float
    what: str
    since: float
    times: int
    over: bool
    done: str

    @property
    def key(self) -> tuple[float, str]:
        """What makes two lines the same event: numbers in its words count on while it lasts."""
        return self.run, _NUMBER.sub("#", self.what)

    def line(self) -> str:
        """Return it as a line of the file."""
        document = {
            "run": _iso(self.run),
            "what": self.what[:_LETTERS],
            "since": _iso(self.since),
            "times": self.times,
            "over": self.over,
            "done": self.done[:_LETTERS],
        }
        return json.dumps(document, ensure_ascii=False)


def past_event(event: Event, run: float, wall_minus_monotonic: float) -> PastEvent:
    """Return an event of this run as it is kept; the difference of the two clocks gives it a date."""
    since = round(event.since + wall_minus_monotonic, 3)
    return PastEvent(run, event.what, since, event.times, event.over, event.done)


def earlier_event(past: PastEvent, wall_minus_monotonic: float) -> Event:
    """Return an event of an earlier run as the page shows it: with its run everything in it was over."""
    return Event(past.what, past.since - wall_minus_monotonic, past.times, over=True, done=past.done, earlier=True)


def folded(lines: Iterable[bytes], kept: int = KEPT) -> list[PastEvent]:
    """Return the last `kept` events that `lines` tell of, the oldest first."""
    events: dict[tuple[float, str], PastEvent] = {}
    for line in lines:
        event = _parsed(line)
        if event is not None:
            events.pop(event.key, None)
            events[event.key] = event
    return list(events.values())[-kept:]


class HistoryFile:
    """The file at `path`. One thread alone; everything here may take as long as a disk does, and raises OSError."""

    def __init__(self, path: Path, *, kept: int = KEPT) -> None:
        self._path, self._kept = path, kept
        self._lines = 0
        self._events: dict[tuple[float, str], PastEvent] = {}

    def read(self) -> list[PastEvent]:
        """Return what earlier runs have left, of a file that is too long the end."""
        try:
            with self._path.open("rb") as file:
                file.seek(max(file.seek(0, 2) - _MOST_BYTES, 0))
                body = file.read(_MOST_BYTES)
        except FileNotFoundError:
            return []
        past = folded(body.split(b"\n"), self._kept)
        self._lines, self._events = body.count(b"\n"), {event.key: event for event in past}
        if body and not body.endswith(b"\n"):  # cut off: the next line must not continue it
            self._rewrite()
        return past

    def append(self, events: Iterable[PastEvent]) -> None:
        """Add lines, and write the file anew where it has many that count no more."""
        new = list(events)
        for event in new:
            self._events.pop(event.key, None)
            self._events[event.key] = event
        while len(self._events) > self._kept:
            del self._events[next(iter(self._events))]
        if self._lines + len(new) > 2 * self._kept:
            self._rewrite()
            return
        self._path.parent.mkdir(parents=True, exist_ok=True)
        with self._path.open("ab") as file:
            file.write("".join(event.line() + "\n" for event in new).encode("utf-8", "backslashreplace"))
        self._lines += len(new)

    def _rewrite(self) -> None:
        write_text(self._path, "".join(event.line() + "\n" for event in self._events.values()))
        self._lines = len(self._events)


def _iso(seconds: float) -> str:
    return datetime.fromtimestamp(seconds, UTC).isoformat(timespec="milliseconds")


def _parsed(line: bytes) -> PastEvent | None:
    if not line.strip():
        return None
    try:
        document = parse_json(line, _LINE)
    except DocumentError:
        return None
    match document:
        case {
            "run": str(run),
            "what": str(what),
            "since": str(since),
            "times": int(times),
            "over": bool(over),
            "done": str(done),
        } if what:
            return _dated(run, since, lambda begun, from_s: PastEvent(begun, what, from_s, times, over, done))
    return None


def _dated(run: str, since: str, make: Callable[[float, float], PastEvent]) -> PastEvent | None:
    try:
        event = make(datetime.fromisoformat(run).timestamp(), datetime.fromisoformat(since).timestamp())
        return replace(event, what=event.what[:_LETTERS], done=event.done[:_LETTERS])
    except (ValueError, OverflowError, OSError):
        return None
