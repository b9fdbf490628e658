"""One batch of cases in a process of its own: whatever a case does to it, the run goes on and knows which it was."""

import contextlib
import logging
import mmap
import multiprocessing
import os
import struct
import tempfile
import traceback
from collections.abc import Callable
from dataclasses import dataclass, field
from multiprocessing.connection import Connection
from pathlib import Path
from typing import Final

import psutil

from tests.fuzz.cases import cases_of
from tests.fuzz.family import Family, Finding, judge

_MIB: Final = 1 << 20
_ROOM: Final = 1 << 22
_PATIENCE_S: Final = 400.0
"""For a whole batch: a case that hangs is ended with its process."""
_PARTING_S: Final = 1.0


@dataclass(slots=True)
class Batch:
    """What came of some cases: how many, how much larger the process became (MiB), and what was found."""

    cases: int = 0
    growth_mib: float = 0.0
    findings: list[Finding] = field(default_factory=list)


def run_batch(family: Family, number: int, count: int) -> Batch:
    """Read `count` cases of a family in this process."""
    batch = Batch()
    _read_all(family, number, count, batch, lambda _case: None)
    return batch


def run_apart(family: Family, number: int, count: int) -> Batch:
    """Read `count` cases of a family in a process of their own, which a case may end or hang."""
    context = multiprocessing.get_context("fork")
    here, there = context.Pipe(duplex=False)
    now = mmap.mmap(-1, _ROOM)  # which case is being read, for when nobody is left to say so
    child = context.Process(target=_work, args=(there, now, family, number, count), daemon=True)
    child.start()
    there.close()
    with contextlib.suppress(EOFError):
        if here.poll(_PATIENCE_S):
            batch: Batch = here.recv()
            child.join()
            return batch
    child.join(_PARTING_S)  # one that has ended has not always been taken note of
    hung = child.is_alive()
    child.kill()
    child.join()
    cases, size = struct.unpack_from("<qq", now)
    words = "hangs" if hung else f"ends the process with {child.exitcode}"
    return Batch(cases, 0.0, [Finding(now[16 : 16 + size], words)])


def _work(pipe: Connection, now: mmap.mmap, family: Family, number: int, count: int) -> None:
    logging.disable(logging.CRITICAL)
    batch, begun = Batch(), 0

    def begin(case: bytes) -> None:
        nonlocal begun
        begun += 1
        kept = case[: _ROOM - 16]
        struct.pack_into("<qq", now, 0, begun, len(kept))
        now[16 : 16 + len(kept)] = kept

    try:
        _read_all(family, number, count, batch, begin)
        pipe.send(batch)
        pipe.close()
    except BaseException:
        traceback.print_exc()
        os._exit(70)
    os._exit(0)  # threads of what was opened may wait for what never comes


def _read_all(family: Family, number: int, count: int, batch: Batch, begin: Callable[[bytes], None]) -> None:
    process, kinds, warm_mib = psutil.Process(), set[str](), 0.0
    with tempfile.TemporaryDirectory(prefix="fuzz-") as name:
        folder, made = Path(name) / "opened", Path(name) / "seeds"
        folder.mkdir()
        made.mkdir()
        cases = list(cases_of(family, family.seeds(made), number, count))
        with family.opened(folder) as read:
            for case in cases:
                begin(case)
                finding = judge(read, family.refusals, case)
                if finding is not None and finding.what not in kinds:
                    kinds.add(finding.what)
                    batch.findings.append(finding)
                batch.cases += 1
                if batch.cases == count // 4:
                    warm_mib = process.memory_info().rss / _MIB
            batch.growth_mib = process.memory_info().rss / _MIB - warm_mib
    if count >= 1_000 and batch.growth_mib > family.growth_mib:
        batch.findings.append(Finding(b"", f"{count} cases leave the process {batch.growth_mib:.0f} MiB larger"))
