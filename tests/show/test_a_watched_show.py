"""The real program under its parent, killed and stopped: it comes back, with what was shown; its check, in twenty
seconds on a machine of its own."""

import os
import signal
from pathlib import Path

import psutil
import pytest

from tests.show_runner import ShowRun
from tests.waiting import wait_until

pytestmark = [pytest.mark.proc, pytest.mark.gl, pytest.mark.slow]


def show_of(parent: int) -> psutil.Process | None:
    """Return the show that `parent` runs now, once it has a picture: until then it has no children of its own."""
    children = psutil.Process(parent).children()
    return children[0] if children and children[0].children() else None


def stage(folder: Path, model: Path) -> tuple[str, ...]:
    place = ("--venue", str(folder / "venue"), "--model", str(model), "--output", "headless", "--size", "64x36")
    return (*place, "--source", "demo", "--fps", "10")


@pytest.mark.parametrize("how", [signal.SIGKILL, signal.SIGSTOP])
def test_it_comes_back_with_what_it_showed(tmp_path: Path, tiny_model: Path, how: signal.Signals) -> None:
    last = tmp_path / "venue" / "last.json"
    with ShowRun(tmp_path, *stage(tmp_path, tiny_model), program=("run_show.py", "--supervise")) as parent:
        parent.wait_until(last.exists)
        first = show_of(parent.pid)
        assert first is not None
        workers = first.children(recursive=True)
        os.kill(first.pid, how)
        parent.wait_for("started again")
        parent.wait_for("as it was shown last")
        assert not any(worker.is_running() for worker in workers)
        parent.wait_until(lambda: parent.log.count("OSC control at") == 2)
        assert parent.stop() == 0, parent.log
    assert wait_until(lambda: not first.is_running())


def test_a_misspelt_argument_is_told_and_ends_it(tmp_path: Path, tiny_model: Path) -> None:
    arguments = (*stage(tmp_path, tiny_model), "--preset", "galery")
    with ShowRun(tmp_path, *arguments, program=("run_show.py", "--supervise")) as parent:
        assert parent.wait() == 2 and "gallery" in parent.log


def test_the_check_says_a_line_for_each_thing(tmp_path: Path, tiny_model: Path) -> None:
    with ShowRun(tmp_path, *stage(tmp_path, tiny_model), "--check") as check:
        code = check.wait()
        lines = check.stdout().splitlines()
    assert all(line[:4] in ("ok  ", "NO  ") for line in lines) and len(lines) >= 9
    assert code == any(line.startswith("NO") for line in lines)
    assert {"model", "shared memory", "OSC", "MIDI", "a second of show"} <= {line[4:].split(":")[0] for line in lines}


def test_the_check_of_a_model_that_is_none_is_1(tmp_path: Path) -> None:
    with ShowRun(tmp_path, "--model", str(tmp_path), "--output", "headless", "--check") as check:
        assert check.wait() == 1
        assert "NO  model: " in check.stdout()
