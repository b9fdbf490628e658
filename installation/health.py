"""Is the show well, and if not, why, in words. Pure: facts in, `Health` out; the page, the log and the HUD read it.

The one definition: whoever knows of something that is not as it should be is asked here, and nowhere else.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from types import MappingProxyType
from typing import Final

from installation.control_status import ControlStatus
from installation.hosting import Host
from installation.logs.secrets import without_secrets
from installation.status import CaptureStatus, FlashStatus, InferenceStatus, SinkStatus
from installation.values import Condition, Health

_SEVERITY: Final = {Condition.OK: 0, Condition.DEGRADED: 1, Condition.FAILED: 2}
_STALE_FRAME_S: Final = 2.0


@dataclass(frozen=True, slots=True)
class Finding:
    """How one part is doing. An `incident` belongs in the report even when it is over at the end of the run."""

    condition: Condition = Condition.OK
    words: str = ""
    incident: bool = False


@dataclass(frozen=True, slots=True)
class Facts:
    """All that health is derived from. Words are empty where nothing is wrong, times are monotonic seconds."""

    hosts: Sequence[Host[object]] = ()
    sound: CaptureStatus = field(default_factory=CaptureStatus)
    slow_path: InferenceStatus = field(default_factory=InferenceStatus)
    controls: Mapping[str, ControlStatus] = field(default_factory=dict)
    newest_made_at: float | None = None
    """When the newest generated picture was made, None before the first."""
    presented_at: float | None = None
    """When a picture was last shown, None before the first."""
    refused_preset: str = ""
    refused_model: str = ""
    sinks: Mapping[str, SinkStatus] = field(default_factory=dict)
    flashes: FlashStatus = field(default_factory=FlashStatus)
    fault: str = ""
    """What the show's own loop stumbled over a moment ago."""


def findings(facts: Facts, now: float) -> dict[str, Finding]:
    """Return the findings by part."""
    return {
        **{host.name: check_host(host) for host in facts.hosts},
        "sound": check_sound(facts.sound),
        "pictures": check_pictures(facts.newest_made_at, now),
        "image": _incident(facts.slow_path.image_problem),
        **{name: check_control(status) for name, status in facts.controls.items()},
        "preset": _degraded(facts.refused_preset),
        "model": _degraded(facts.refused_model),
        **{name: _incident(status.problem) for name, status in facts.sinks.items()},
        "flashes": check_flashes(facts.flashes),
        "show": check_loop(facts.fault, facts.presented_at, now),
    }


def worst(parts: Mapping[str, Finding]) -> Health:
    """Return the health of the whole from its parts; only parts that are not well give a reason, and no secret: it is
    told on the wall, on the page and to monitors, and a library may have quoted the address that it could not open.
    """
    condition = max((finding.condition for finding in parts.values()), key=_SEVERITY.__getitem__, default=Condition.OK)
    reasons = {
        part: without_secrets(finding.words) for part, finding in parts.items() if finding.condition is not Condition.OK
    }
    return Health(condition, MappingProxyType(reasons))


def check_host(host: Host[object]) -> Finding:
    """Return how a worker is doing."""
    if host.failure is None:
        return Finding()
    if host.gave_up:
        return Finding(Condition.FAILED, f"has not come alive yet: {host.failure.message}")
    return Finding(Condition.DEGRADED, f"recovering: {host.failure.message}")


def check_sound(status: CaptureStatus) -> Finding:
    """Return how the sound is doing, from the capture core's status: whether it comes, then what is odd about it."""
    return _degraded(status.reason or status.remark)


def check_pictures(newest_made_at: float | None, now: float) -> Finding:
    """Return how the generator is doing, from the age of its newest picture; before the first it is starting."""
    if newest_made_at is None:
        return Finding(Condition.DEGRADED, "the model is starting")
    age_s = now - newest_made_at
    return _degraded(f"no new picture for {age_s:.0f} s" if age_s > _STALE_FRAME_S else "")


def check_control(status: ControlStatus) -> Finding:
    """Return how a control surface is doing. A controller that nobody named may be absent."""
    return Finding() if status.may_be_absent else _incident(status.problem)


def check_flashes(status: FlashStatus) -> Finding:
    """Return whether the picture is held back for the safety of the audience."""
    return _degraded("more than three a second were asked for" if status.holding else "")


def check_loop(fault: str, presented_at: float | None, now: float) -> Finding:
    """Return how the show's own loop is doing."""
    if presented_at is not None and now - presented_at > _STALE_FRAME_S:
        return Finding(
            Condition.FAILED, f"no picture shown for {now - presented_at:.0f} s; {fault or 'the loop was held up'}"
        )
    return _degraded(fault)


def _degraded(words: str) -> Finding:
    return Finding(Condition.DEGRADED, words) if words else Finding()


def _incident(words: str) -> Finding:
    return Finding(Condition.DEGRADED, words, incident=True) if words else Finding()
