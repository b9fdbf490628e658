"""The restart at night under `--supervise`: exit code 75 of the real program, and the show that comes after it."""

import time
from datetime import UTC, datetime, timedelta
from pathlib import Path

import psutil
import pytest

from tests.faults.watched_show import WatchedShow

pytestmark = [pytest.mark.proc, pytest.mark.gl, pytest.mark.slow]


def test_its_parent_starts_it_again_at_once_and_as_it_was(tmp_path: Path, tiny_model: Path) -> None:
    venue = tmp_path / "venue"
    venue.mkdir()
    arguments = ("--source", "demo", "--model", str(tiny_model))
    with WatchedShow(tmp_path, *arguments, program=("run_show.py", "--supervise")) as show:
        show.wait_until_well()
        (first,) = psutil.Process(show.pid).children()
        show.put("/show/preset", "performance")
        show.wait_for("preset: Performance")
        show.put("/render/grain", 0.21)
        at = datetime.now(UTC) + timedelta(seconds=8)
        hours = "timezone: UTC\nfade: 1\nhours: {daily: all day}\n"
        (venue / "schedule.yaml").write_text(f'{hours}restart: "{at:%H:%M:%S}"\n')
        show.wait_for("asked to be started again")
        again = next(line for line in show.lines if "asked to be started again" in line)
        assert again.rstrip().endswith("started again"), "without a pause"
        show.wait_until(lambda: show.log.count("operator page at") == 2)
        (second,) = psutil.Process(show.pid).children()
        assert second.pid != first.pid and not first.is_running()
        show.wait_until_well(time.monotonic())
        assert abs(show.get("/render/grain") - 0.21) < 1e-6 and show.get("/show/preset") == "performance"
        show.wait_until(lambda: float(show.get("/show/light")) == 1.0)
        assert not (venue / "handover.json").exists() and show.log.count("asked to be started again") == 1
        show.end()
