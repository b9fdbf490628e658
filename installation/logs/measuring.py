"""Reads what a running show has counted. Any thread; nothing here blocks."""

import os
from typing import Final

from installation.histogram import Histogram
from installation.logs.figures import BOUNDS_S, Measured, Spread
from installation.show_parts import Parts

_BOUNDS_MS: Final = tuple(bound_s * 1e3 for bound_s in BOUNDS_S)


def measure(parts: Parts) -> Measured:
    """Return what the show made of `parts` has counted until now."""
    meter = parts.meter
    pids = {"show": os.getpid(), "capture": parts.capture.pid, "inference": parts.inference.pid}
    return Measured(
        shown=meter.frames,
        generated=parts.frames.serial,
        skipped=meter.skipped,
        interval=_spread(meter.interval_ms),
        fast=_spread(meter.fast_ms),
        restarts={"capture": parts.capture.restarts, "inference": parts.inference.restarts},
        pids={name: pid for name, pid in pids.items() if pid is not None},
    )


def _spread(histogram: Histogram) -> Spread:
    return Spread(tuple(histogram.cumulated(_BOUNDS_MS)), round(histogram.sum_ms / 1e3, 6))
