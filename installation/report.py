"""The run's summary: the JSON of `--report`, and the one line at the end. Pure: numbers in, plain values out."""

from collections.abc import Mapping, Sequence
from typing import Any

from installation.control_status import ControlStatus
from installation.heard_meter import HeardMeter
from installation.metering import MemoryMeter, Meter
from installation.plain import to_plain
from installation.status import CaptureStatus, FlashStatus, InferenceStatus


def build_report(
    *,
    meter: Meter,
    memory: MemoryMeter,
    heard: HeardMeter,
    capture: CaptureStatus,
    inference: InferenceStatus,
    run: Mapping[str, Any],
    errors: Sequence[str],
) -> dict[str, Any]:
    """Return the report as `installation/manual/report.md` lists it; what a worker never told is None or 0."""
    encoder, generator = inference.encoder, inference.generator
    painted = run.get("painted", generator.frames)  # by all workers that there were, where that is known
    return {
        "display": {
            "frames": meter.frames,
            "fps": round(meter.fps, 2),
            "interval_ms": {**meter.interval_ms.summary(50, 95, 99), "max": round(meter.interval_ms.max_ms, 2)},
            **{key: run.get(key, {}) for key in ("parts_ms", "missed", "garbage")},
            "minutes": run.get("minutes", []),
        },
        "generator": {
            "frames": painted,
            "fps": _rate(painted, run.get("living_s")),
            "most_fps": run.get("most_fps"),
            "ms": to_plain(generator.ms),
            "rejected": generator.rejected,
        },
        "encoder": to_plain(encoder),
        "latency": {
            "fast_ms": meter.fast_ms.summary(50, 95),
            "slow_ms": to_plain(inference.slow_ms),
            "control_ms": to_plain(meter.control.percentiles()),
        },
        "audio": {
            "lost_samples": capture.lost_samples,
            "heard_s": run.get("heard_s", 0.0),
            "loudest_db": round(meter.loudest_db, 1),
            "auto_gain_db": capture.auto_gain_db,
        },
        "heard": heard.summary(),
        "frames": {"skipped": meter.skipped},
        "safety": {"flashes": _flashes(run.get("flashes", FlashStatus()))},
        "memory": memory.summary(),
        "startup": {
            "first_picture_s": _rounded(meter.first_picture_s),
            "living_picture_s": _rounded(meter.living_picture_s),
        },
        "outputs": run.get("outputs", []),
        "model": inference.model or run.get("model"),
        "device": inference.device,
        "sinks": run.get("sinks", {}),
        **{key: run.get(key) for key in ("restarts", "preset", "source", "seed", "render", "health", "exit_code")},
        "errors": list(errors),
    }


def refusal_lines(controls: Mapping[str, ControlStatus]) -> list[str]:
    """Return what the control surfaces refused in the whole run, a line per surface that did."""
    refusing = {name: status for name, status in controls.items() if status.refused}
    return [f"{name} refused {status.refused}, the last: {status.last_refusal}" for name, status in refusing.items()]


def summary_line(report: Mapping[str, Any]) -> str:
    """Return the run in one line for the end of every run."""
    display, generator, latency = report["display"], report["generator"], report["latency"]
    return (
        f"{display['frames']} pictures shown at {display['fps']:.1f} fps (p95 {_ms(display['interval_ms']['p95'])}), "
        f"{generator['frames']} generated at {generator['fps']:.1f} a second, "
        f"sound to light {_ms(latency['fast_ms']['p95'])} fast and {_ms(latency['slow_ms']['p95'])} slow (p95), "
        f"{report['audio']['lost_samples']} samples lost, {report['restarts']} restarts"
    )


def _flashes(status: FlashStatus) -> dict[str, Any]:
    """Return all of it but what is true at one moment only."""
    return {key: value for key, value in to_plain(status).items() if key != "holding"}


def _rate(count: int, duration_s: float | None) -> float:
    return round(count / duration_s, 2) if duration_s and duration_s > 0 else 0.0


def _rounded(value: float | None) -> float | None:
    return None if value is None else round(value, 3)


def _ms(value: float | None) -> str:
    return "–" if value is None else f"{value:.0f} ms"
