"""Follows the show's health: checks it now and then, says where it changes, and keeps what the report must name."""

import logging
from collections.abc import Mapping
from dataclasses import replace
from types import MappingProxyType
from typing import Final

from installation.events import Event, EventLog, with_incidents
from installation.health import Facts, Finding, findings, worst
from installation.incidents import Incidents
from installation.values import Condition, Health

log = logging.getLogger("installation.show")  # the show speaks of itself

EVERY_S: Final = 0.25
_SAID_EVERY_S: Final = 60.0
"""What comes and goes beside other trouble is said once in so long."""


class HealthMonitor:
    """Belongs to the show's thread; `health` is replaced whole, so any thread may read it."""

    def __init__(self, incidents: Incidents) -> None:
        self.health = Health()
        self._incidents, self._log = incidents, EventLog()
        self._findings: Mapping[str, Finding] = {}
        self._said: Condition | None = None
        self._said_at: dict[str, float] = {}
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
        self._findings, before, health = new, self.health, worst(new)
        since = {part: before.since.get(part, now) for part in health.reasons}
        self.health = replace(health, since=MappingProxyType(since))
        self._log.follow(new, now)
        if aloud:
            self._say(before, now)

    def _say(self, before: Health, now: float) -> None:
        """Say what the condition has become, and which parts have joined those that are not well."""
        reasons, condition = self.health.reasons, self.health.condition
        if condition is self._said:
            reasons = {
                part: reasons[part] for part in reasons if part not in before.reasons and self._may_say(part, now)
            }
            if not reasons:
                return
        self._said = condition
        self._said_at.update(dict.fromkeys(reasons, now))
        level = logging.INFO if condition is Condition.OK else logging.WARNING
        log.log(level, "%s %s", condition, "; ".join(f"{part}: {words}" for part, words in reasons.items()))

    def _may_say(self, part: str, now: float) -> bool:
        return now - self._said_at.get(part, float("-inf")) >= _SAID_EVERY_S
