"""What the system says of a process and of what the show holds: memory, handles, threads, shared memory, files."""

from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path
from typing import Final

import psutil

from installation.shared import FOLDER, PREFIX

_KIB_A_MIB: Final = 1024.0
_BYTES_A_MIB: Final = 1024.0 * 1024.0


@dataclass(frozen=True, slots=True)
class ProcessFigures:
    """One process now. Memory in MiB: resident, its share of what several hold (`pss`), and what no file backs
    (`anonymous`: what a leak grows); None where the system does not tell. `cpu_s` are seconds of processor time.
    """

    rss_mib: float
    pss_mib: float | None
    anonymous_mib: float | None
    handles: int | None
    threads: int
    cpu_s: float


def look_at(pid: int) -> ProcessFigures | None:
    """Return the figures of a process, None where it is gone."""
    try:
        process = psutil.Process(pid)
        with process.oneshot():
            cpu = process.cpu_times()
            rss_mib, threads = process.memory_info().rss / _BYTES_A_MIB, process.num_threads()
        handles = process.num_fds() if hasattr(process, "num_fds") else None
    except psutil.Error:
        return None
    rollup = _rollup_mib(pid)
    return ProcessFigures(
        rss_mib, rollup.get("Pss"), rollup.get("Anonymous"), handles, threads, float(cpu.user + cpu.system)
    )


def shared_pieces(show_pid: int, folder: Path = FOLDER) -> int | None:
    """Return how many pieces of shared memory the show holds, None where they cannot be listed."""
    with suppress(OSError):
        return sum(path.name.startswith(f"{PREFIX}{show_pid}-") for path in folder.iterdir())
    return None


def files_in(folder: Path) -> tuple[int, float]:
    """Return how many files there are in `folder` and below, and how many MiB they have."""
    count, size = 0, 0
    for path in folder.rglob("*"):
        with suppress(OSError):  # one that is gone again
            if path.is_file():
                count, size = count + 1, size + path.stat().st_size
    return count, size / _BYTES_A_MIB


def alive(pids: set[int]) -> list[int]:
    """Return which of `pids` still run."""
    running = []
    for pid in sorted(pids):
        with suppress(psutil.Error):
            if psutil.Process(pid).status() != psutil.STATUS_ZOMBIE:
                running.append(pid)
    return running


def _rollup_mib(pid: int) -> dict[str, float]:
    """Read what Linux sums up of all mappings; elsewhere nothing."""
    found = {}
    with suppress(OSError, ValueError):
        for line in Path(f"/proc/{pid}/smaps_rollup").read_text(encoding="ascii").splitlines()[1:]:
            name, _, value = line.partition(":")
            found[name] = int(value.split()[0]) / _KIB_A_MIB
    return found
