"""What a monitoring system is told of the show: its status as metrics. Pure."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Final

from installation.logs.exposition import Family
from installation.status import RecordingStatus, ShowStatus
from installation.values import Condition

_P: Final = "sound2scene_"
_MIB: Final = 1024 * 1024

BOUNDS_S: Final = (
    *(0.005, 0.01, 0.015, 0.02, 0.025, 0.03, 0.035, 0.04, 0.045, 0.05, 0.06, 0.075, 0.1, 0.15, 0.25, 0.5),
    *(1.0, 2.0, 5.0, 10.0),
)
"""Edges of the buckets: close around the intervals of 60 and 30 Hz, and at 2 s, which no picture may stand."""


@dataclass(frozen=True, slots=True)
class Spread:
    """How many durations were at or below each of `BOUNDS_S`, last how many in all; their sum in seconds."""

    cumulated: tuple[int, ...] = (0,) * (len(BOUNDS_S) + 1)
    total_s: float = 0.0


@dataclass(frozen=True, slots=True)
class Measured:
    """What the show has counted since it began, beside its status."""

    shown: int = 0
    generated: int = 0
    skipped: int = 0
    interval: Spread = field(default_factory=Spread)
    fast: Spread = field(default_factory=Spread)
    restarts: Mapping[str, int] = field(default_factory=dict)
    pids: Mapping[str, int] = field(default_factory=dict)


def figures(status: ShowStatus, measured: Measured, loop_age_s: float, version: str, revision: str) -> list[Family]:
    """Return all of it; `loop_age_s` is how long the show's loop has not turned."""
    return [
        Family(_P + "build_info", "gauge", "Which program this is.", [("", _build(version, revision), 1.0)]),
        *_condition(status, loop_age_s),
        *_pictures(status, measured),
        *_sound(status),
        *_machine(status, measured),
    ]


def _build(version: str, revision: str) -> tuple[tuple[str, str], ...]:
    return (("version", version), ("revision", revision))


def _condition(status: ShowStatus, loop_age_s: float) -> list[Family]:
    conditions = {str(one): float(one is status.condition) for one in Condition}
    words = "1 for each part of the show that is not well; /health says why."
    return [
        Family.by("gauge", _P + "condition", "1 for how the show is, 0 for how it is not.", "condition", conditions),
        Family.by("gauge", _P + "part_troubled", words, "part", dict.fromkeys(status.reasons, 1.0)),
        Family.gauge(_P + "uptime_seconds", "For how long the show has run.", status.ages.uptime_s),
        Family.gauge(_P + "loop_age_seconds", "How long ago the show's loop last turned.", round(loop_age_s, 3)),
    ]


def _pictures(status: ShowStatus, measured: Measured) -> list[Family]:
    late = {str(cause): float(count) for cause, count in status.display.missed.items()}
    flashes, interval, fast = status.safety.flashes, measured.interval, measured.fast
    return [
        Family.counter(_P + "pictures_shown_total", "Pictures that were shown.", measured.shown),
        Family.by("counter", _P + "pictures_late_total", "Pictures that came late, by what for.", "cause", late),
        Family.histogram(
            _P + "picture_interval_seconds",
            "From one shown picture to the next.",
            BOUNDS_S,
            interval.cumulated,
            interval.total_s,
        ),
        Family.histogram(
            _P + "sound_to_light_seconds",
            "From sound heard to the picture that it moved, by the fast path.",
            BOUNDS_S,
            fast.cumulated,
            fast.total_s,
        ),
        Family.counter(_P + "pictures_generated_total", "Pictures that the generator has painted.", measured.generated),
        Family.counter(_P + "pictures_skipped_total", "Generated pictures that came too late.", measured.skipped),
        *_age("generated_picture_age_seconds", "Age of the newest generated picture.", status.ages.frame_s),
        Family.counter(_P + "flash_interventions_total", "How often flashes were held back.", flashes.interventions),
        Family.counter(_P + "flash_limited_seconds_total", "For how long in all.", flashes.limited_s),
    ]


def _sound(status: ShowStatus) -> list[Family]:
    updates = status.slow_path.encoder.updates
    return [
        *_age("sound_age_seconds", "Age of the newest sound.", status.ages.block_s),
        Family.counter(_P + "sound_lost_samples_total", "Samples that never arrived.", status.sound.lost_samples),
        Family.counter(_P + "encoder_updates_total", "How often the model has heard, since its worker began.", updates),
    ]


def _machine(status: ShowStatus, measured: Measured) -> list[Family]:
    refused = {name: float(control.refused) for name, control in status.controls.items()}
    memory = {name: mib * _MIB for name, mib in status.memory_mib.items()}
    recording = {
        name: float(bool(sink.file) and not sink.problem)
        for name, sink in status.outputs.items()
        if isinstance(sink, RecordingStatus)
    }
    restarts = {name: float(count) for name, count in measured.restarts.items()}
    pids = {name: float(pid) for name, pid in measured.pids.items()}
    return [
        Family.by("counter", _P + "worker_restarts_total", "How often a worker began again.", "worker", restarts),
        Family.by("gauge", _P + "process_resident_memory_bytes", "Resident memory.", "process", memory),
        Family.by("gauge", _P + "process_id", "By which number the system knows it.", "process", pids),
        Family.by("counter", _P + "messages_refused_total", "What control surfaces refused.", "surface", refused),
        Family.by("gauge", _P + "recording_active", "1 while picture and sound are kept.", "recording", recording),
    ]


def _age(name: str, words: str, age_s: float | None) -> list[Family]:
    return [] if age_s is None else [Family.gauge(_P + name, words, age_s)]
