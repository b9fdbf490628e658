"""The rehearsal overlay's few lines: levels, rates, latencies, and what is wrong. Pure."""

from collections.abc import Mapping
from typing import Final

from installation.cues.status import CueStatus
from installation.status import DisplayStatus, RecordingStatus, SessionStatus, ShowStatus
from installation.values import Features

_METER_CELLS: Final = 20


def hud_lines(status: ShowStatus, features: Features) -> list[str]:
    """Return the overlay's lines for the show's `status`."""
    slow, display = status.slow_path, status.display
    lines = [
        f"{status.preset}   {status.sound.source or 'no sound yet'}",
        f"level {_meter(features.level)} {features.level_db:6.1f} dB{_auto_gain(status)}",
        f"bass  {_meter(features.bass)} mid {_meter(features.mid, 10)} treble {_meter(features.treble, 10)}",
        f"onset {_meter(features.onset)} centroid {features.centroid:.2f}",
        f"beat  {_meter(features.beat)} {_tempo(features)}, {status.clock}",
        f"shown {display.fps:.1f} fps, p95 {_ms(display.interval_ms.p95)}",
        _parts_line(display),
        f"seen: {status.painter.words}",
        f"generated {_ms(slow.generator.ms.p50)}, heard {_ms(slow.encoder.ms.p50)} (p50)",
        f"sound to light {_ms(status.fast_ms.p95)} fast, {_ms(slow.slow_ms.p95)} slow (p95)",
    ]
    for output in status.outputs.values():
        if isinstance(output, RecordingStatus) and output.file:
            lines.append(f"recording {output.file}, {output.recorded_s:.0f} s")
        if isinstance(output, SessionStatus) and output.file:
            lines.append(f"session log {output.file}, {output.recorded_s:.0f} s")
    lines += cue_lines(status.cues)
    if status.preset_note:
        lines.append(status.preset_note)
    if slow.swap.words:
        lines.append(f"model {slow.swap.words}")
    if slow.image:
        lines.append(f"image {slow.image}")
    if status.heard:
        lines.append(f"heard {status.heard}")
    return lines + [f"{part}: {words}" for part, words in status.reasons.items()]


def cue_lines(cues: CueStatus) -> list[str]:
    """Return where the cues and the playlist are, and what comes next, when."""
    lines = []
    locked = ", locked" if cues.locked else ""
    if cues.current:
        next_one = f", then {cues.next}" if cues.next else ""
        lines.append(f"cue {cues.number} {cues.current}{_left(cues.left_s)}{next_one}{locked}")
    if cues.at:
        lines.append(f"cue {cues.at}")
    if cues.look:
        lines.append(f"playlist: {cues.look}{_left(cues.look_left_s)}{locked}")
    return lines


def _left(left_s: float | None) -> str:
    return "" if left_s is None else f", {int(left_s) // 60}:{int(left_s) % 60:02d} left"


def _auto_gain(status: ShowStatus) -> str:
    gain_db = status.sound.auto_gain_db
    return f", automatic gain {gain_db:+.1f} dB" if gain_db else ""


def _tempo(features: Features) -> str:
    return f"{features.tempo_bpm:.1f} bpm" if features.tempo_bpm else "none"


def _parts_line(display: DisplayStatus) -> str:
    parts = ", ".join(f"{part} {_ms(took.p95)}" for part, took in display.parts_ms.items())
    return f"{parts or 'no turn yet'} (p95); {sum(display.missed.values())} late{_causes(display.missed)}"


def _causes(missed: Mapping[str, int]) -> str:
    return f", mostly by {next(iter(missed))}" if missed else ""


def _meter(value: float, cells: int = _METER_CELLS) -> str:
    filled = round(min(max(value, 0.0), 1.0) * cells)
    return "|" * filled + "." * (cells - filled)


def _ms(value: float | None) -> str:
    return "–" if value is None else f"{value:.0f} ms"
