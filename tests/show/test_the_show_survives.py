"""The real program while things break: workers killed, sound and model hung, signals, OSC from outside."""

import os
import signal
import time
from pathlib import Path

import psutil
import pytest
from pythonosc.udp_client import SimpleUDPClient

from tests.show_runner import ShowRun

_STAGE = ("--source", "demo", "--output", "headless", "--size", "160x90")


def worker(show: ShowRun, name: str) -> psutil.Process:
    """The show's child that runs `name`; children are started capture first."""
    children = [c for c in psutil.Process(show.pid).children() if "spawn_main" in " ".join(c.cmdline())]
    children.sort(key=lambda child: child.create_time())
    return children[0 if name == "capture" else 1]


@pytest.mark.parametrize("number", [signal.SIGTERM, signal.SIGINT])
def test_a_signal_ends_the_show_with_exit_code_0_and_a_report(tmp_path: Path, tiny_model: Path, number: int) -> None:
    with ShowRun(tmp_path, *_STAGE, "--model", str(tiny_model)) as show:
        show.wait_for("ok")
        assert show.stop(number) == 0, show.log
        assert show.report()["display"]["frames"] > 0
        assert "pictures shown at" in show.log.splitlines()[-1]


@pytest.mark.parametrize("name", ["capture", "inference"])
@pytest.mark.parametrize("number", [signal.SIGKILL])
def test_a_killed_worker_comes_back_and_the_picture_goes_on(
    tmp_path: Path, tiny_model: Path, name: str, number: int
) -> None:
    with ShowRun(tmp_path, *_STAGE, "--model", str(tiny_model)) as show:
        show.wait_for("ok")
        worker(show, name).send_signal(number)
        show.wait_for(f"{name} ended without a word")
        show.wait_until(lambda: len(psutil.Process(show.pid).children()) >= 2)
        time.sleep(8.0)
        assert show.stop() == 0
        report = show.report()
    assert report["restarts"] == 1 and any(name in error for error in report["errors"])
    assert report["display"]["interval_ms"]["max"] < 2000  # never black, never frozen for more than two seconds


def test_no_worker_outlives_a_show_that_is_killed(tmp_path: Path, tiny_model: Path) -> None:
    with ShowRun(tmp_path, *_STAGE, "--model", str(tiny_model)) as show:
        show.wait_for("ok")
        workers = psutil.Process(show.pid).children(recursive=True)
        assert len(workers) >= 2
        os.kill(show.pid, signal.SIGKILL)
        _gone, alive = psutil.wait_procs(workers, timeout=20)
        assert alive == []


def test_gain_over_osc_is_heard_and_blackout_is_seen(tmp_path: Path, tiny_model: Path) -> None:
    from PIL import Image

    snapshot = tmp_path / "dark.png"
    with ShowRun(tmp_path, *_STAGE, "--model", str(tiny_model), "--snapshot", str(snapshot)) as show:
        show.wait_for("ok")
        with SimpleUDPClient("127.0.0.1", show.osc_port) as client:
            client.send_message("/audio/gain", -60.0)
            client.send_message("/show/blackout", True)
            client.send_message("/show/nonsense", 1.0)
        show.wait_for("there is no parameter '/show/nonsense'")
        show.wait_for("the room is silent")  # 60 dB down, the performance lies under the gate
        assert show.stop() == 0
    with Image.open(snapshot) as picture:
        assert max(high for _low, high in picture.convert("RGB").getextrema()) <= 2


def test_a_preset_over_osc_changes_the_show_and_a_bad_one_leaves_it(tmp_path: Path, tiny_model: Path) -> None:
    with ShowRun(tmp_path, *_STAGE, "--model", str(tiny_model)) as show:
        show.wait_for("ok")
        with SimpleUDPClient("127.0.0.1", show.osc_port) as client:
            client.send_message("/show/preset", "performanse")
            show.wait_for("did you mean 'performance'")
            client.send_message("/show/preset", "performance")
        show.wait_for("preset: Performance")
        assert show.stop() == 0
        assert show.report()["preset"] == "Performance"
