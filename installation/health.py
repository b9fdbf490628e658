"""Is the show well, and if not, why, in words. Pure: facts in, `Health` out; the page, the log and the HUD read it."""

from collections.abc import Mapping
from types import MappingProxyType
from typing import Any, Final

from installation.hosting import Host
from installation.values import Condition, Health

_SEVERITY: Final = {Condition.OK: 0, Condition.DEGRADED: 1, Condition.FAILED: 2}
_STALE_FRAME_S: Final = 2.0


def worst(findings: Mapping[str, tuple[Condition, str]]) -> Health:
    """Return the health of the whole from its parts; only parts that are not well give a reason."""
    condition = max((found[0] for found in findings.values()), key=_SEVERITY.__getitem__, default=Condition.OK)
    reasons = {part: words for part, (state, words) in findings.items() if state is not Condition.OK}
    return Health(condition, MappingProxyType(reasons))


def judge_host(host: Host) -> tuple[Condition, str]:
    """Return how a worker is doing."""
    if host.gave_up:
        return Condition.FAILED, f"failed for good: {host.failure.message if host.failure else 'unknown'}"
    if host.failure is not None:
        return Condition.DEGRADED, f"recovering: {host.failure.message}"
    return Condition.OK, ""


def judge_sound(status: Mapping[str, Any]) -> tuple[Condition, str]:
    """Return how the sound is doing, from the capture core's status."""
    reason = str(status.get("reason") or "")
    return (Condition.DEGRADED, reason) if reason else (Condition.OK, "")


def judge_pictures(newest_made_at: float | None, now: float) -> tuple[Condition, str]:
    """Return how the generator is doing, from the age of its newest picture; before the first it is starting."""
    if newest_made_at is None:
        return Condition.DEGRADED, "the model is starting"
    age_s = now - newest_made_at
    if age_s > _STALE_FRAME_S:
        return Condition.DEGRADED, f"no new picture for {age_s:.0f} s"
    return Condition.OK, ""
