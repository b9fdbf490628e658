"""The show, which writes down when it presented each picture: `python -m tests.benchmarks.timed_show TIMES.npy …`.

The other arguments are those of `run_show.py`. Times are monotonic seconds, one clock for all processes of a machine.
"""

import sys
from pathlib import Path
from unittest import mock

import numpy as np

import run_show
from installation import assembly
from installation.metering import Meter
from installation.values import Features


class NotingMeter(Meter):
    """Also keeps the time of each picture."""

    def __init__(self, started_at: float) -> None:
        super().__init__(started_at)
        presented_at.clear()

    def presented(self, now: float, features: Features) -> None:
        super().presented(now, features)
        presented_at.append(now)


presented_at: list[float] = []

if __name__ == "__main__":
    out = Path(sys.argv.pop(1))
    with mock.patch.object(assembly, "Meter", NotingMeter):
        code = run_show.main()
    np.save(out, np.array(presented_at))
    sys.exit(code)
