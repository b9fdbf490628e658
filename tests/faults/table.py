"""The faults by name, and the table that a run of them becomes."""

import os
import platform
import re
import signal
import sys
from collections.abc import Callable, Mapping
from functools import partial
from pathlib import Path
from typing import Final

from s2s.card import DEFAULT_BUNDLE
from tests.faults import controller, narrow, sound, surroundings, workers
from tests.faults.watched_show import Measured
from tests.show_runner import ROOT

MANUAL: Final = ROOT / "installation" / "manual" / "faults.md"
_ELSEWHERE: Final = re.compile(r"/\S*/(?=venue|model)")
_TABLE: Final = re.compile(r"(<!-- faults -->\n).*?(<!-- /faults -->)", re.DOTALL)

Run = Callable[[Path, Path], Measured]


def _signalled(name: str, number: signal.Signals, words: str) -> Run:
    return partial(_call, workers.signalled, name, number, words)


def _ordered(name: str, order: str, words: str, times: int = 1) -> Run:
    return partial(_call, partial(workers.ordered, times=times), name, order, words)


def _call(run: Callable[..., Measured], *arguments: object) -> Measured:
    """Run it with the folder and the model, which come last here and first there."""
    *told, folder, model = arguments
    return run(folder, model, *told)


KILL: Final = "ended without a word"
STOP: Final = "was stopped from outside"
NO_SIGN: Final = "gave no sign of life"

FAULTS: Final[Mapping[str, Run]] = {
    "inference killed": _signalled("inference", signal.SIGKILL, KILL),
    "inference stopped (SIGSTOP)": _signalled("inference", signal.SIGSTOP, STOP),
    "inference hangs in a step": _ordered("inference", "hang", NO_SIGN),
    "inference lives and does nothing": _ordered("inference", "do nothing", "heard nothing of the sound"),
    "inference paints one picture for ever": _ordered("inference", "paint one picture", "the same picture"),
    "inference fails six times (out of memory), then works": _ordered("inference", "raise", "out of memory", 6),
    "inference leaks 0.5 GB a second": _ordered("inference", "leak", "MiB of memory"),
    "inference killed every 7 s, six times": workers.killed_again_and_again,
    "model file truncated, worker killed three times, file mended": partial(
        workers.bundle_damaged, weights=b"truncated", words="is truncated"
    ),
    "weights of NaN, worker killed, weights mended": partial(workers.bundle_damaged, weights=None, words="NaN"),
    "capture killed": _signalled("capture", signal.SIGKILL, KILL),
    "capture stopped (SIGSTOP)": _signalled("capture", signal.SIGSTOP, STOP),
    "capture hangs in a step": _ordered("capture", "hang", NO_SIGN),
    "capture lives and brings no sound": _ordered("capture", "do nothing", "brought no sound"),
    "capture fails six times, then works": _ordered("capture", "raise", "out of memory", 6),
    "capture leaks": _ordered("capture", "leak", "MiB of memory"),
    "PulseAudio killed, started again 3 s later": sound.server_killed,
    "PulseAudio's sink unloaded, loaded again 3 s later": sound.sink_unloaded,
    "PulseAudio stopped (SIGSTOP), goes on": sound.server_stopped,
    "a MIDI controller pulled, plugged in again 3 s later": controller.controller_pulled,
    "disk full while recording, then space": surroundings.full_disk_while_recording,
    "port of OSC taken, then free": surroundings.osc_port_taken,
    "preset refused, mended, asked for again": surroundings.preset_refused,
    "a preset's image cannot be used, another preset": surroundings.image_that_cannot_be_used,
    "the X server dies, another starts": surroundings.display_gone_and_back,
    "the clock on the wall set 10 years ahead, then to 1990": surroundings.clock_set,
    "whoever reads the log hangs up": surroundings.output_closed,
    "no writable temporary folder": surroundings.nowhere_temporary,
    "1 MiB of shared memory, then enough": surroundings.shared_memory_full,
    "restart at night while open (not a fault)": surroundings.restarted_at_night,
}
_NEEDS_EARS: Final = "inference paints one picture for ever"
"""Of random weights all sounds are alike: only a model that hears should paint another picture."""
_NEEDS_MOUNTS: Final = ("no writable temporary folder", "1 MiB of shared memory, then enough")


def named(words: list[str]) -> dict[str, Run]:
    """Return the faults whose names hold one of `words`, all where there are none, that this machine can have."""
    wanted = {name: run for name, run in FAULTS.items() if not words or _is_one_of(name, words)}
    return {name: run for name, run in wanted.items() if name not in _NEEDS_MOUNTS or narrow.available()}


def _is_one_of(name: str, words: list[str]) -> bool:
    return name in words or any(word in name and word not in FAULTS for word in words)


def model_for(name: str, given: Path) -> Path:
    """Return the model that a fault is tried with, usually the `given` one."""
    return DEFAULT_BUNDLE if name == _NEEDS_EARS else given


def row(name: str, measured: Measured) -> str:
    """Return a line of the table."""
    words = _ELSEWHERE.sub("…/", measured.words).replace("|", "/")
    return f"| {name} | {_seconds(measured.black_s)} | {_seconds(measured.recovered_s)} | {words} |"


def write_table(rows: list[str]) -> None:
    """Put the table, and where it was measured, into the manual."""
    head = ["| fault | longest without a picture, s | time to recover, s | words shown |", "|---|---|---|---|"]
    load = ", ".join(f"{part:.0f}" for part in os.getloadavg())
    where = (
        f"{os.cpu_count()} cores, {platform.system()}, Python {sys.version.split()[0]}, load average {load} at the end."
    )
    text = "\n".join([where, "", *head, *rows, ""])
    MANUAL.write_text(_TABLE.sub(lambda found: f"{found[1]}{text}{found[2]}", MANUAL.read_text()))


def _seconds(value: float | None) -> str:
    return "–" if value is None else f"{value:.1f}"
