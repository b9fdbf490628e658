"""The whole show as one status, for the operator page and the overlay. Any thread; nothing here blocks."""

from collections.abc import Mapping
from dataclasses import dataclass

from installation.heard_words import heard_words
from installation.preset import Preset
from installation.show_parts import Parts
from installation.status import AgesStatus, DisplayStatus, ShowStatus
from installation.turn_timing import TurnTiming
from installation.values import Features, Frame, Health


@dataclass(frozen=True, slots=True)
class Told:
    """What the show's loop knows itself: the preset and what of it waits for another start, what is heard, whose beat
    it is, the newest picture, and whether that is a generated one."""

    preset: Preset
    preset_note: str
    features: Features
    clock: str
    frame: Frame | None
    living: bool


def show_status(
    parts: Parts, health: Health, timing: TurnTiming, memory_mib: Mapping[str, float], told: Told
) -> ShowStatus:
    """Return how the show is doing."""
    meter, outputs, slow_path = parts.meter, parts.sink_status(), parts.inference.status()
    return ShowStatus(
        condition=health.condition,
        reasons=health.reasons,
        preset=told.preset.name,
        preset_refused=parts.presets.refusal,
        preset_note=told.preset_note,
        model=parts.models.shown,
        model_refused=parts.models.refusal,
        sound=parts.capture.status(),
        slow_path=slow_path,
        display=DisplayStatus(round(meter.fps, 1), meter.interval_ms.percentiles(), timing.parts_ms(), timing.missed()),
        painter=parts.renderer.painter,
        fast_ms=meter.fast_ms.percentiles(),
        tempo_bpm=round(told.features.tempo_bpm, 1),
        clock=told.clock,
        heard=heard_words(slow_path.heard),
        controls={name: control.status() for name, control in parts.controls.items()},
        outputs=outputs,
        ages=_ages(parts, told),
        memory_mib={name: round(mib, 1) for name, mib in dict(memory_mib).items()},
        recording=outputs.get("recording"),
    )


def _ages(parts: Parts, told: Told) -> AgesStatus:
    now, heard_at = parts.clock.now(), parts.ring.position.heard_at
    return AgesStatus(
        block_s=round(max(now - heard_at, 0.0), 3) if heard_at > 0.0 else None,
        frame_s=round(max(now - told.frame.made_at, 0.0), 3) if told.frame is not None and told.living else None,
        uptime_s=round(now - parts.meter.started_at, 1),
    )
