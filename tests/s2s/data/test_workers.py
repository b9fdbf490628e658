"""Jobs that hang, crash or eat memory, in real processes: each costs itself alone."""

import os
import signal
import subprocess
import sys
import time
from collections.abc import Callable
from pathlib import Path

import numpy as np
import psutil
import pytest

from s2s.data.workers import Done, Workers, WorkStoppedError
from tests.waiting import wait_until

pytestmark = pytest.mark.proc

ROOT = Path(__file__).resolve().parents[3]


def misbehave(job: str, beat: Callable[[], None]) -> str:
    """The task of these tests: does what its job says."""
    match job.split():
        case ["hang"]:
            time.sleep(600)
        case ["crash"]:
            os.kill(os.getpid(), signal.SIGSEGV)
        case ["eat"]:
            np.ones(1 << 30)
        case ["slow"]:
            for _ in range(30):
                time.sleep(0.1)
                beat()
        case ["full"]:
            raise OSError(28, "No space left on device")
        case ["tell", path]:
            Path(path).write_text(str(os.getpid()))
            time.sleep(600)
    return job.upper()


def run(*jobs: str, count: int = 2, patience_s: float = 30.0) -> dict[str, Done[str, str]]:
    with Workers(misbehave, count, patience_s=patience_s) as workers:
        return {done.job: done for done in workers.run(jobs)}


def test_a_crash_a_hunger_and_good_jobs_beside_them_each_have_their_own_end() -> None:
    jobs = [f"job {number}" for number in range(6)]
    done = run("crash", *jobs[:3], "eat", *jobs[3:])
    assert [done[job].result for job in jobs] == [job.upper() for job in jobs]
    assert done["crash"] == Done("crash", None, "its decoder died (SIGSEGV)")
    assert done["eat"] == Done("eat", None, "its decoder died (exit code 1)")


def test_a_job_that_hangs_is_stopped_and_one_that_is_slow_is_not() -> None:
    done = run("hang", "slow", "job", patience_s=2.0)
    assert done["hang"].lost == "stopped: nothing came of it for 2 s"
    assert (done["slow"].result, done["job"].result) == ("SLOW", "JOB")


def test_a_full_disk_stops_the_run() -> None:
    with pytest.raises(WorkStoppedError, match="No space left on device"):
        run("job", "full", "job", count=1)


def test_nothing_to_do_starts_no_process() -> None:
    assert run(count=0) == {}


def test_leaving_ends_what_still_runs(tmp_path: Path) -> None:
    told = tmp_path / "pid"
    with Workers(misbehave, 2, patience_s=30.0) as workers:
        assert next(workers.run(["job", f"tell {told}"])).result == "JOB"
        assert wait_until(lambda: told.exists() and told.read_text())
    assert not psutil.pid_exists(int(told.read_text()))


def test_no_worker_outlives_an_owner_that_is_killed(tmp_path: Path) -> None:
    told = tmp_path / "pid"
    code = (
        "from s2s.data.workers import Workers\n"
        "from tests.s2s.data.test_workers import misbehave\n"
        "if __name__ == '__main__':\n"
        f"    list(Workers(misbehave, 1, patience_s=600).run(['tell {told}']))\n"
    )
    script = tmp_path / "owner.py"
    script.write_text(code)
    owner = subprocess.Popen([sys.executable, str(script)], env={**os.environ, "PYTHONPATH": str(ROOT)})
    try:
        assert wait_until(lambda: told.exists() and told.read_text())
    finally:
        owner.kill()
        owner.wait()
    worker = int(told.read_text())
    assert wait_until(lambda: not psutil.pid_exists(worker))
