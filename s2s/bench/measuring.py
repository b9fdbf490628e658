"""How fast this machine is: each case timed beside what it is compared with, turn by turn, in one run.

Runs in the calling thread; measures and prints nothing by itself. The cases are in `s2s.bench.cases`.
"""

import platform
import time
from collections.abc import Callable, Sequence
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any, Final

import numpy as np
import torch
from torch import Tensor

_WARM_UPS: Final = 2
_Call = Callable[[], Tensor]


@dataclass(frozen=True, slots=True)
class Case:
    """One thing to time. Both calls must give the same result each time they are called equally often."""

    name: str
    ours: _Call
    baseline: _Call | None = None
    compared_with: str = ""
    settle: Callable[[], None] = lambda: None
    """Waits until the device has done what it was asked for."""
    samples: int = 0
    """How many samples a call is one step of training on; 0 for a call that only infers, and needs no gradients."""


@dataclass(frozen=True, slots=True)
class Timing:
    """Milliseconds a call."""

    median_ms: float
    p95_ms: float
    repeats: int


@dataclass(frozen=True, slots=True)
class Measurement:
    """What was measured. `largest_difference` is in parts of the baseline's largest value; `samples` as in `Case`."""

    name: str
    ours: Timing
    baseline: Timing | None = None
    compared_with: str = ""
    largest_difference: float | None = None
    samples: int = 0

    @property
    def speed_up(self) -> float | None:
        """The baseline's median over ours."""
        return None if self.baseline is None else self.baseline.median_ms / self.ours.median_ms

    def samples_per_s(self, timing: Timing) -> float:
        """Return how many samples a second one of the two sides trains on."""
        return self.samples / timing.median_ms * 1e3

    def to_dict(self) -> dict[str, Any]:
        """Return plain values, `speed_up` among them, and samples a second where there are samples."""
        fields = {**asdict(self), "speed_up": self.speed_up}
        for name, timing in (("ours", self.ours), ("baseline", self.baseline)):
            if self.samples and timing is not None:
                fields[name]["samples_per_s"] = self.samples_per_s(timing)
        return fields


@dataclass(frozen=True, slots=True)
class Machine:
    """Hardware and versions of a measurement. `device` is what the networks ran on."""

    cpu: str
    threads: int
    torch: str
    device: str


def measure(case: Case, repeats: int, clock: Callable[[], float] = time.perf_counter) -> Measurement:
    """Time both sides of `case`, a call of the one after a call of the other, `repeats` times after warming up.

    Raises ValueError for less than one repeat.
    """
    if repeats < 1:
        raise ValueError(f"repeats must be at least 1, got {repeats}")
    calls = [case.ours] if case.baseline is None else [case.ours, case.baseline]
    with torch.inference_mode(not case.samples):
        for _ in range(_WARM_UPS):
            results = [call() for call in calls]
        case.settle()
        # Before more calls: a result may lie in a buffer that the next one fills.
        difference = largest_difference(*results) if len(results) == 2 else None
        spent_s: list[list[float]] = [[] for _ in calls]
        for _ in range(repeats):
            for call, spent in zip(calls, spent_s, strict=True):
                began = clock()
                call()
                case.settle()
                spent.append(clock() - began)
    timings = [_timing(spent) for spent in spent_s]
    baseline = timings[1] if len(timings) == 2 else None
    return Measurement(case.name, timings[0], baseline, case.compared_with, difference, case.samples)


def largest_difference(ours: Tensor, baseline: Tensor) -> float:
    """Return the largest difference between two results of one shape, in parts of the baseline's largest value."""
    if ours.shape != baseline.shape:
        raise ValueError(f"the two sides do not answer alike: {list(ours.shape)} and {list(baseline.shape)}")
    largest = baseline.double().abs().max()
    return float((ours.double() - baseline.double()).abs().max() / largest)


def this_machine(device: str = "cpu") -> Machine:
    """Describe where this process runs, as it is set at the moment."""
    name = torch.cuda.get_device_name(device) if device.startswith("cuda") else device
    return Machine(_cpu_name(), torch.get_num_threads(), torch.__version__, name)


def _timing(spent_s: Sequence[float]) -> Timing:
    milliseconds = np.asarray(spent_s) * 1e3
    return Timing(float(np.median(milliseconds)), float(np.percentile(milliseconds, 95)), len(spent_s))


def _cpu_name(listing: Path = Path("/proc/cpuinfo")) -> str:
    """Python knows the name on macOS and Windows, Linux only in a file."""
    if listing.is_file():
        for line in listing.read_text(encoding="utf-8", errors="replace").splitlines():
            if line.startswith("model name"):
                return line.partition(":")[2].strip()
    return platform.processor() or platform.machine()
