"""Follows the show's health: checks it now and then, says where it changes, and keeps what the report must name."""

import logging
from collections.abc import Mapping
from typing import Final

from installation.events import Event, EventLog, with_incidents
from installation.health import Facts, Finding, findings, worst
from installation.incidents import Incidents
from installation.values import Condition, Health

log = logging.getLogger("installation.show")  # the show speaks of itself

EVERY_S: Final = 0.25


class HealthMonitor:
    """Belongs to the show's thread; `health` is replaced whole, so any thread may read it."""

    def __init__(self, incidents: Incidents) -> None:
        self.health = Health()
        self._incidents, self._log = incidents, EventLog()
        self._findings: Mapping[str, Finding] = {}
        self._said: Condition | None = None
        self._checked_at = float("-inf")

    def is_due(self, now: float) -> bool:
        """Return whether it is time to check again; gathering the facts costs more than asking."""
        return now - self._checked_at >= EVERY_S

    def events(self) -> list[Event]:
        """Return what happened so far, what lasts first; any thread."""
        return with_incidents(self._log.events, self._incidents.all)

    def check(self, facts: Facts, now: float, *, aloud: bool = True) -> None:
        """Check; log the first condition and each other one `aloud`, and note new incidents in any case."""
        self._checked_at = now
        new = findings(facts, now)
        for part, finding in new.items():
            if finding.incident and finding != self._findings.get(part):
                self._incidents.append(f"{part}: {finding.words}")
        self._findings, self.health = new, worst(new)
        self._log.follow(new, now)
        if aloud and self.health.condition is not self._said:
            self._said = self.health.condition
            reasons = "; ".join(f"{part}: {words}" for part, words in self.health.reasons.items())
            level = logging.INFO if self._said is Condition.OK else logging.WARNING
            log.log(level, "%s %s", self._said, reasons)
