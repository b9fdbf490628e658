"""The real program while things break: workers killed, sound and model hung, signals, OSC from outside."""

import contextlib
import shutil
import signal
import time
from contextlib import closing
from pathlib import Path

import av
import numpy as np
import psutil
import pytest
from PIL import Image
from pythonosc.udp_client import SimpleUDPClient

from installation import shared
from tests.display import VirtualDisplay
from tests.show_runner import RAIN, ShowRun

_STAGE = ("--source", RAIN, "--output", "headless", "--size", "64x36", "--fps", "10")


def worker(show: ShowRun, name: str) -> psutil.Process:
    """The show's child that runs `name`; children are started inference first."""
    return workers(show)[0 if name == "inference" else 1]


def workers(show: ShowRun) -> list[psutil.Process]:
    """The show's workers, the oldest first."""
    children = []
    for child in psutil.Process(show.pid).children():
        with contextlib.suppress(psutil.NoSuchProcess):  # some look something up and end
            if "spawn_main" in " ".join(child.cmdline()):
                children.append(child)
    return sorted(children, key=lambda child: child.create_time())


def played_s(path: Path, fps: float) -> float:
    """How long the pictures of a film are, decoded strictly."""
    with av.open(str(path)) as film:
        return sum(1 for _ in film.decode(video=0)) / fps


@pytest.mark.parametrize(
    ("name", "number", "words"),
    [
        ("capture", signal.SIGKILL, "capture ended without a word"),
        pytest.param("capture", signal.SIGSTOP, "capture was stopped from outside", marks=pytest.mark.slow),
        pytest.param("inference", signal.SIGKILL, "inference ended without a word", marks=pytest.mark.slow),
        pytest.param("inference", signal.SIGSTOP, "inference was stopped from outside", marks=pytest.mark.slow),
    ],
)
def test_a_worker_that_is_killed_or_stopped_comes_back_and_the_picture_goes_on_until_the_terminal_goes(
    tmp_path: Path, tiny_model: Path, name: str, number: int, words: str
) -> None:
    signal.signal(signal.SIGHUP, signal.SIG_DFL)  # what nohup ignores stays ignored, and these tests may run under it
    with ShowRun(tmp_path, *_STAGE, "--model", str(tiny_model)) as show:
        show.wait_for("ok")
        worker(show, name).send_signal(number)
        since = time.monotonic()
        show.wait_for(words)
        show.wait_until(lambda: "INFO installation.show: ok" in show.log.rpartition(words)[2])
        away_ms = 1000.0 * (time.monotonic() - since)
        assert show.stop(signal.SIGHUP) == 0, show.log
        assert "pictures shown at" in show.log and "Traceback" not in show.log
        report = show.report()
    assert report["restarts"] == 1 and any(words in error for error in report["errors"])
    assert report["health"] == {"condition": "ok", "reasons": {}}
    # A show that waited would stand still for all of it. Capture is back so soon that the first picture of a show whose
    # shaders were never compiled takes half as long.
    share = 0.5 if name == "inference" else 0.9
    assert report["display"]["interval_ms"]["max"] < share * away_ms


def test_a_model_that_is_mended_is_back_soon_after_and_gain_is_heard_and_blackout_seen(
    tmp_path: Path, tiny_model: Path
) -> None:
    model, snapshot = tmp_path / "model", tmp_path / "dark.png"
    shutil.copytree(tiny_model, model)
    with ShowRun(tmp_path, *_STAGE, "--model", str(model), "--snapshot", str(snapshot)) as show:
        show.wait_for("INFO installation.show: ok")
        (model / "generator.safetensors").write_bytes(b"truncated")
        worker(show, "inference").kill()
        show.wait_for("generator.safetensors: is truncated")
        shutil.copy(tiny_model / "generator.safetensors", model)
        show.wait_until(lambda: "INFO installation.show: ok" in show.log.rpartition("is truncated")[2])
        with closing(SimpleUDPClient("127.0.0.1", show.osc_port)) as client:
            client.send_message("/audio/gain", -60.0)
            client.send_message("/show/blackout", True)
            client.send_message("/show/nonsense", 1.0)
            client.send_message("/show/preset", "x" * 300)
        show.wait_for("the room is silent")  # 60 dB down, the rain lies under the gate
        assert show.stop() == 0, show.log
        errors = show.report()["errors"]
    assert any("generator.safetensors" in error for error in errors)
    assert [error for error in errors if error.startswith("osc refused 2, the last: /show/preset")]
    with Image.open(snapshot) as picture:
        assert np.asarray(picture.convert("RGB")).max() <= 2


