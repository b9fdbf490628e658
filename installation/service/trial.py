"""A second of the show itself, without a window and apart from a show that runs: the last part of `--check`."""

import json
import os
import signal
import subprocess
import sys
import tempfile
import time
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Final

from installation.product import ROOT
from installation.service.listening import Listener
from installation.service.processes import end_leftovers, signal_group
from installation.service.watchdog import STARTING
from s2s.files.quote import one_line

_LIVING_S: Final = 1.0
_END_S: Final = 4.0


@dataclass(frozen=True, slots=True)
class Trial:
    """What came of it: `problem` in words, empty where a living picture was shown; when that came, and how often."""

    problem: str = ""
    living_after_s: float = 0.0
    fps: float = 0.0


def second_of_show(arguments: Sequence[str], limit_s: float) -> Trial:
    """Run the show headless until it has lived for a second, at most for `limit_s`; it touches no port in use."""
    with tempfile.TemporaryDirectory(prefix="sound-to-scene-", ignore_cleanup_errors=True) as folder:
        report = Path(folder) / "report.json"
        apart = ["--output", "headless", "--no-page", "--oscquery", "none", "--osc-port", "0", "--fresh"]
        apart += ["--venue", folder, "--report", str(report)]
        command = [sys.executable, str(ROOT / "run_show.py"), *arguments, *apart]
        return _watched(command, report, limit_s)


def _watched(command: Sequence[str], report: Path, limit_s: float) -> Trial:
    listener, began_at = Listener(limit_s), time.monotonic()
    with open(os.devnull) as nothing, report.with_name("log").open("wb+") as said:  # noqa: PTH123 - os.devnull
        show = subprocess.Popen(
            command,
            env={**os.environ, **listener.environment},
            stdin=nothing,
            stdout=subprocess.DEVNULL,
            stderr=said,
            start_new_session=True,
        )
        try:
            living_at = _when_living(show, listener, began_at + limit_s - _LIVING_S - _END_S)
            if living_at is not None:
                time.sleep(_LIVING_S)
            signal_group(show.pid, signal.SIGTERM)
            try:
                show.wait(_END_S)
            except subprocess.TimeoutExpired:  # a busy machine: what was to be seen was seen
                signal_group(show.pid, signal.SIGKILL)
                show.wait()
                if living_at is not None:
                    return Trial(living_after_s=living_at - began_at)
        finally:
            signal_group(show.pid, signal.SIGKILL)
            end_leftovers(show.pid, 0.0)
            listener.close()
        said.seek(0)
        return _judged(show.returncode, living_at, began_at, limit_s, _read(report), said.read()[-4000:])


def _when_living(show: subprocess.Popen[bytes], listener: Listener, until: float) -> float | None:
    while (now := time.monotonic()) < until and show.poll() is None:
        for line in listener.lines(show.pid):
            if line.startswith("STATUS=") and line != f"STATUS={STARTING}":
                return now
        time.sleep(0.05)
    return None


def _judged(
    code: int | None, living_at: float | None, began_at: float, limit_s: float, report: dict[str, Any], said: bytes
) -> Trial:
    errors = report.get("errors") or []
    if code != 0 and code != -signal.SIGKILL:
        lines = said.decode(errors="replace").strip().splitlines() or [""]
        return Trial(problem=f"exit code {code}: {one_line(errors[-1] if errors else lines[-1], 200)}")
    if living_at is None:
        reasons = report.get("health", {}).get("reasons", {})
        why = "; ".join(f"{part}: {words}" for part, words in reasons.items())
        within_s = limit_s - _LIVING_S - _END_S
        return Trial(
            problem=f"no picture that hears within {within_s:.0f} s ({one_line(why or 'still starting', 200)})"
        )
    return Trial(living_after_s=living_at - began_at, fps=float(report.get("display", {}).get("fps") or 0.0))


def _read(report: Path) -> dict[str, Any]:
    try:
        document = json.loads(report.read_text(encoding="utf-8"))
    except (OSError, ValueError):
        return {}
    return document if isinstance(document, dict) else {}
