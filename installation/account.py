"""What a show tells of itself: the facts that health is judged by, its status while it runs, its report at the end.

The loop (`installation.show`) writes `Moment`; everything here only reads.
"""

from collections.abc import Mapping
from typing import Any

from installation.cadence import Cadence
from installation.control_status import ControlStatus, OutputsStatus, OutputState
from installation.guard import Guard
from installation.health import Facts
from installation.heard_meter import HeardMeter
from installation.incidents import Incidents
from installation.metering import MemoryMeter
from installation.monitor import HealthMonitor
from installation.plain import to_plain
from installation.report import build_report, refusal_lines
from installation.show_parts import Parts
from installation.show_status import Moment, show_status
from installation.status import ShowStatus
from installation.values import SAMPLE_RATE_HZ


class Account:
    """Tells of the show made of `parts`; `incidents` are what went wrong in it. Nothing here blocks."""

    def __init__(self, parts: Parts, moment: Moment, cadence: Cadence, incidents: Incidents, guard: Guard) -> None:
        self._parts, self._moment, self.cadence = parts, moment, cadence
        self._incidents, self._guard = incidents, guard
        self.memory, self.heard = MemoryMeter(), HeardMeter()
        self.monitor = HealthMonitor(incidents)

    def check_health(self, now: float, *, aloud: bool) -> None:
        """Judge how the show is at `now`, and say where that changed, `aloud` or only for the report. Show thread."""
        self.monitor.check(self._facts(now), now, aloud=aloud)

    def _facts(self, now: float) -> Facts:
        parts, moment = self._parts, self._moment
        return Facts(
            hosts=(parts.capture, parts.inference),
            sound=parts.capture.status(),
            slow_path=parts.inference.status(),
            controls=self._controls(),
            newest_made_at=moment.frame.made_at if moment.frame is not None and moment.living else None,
            presented_at=moment.presented_at,
            refused_preset=parts.presets.refusal or "",
            refused_model=parts.models.refusal or "",
            sinks=parts.sink_status(),
            flashes=parts.renderer.flashes,
            fault=self._guard.words(now),
        )

    def status(self) -> ShowStatus:
        """Return how the show is doing, for the operator page and the overlay. Any thread."""
        health, timing = self.monitor.health, self.cadence.timing
        return show_status(self._parts, health, timing, self.memory.rss_mib, self._moment)

    def report(self, facts: Mapping[str, Any]) -> dict[str, Any]:
        """Return the run's summary; `facts` are what the show itself does not know (source, seed, …)."""
        parts, health = self._parts, self.monitor.health
        run = {
            "painted": parts.frames.serial,
            "restarts": parts.capture.restarts + parts.inference.restarts,
            "preset": parts.presets.current.name,
            "render": self._render_facts(),
            "outputs": [to_plain(output) for output in self._outputs()],
            "flashes": parts.renderer.flashes,
            "sinks": to_plain(parts.sink_status()),
            **self.cadence.summary(),
            "heard_s": round(parts.ring.position.written / SAMPLE_RATE_HZ, 2),
            "living_s": parts.meter.living_s(parts.clock.now()),
            "health": {"condition": str(health.condition), "reasons": dict(health.reasons)},
            **facts,
        }
        return build_report(
            meter=parts.meter,
            memory=self.memory,
            heard=self.heard,
            capture=parts.capture.status(),
            inference=parts.inference.status(),
            run=run,
            errors=[*self._incidents.lines(), *refusal_lines(self._controls())],
        )

    def _outputs(self) -> tuple[OutputState, ...]:
        status = self._controls().get("outputs")
        return status.outputs if isinstance(status, OutputsStatus) else ()

    def _controls(self) -> dict[str, ControlStatus]:
        return {name: control.status() for name, control in self._parts.controls.items()}

    def _render_facts(self) -> dict[str, Any]:
        renderer = self._parts.renderer
        return {
            "internal_scale": round(renderer.internal_scale, 3),
            "size": list(self._parts.surface.size),
            "painter": to_plain(renderer.seen.rounded()),
        }