def test_no_worker_outlives_a_show_that_is_killed_while_they_start(tmp_path: Path, tiny_model: Path) -> None:
    with ShowRun(tmp_path, *_STAGE, "--model", str(tiny_model)) as show:
        show.wait_until(lambda: len(workers(show)) == 2)
        orphans = workers(show)
        show.stop(signal.SIGKILL)
        assert psutil.wait_procs(orphans, timeout=20)[1] == []


def test_a_show_killed_with_its_helpers_leaves_a_film_that_plays_and_memory_that_the_next_clears_and_ends_at_once(
    tmp_path: Path, tiny_model: Path
) -> None:
    film = tmp_path / "evening.mp4"
    with ShowRun(tmp_path, *_STAGE, "--model", str(tiny_model), "--record", str(film)) as show:
        show.wait_until(lambda: len(workers(show)) == 2)
        show.wait_for_film(film, pieces=2)
        family = psutil.Process(show.pid).children(recursive=True)
        for process in family:  # the tracker of shared memory among them: nobody is left to tidy up
            process.suspend()
        show.stop(signal.SIGKILL)
        for process in family:
            with contextlib.suppress(psutil.NoSuchProcess):  # the workers have gone with the show
                process.kill()
        psutil.wait_procs(family, timeout=20)
        left = list(shared.FOLDER.glob(f"{shared.PREFIX}{show.pid}-*"))
        assert left != []
    assert played_s(film, 10.0) > 1.0
    with ShowRun(tmp_path, *_STAGE, "--model", str(tiny_model)) as show:
        show.wait_for("pieces of shared memory")
        assert not any(path.exists() for path in left)
        show.wait_for("model: Tiny")  # a signal while it is being built ends it in order, too
        assert show.stop() == 0, show.log
        assert "Traceback" not in show.log and show.report_path.exists()


@pytest.mark.device
def test_a_demanded_display_that_dies_ends_the_show_with_its_exit_code_a_report_and_a_finished_film(
    tmp_path: Path, tiny_model: Path
) -> None:
    film = tmp_path / "evening.mp4"
    demanded = ("--output", "window")  # with auto the show would go on without a display
    arguments = ("--source", RAIN, "--model", str(tiny_model), "--fps", "10", "--record", str(film), *demanded)
    with (
        VirtualDisplay((320, 180)) as display,
        ShowRun(tmp_path, *arguments, environment={"DISPLAY": display.name}) as show,
    ):
        show.wait_for_film(film, pieces=1)
        display.kill()
        assert show.wait() == 5, show.log
        report = show.report()
    assert report["errors"] == ["the display is gone: its X server has ended"] and report["exit_code"] == 5
    assert played_s(film, 10.0) > 0.5
    assert "Traceback" not in show.log


@pytest.mark.slow
def test_a_preset_over_osc_changes_the_show_and_a_bad_one_leaves_it(tmp_path: Path, tiny_model: Path) -> None:
    with ShowRun(tmp_path, *_STAGE, "--model", str(tiny_model)) as show:
        show.wait_for("ok")
        with closing(SimpleUDPClient("127.0.0.1", show.osc_port)) as client:
            client.send_message("/show/preset", "performanse")
            show.wait_for("did you mean 'performance'")
            client.send_message("/show/preset", "performance")
        show.wait_for("preset: Performance")
        assert show.stop() == 0
        assert show.report()["preset"] == "Performance"
