"""The whole show as one status, for the operator page and the overlay. Any thread; nothing here blocks."""

from collections.abc import Mapping
from dataclasses import dataclass

from installation.heard_words import heard_words
from installation.show_parts import Parts
from installation.status import AgesStatus, DisplayStatus, SafetyStatus, ShowStatus
from installation.turn_timing import TurnTiming
from installation.values import Features, Frame, Health


@dataclass(slots=True)
class Moment:
    """What a show is at now, as its loop left it: what is heard and shown, whose beat it is.

    `preset_note` is what of the preset waits for another start, `presented_at` when a picture was last shown, None
    before the first; `living` is true from the first picture of the generator on.
    """

    frame: Frame | None
    features: Features
    preset_note: str = ""
    clock: str = ""
    living: bool = False
    presented_at: float | None = None


def show_status(
    parts: Parts, health: Health, timing: TurnTiming, memory_mib: Mapping[str, float], moment: Moment
) -> ShowStatus:
    """Return how the show is doing."""
    now = parts.clock.now()
    meter, outputs, slow_path = parts.meter, parts.sink_status(), parts.inference.status()
    return ShowStatus(
        condition=health.condition,
        reasons=health.reasons,
        reasons_s={part: round(max(now - since, 0.0), 1) for part, since in health.since.items()},
        preset=parts.presets.current.name,
        preset_refused=parts.presets.refusal,
        preset_note=moment.preset_note,
        model=parts.models.shown,
        model_refused=parts.models.refusal,
        sound=parts.capture.status(),
        slow_path=slow_path,
        display=DisplayStatus(round(meter.fps, 1), meter.interval_ms.percentiles(), timing.parts_ms(), timing.missed()),
        painter=parts.renderer.painter,
        safety=SafetyStatus(parts.renderer.flashes),
        fast_ms=meter.fast_ms.percentiles(),
        control_ms=meter.control.percentiles(),
        tempo_bpm=round(moment.features.tempo_bpm, 1),
        clock=moment.clock,
        heard=heard_words(slow_path.heard),
        controls={name: control.status() for name, control in parts.controls.items()},
        outputs=outputs,
        cues=parts.cues(),
        ages=_ages(parts, moment),
        memory_mib={name: round(mib, 1) for name, mib in dict(memory_mib).items()},
        recording=outputs.get("recording"),
    )


def _ages(parts: Parts, moment: Moment) -> AgesStatus:
    now, heard_at = parts.clock.now(), parts.ring.position.heard_at
    return AgesStatus(
        block_s=round(max(now - heard_at, 0.0), 3) if heard_at > 0.0 else None,
        frame_s=round(max(now - moment.frame.made_at, 0.0), 3) if moment.frame is not None and moment.living else None,
        uptime_s=round(now - parts.meter.started_at, 1),
    )
