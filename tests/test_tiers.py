"""The tier of seconds is what it says: no process unless a marker names it, and the command in the guide selects it."""

import multiprocessing
import re
import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parent.parent


def test_a_test_that_starts_a_process_without_saying_so_fails() -> None:
    with pytest.raises(pytest.fail.Exception, match="mark it `proc`"):
        subprocess.run([sys.executable, "-c", ""], check=True)
    with pytest.raises(pytest.fail.Exception, match="mark it `proc`"):
        multiprocessing.get_context("spawn").Process(target=print).start()


@pytest.mark.proc
def test_a_test_that_says_so_may_start_one() -> None:
    assert subprocess.run([sys.executable, "-c", ""], check=False).returncode == 0


def test_the_tier_of_seconds_in_the_guide_leaves_out_every_marker(pytestconfig: pytest.Config) -> None:
    named = re.search(r'pytest -m "not \((.+?)\)"', (ROOT / ".github" / "CONTRIBUTING.md").read_text(encoding="utf-8"))
    assert named is not None
    ours = {"gl", "device", "proc", "heavy", "slow"}
    known = {line.partition(":")[0] for line in pytestconfig.getini("markers")}
    assert set(named[1].split(" or ")) == ours and ours <= known
