"""What happened to the show, for whoever looks after it: since when, how often, and what was done about it. Pure.

Two sources: how each part is doing (`health`), followed here over time, and the run's incidents. Bounded: beyond fifty
kinds the one that has been over for longest is forgotten.
"""

import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace
from typing import Final

from installation.health import Finding
from installation.incidents import Incident
from installation.values import Condition

_KINDS_KEPT: Final = 50
_NUMBER: Final = re.compile(r"\d+")

_DONE: Final = {
    "capture": "it is started again until it runs; meanwhile the show moves without sound",
    "inference": "it is started again until it runs; meanwhile the last picture goes on moving",
    "sound": "the show goes on with what it hears, and looks for the source all the time",
    "pictures": "what was there before goes on moving",
    "image": "the picture is painted without the preset's image",
    "preset": "the preset before stays; the name can be asked for again",
    "model": "the model before goes on playing",
    "shaders": "the last good ones stay; the mended file is taken up by itself",
    "preset file": "the preset stays as it was; the mended file is taken up by itself",
    "flashes": "the picture is held back: it changes slowly until they are over",
    "recording": "the show goes on without a film",
    "show": "the turn was drawn as the one before",
}
_DONE_BY_A_SURFACE: Final = "the show goes on without it, and it is tried again every few seconds"
_DONE_ONCE: Final = "noted; the show goes on"


@dataclass(frozen=True, slots=True)
class Event:
    """One thing that was not as it should be: `what` in words, since when (monotonic seconds), how many `times` it
    began, whether it is `over`, and what was `done`; whether it was in an `earlier` run.
    """

    what: str
    since: float
    times: int = 1
    over: bool = False
    done: str = ""
    earlier: bool = False


class EventLog:
    """Follows the findings of health. Belongs to the show's thread; `events` is replaced whole, so anybody may read."""

    def __init__(self) -> None:
        self.events: tuple[Event, ...] = ()
        self._known: dict[str, Event] = {}

    def follow(self, findings: Mapping[str, Finding], now: float) -> None:
        """Take in how each part is doing at `now`."""
        open_now = {
            f"{part} {_NUMBER.sub('#', finding.words)}": (part, finding)
            for part, finding in findings.items()
            if finding.condition is not Condition.OK
        }
        for kind, (part, finding) in open_now.items():
            self._known[kind] = _seen(self._known.pop(kind, None), part, finding, now)
        for kind, event in self._known.items():
            if kind not in open_now and not event.over:
                self._known[kind] = replace(event, over=True)
        self._forget()
        events = tuple(self._known.values())
        if events != self.events:
            self.events = events

    def _forget(self) -> None:
        over = [kind for kind, event in self._known.items() if event.over]
        for kind in over[: max(len(self._known) - _KINDS_KEPT, 0)]:
            del self._known[kind]


def with_incidents(events: Iterable[Event], incidents: Iterable[Incident]) -> list[Event]:
    """Return `events` and those incidents that none of them tells already, what lasts first, then the newest first."""
    told = list(events)
    more = [
        Event(incident.words, incident.since, incident.times, over=True, done=_DONE_ONCE)
        for incident in incidents
        if not any(_is_told(incident.words, event.what) for event in told)
    ]
    return sorted([*told, *more], key=lambda event: (event.over, -event.since))


def _seen(before: Event | None, part: str, finding: Finding, now: float) -> Event:
    what, done = f"{part}: {finding.words}", _DONE.get(part, _DONE_BY_A_SURFACE)
    if before is None:
        return Event(what, now, done=done)
    if before.over:
        return Event(what, now, before.times + 1, done=done)
    return replace(before, what=what)


def _is_told(incident: str, what: str) -> bool:
    """Return whether an event says what an incident says; the part stands before the words of both, or of one."""
    words = what.partition(": ")[2].removeprefix("recovering: ")
    return incident in what or (len(words) > 3 and words in incident)
