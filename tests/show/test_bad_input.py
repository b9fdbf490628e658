"""Every bad input is one clear line and the exit code of the contract, by the real program; never a traceback."""

import os
import re
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

from tests.display import VirtualDisplay
from tests.show.in_process import ended
from tests.show.page_status import PAGE, status
from tests.show_runner import RAIN, ROOT, ShowRun

_HEADLESS = ("--output", "headless", "--size", "64x36", "--fps", "5")


def run(folder: Path, *arguments: str) -> tuple[int, str]:
    with ShowRun(folder, *arguments) as show:
        code = show.wait()
        log = show.log
    assert "Traceback" not in log
    return code, log


@pytest.mark.parametrize(
    ("arguments", "code", "words"),
    [
        (["--preset", "galery"], 2, "did you mean 'gallery'"),
        (["--size", "wide"], 2, "expected WIDTHxHEIGHT"),
        (["--fps", "-3"], 2, "expected a number above 0"),
        (["--fps", "1e9"], 2, "expected a number above 0 and up to 1000"),
        (["--page", "8080x"], 2, "expected HOST:PORT"),
        (["--model", "nowhere"], 3, "nowhere: no such model folder"),
        (["--source", "file:nowhere.wav", *_HEADLESS], 4, "nowhere.wav"),
        # The way of nowhere.wav; that such a name is refused with this code, the tests of the microphone say.
        pytest.param(["--source", "mic:Neumann", *_HEADLESS], 4, "Neumann", marks=pytest.mark.slow),
    ],
    ids=lambda value: " ".join(value) if isinstance(value, list) else None,
)
def test_bad_input_is_one_line_and_its_exit_code(
    tmp_path: Path, tiny_model: Path, arguments: list[str], code: int, words: str
) -> None:
    model = [] if "--model" in arguments else ["--model", str(tiny_model)]
    ended_with, log = run(tmp_path, *arguments, *model)
    assert ended_with == code, log
    assert len([line for line in log.splitlines() if words in line]) == 1, log


@pytest.mark.parametrize(
    ("arguments", "words"),
    [
        (["--preset", "nowhere.yaml"], "there is no preset file nowhere.yaml"),
        (["--source", "microphone"], "microphone"),
        (["--output", "hologram"], "--output takes auto, window, window:N or headless"),
        (["--render", "film.mp4", "--source", "demo"], "--render needs a sound file"),
    ],
    ids=lambda value: " ".join(value) if isinstance(value, list) else None,
)
def test_what_cannot_be_resolved_is_one_line_and_exit_code_2(
    tiny_model: Path, caplog: pytest.LogCaptureFixture, arguments: list[str], words: str
) -> None:
    code, lines = ended(caplog, *arguments, "--model", str(tiny_model))
    assert code == 2 and len(lines) == 1 and words in lines[0] and "\n" not in lines[0]


@pytest.mark.slow  # the way of nowhere.wav; what is no sound is refused by the tests of the source
def test_a_file_that_is_no_sound_is_named(tmp_path: Path, tiny_model: Path) -> None:
    (tmp_path / "notes.txt").write_text("la la la")
    source = f"file:{tmp_path / 'notes.txt'}"
    code, log = run(tmp_path, "--source", source, "--model", str(tiny_model), *_HEADLESS)
    assert code == 4 and "notes.txt" in log


@pytest.mark.parametrize("file", ["generator.safetensors", "model.yaml"])
def test_a_truncated_model_file_is_named(tmp_path: Path, tiny_model: Path, file: str) -> None:
    model = tmp_path / "model"
    shutil.copytree(tiny_model, model)
    (model / file).write_bytes((model / file).read_bytes()[:100])
    code, log = run(tmp_path, "--source", RAIN, "--model", str(model), *_HEADLESS)
    assert code == 3 and file in log


@pytest.mark.parametrize(
    ("odd", "words"),
    [("passes: [upscale, grian]", "'grain'"), ("midi: {map: [{cc: 7, to: /audio/gian}]}", "'/audio/gain'")],
    ids=["pass", "knob"],
)
def test_a_preset_with_a_name_that_is_none_names_the_nearest(
    tmp_path: Path, tiny_model: Path, caplog: pytest.LogCaptureFixture, odd: str, words: str
) -> None:
    preset = tmp_path / "odd.yaml"
    preset.write_text(f"name: Odd\ndescription: One too many.\n{odd}\n")
    code, lines = ended(caplog, "--preset", str(preset), "--model", str(tiny_model), "--source", RAIN)
    assert code == 2 and len(lines) == 1 and words in lines[0]


def test_no_display_and_no_microphone_still_make_a_show(tmp_path: Path, tiny_model: Path) -> None:
    with ShowRun(tmp_path, "--model", str(tiny_model), "--size", "64x36", "--fps", "10", *PAGE) as show:
        show.wait_for("the performance plays")
        show.wait_until(lambda: status(show)["ages"]["frame_s"] is not None)
        assert show.stop() == 0, show.log
        assert len(re.findall("running headless", show.log)) == 1
        assert len(re.findall("the performance plays", show.log)) == 1
        report = show.report()
    assert report["display"]["frames"] > 5 and report["startup"]["living_picture_s"] > 0.0
    assert report["audio"]["loudest_db"] > -60 and report["exit_code"] == 0


def test_a_window_without_a_display_is_one_line_and_exit_code_5_and_leaves_a_report(
    tmp_path: Path, tiny_model: Path
) -> None:
    with ShowRun(tmp_path, "--model", str(tiny_model), "--output", "window", "--source", RAIN) as show:
        assert show.wait() == 5, show.log
        assert "there is no display" in show.report()["errors"][0]
    assert show.log.count("there is no display") == 1 and "Traceback" not in show.log


@pytest.mark.device
@pytest.mark.parametrize("output", [pytest.param("window", marks=pytest.mark.slow), "auto"])
def test_an_opengl_that_is_too_old_is_one_line_and_exit_code_5(tmp_path: Path, tiny_model: Path, output: str) -> None:
    with VirtualDisplay((320, 180)) as display:
        old = {"DISPLAY": display.name, "MESA_GL_VERSION_OVERRIDE": "2.1"}
        arguments = ("--output", output, "--model", str(tiny_model), "--source", RAIN)
        with ShowRun(tmp_path, *arguments, environment=old) as show:
            assert show.wait() == 5, show.log
    assert len(re.findall("cannot open a window with OpenGL 3.3", show.log)) == 1
    assert len(re.findall("running headless", show.log)) == (output == "auto")  # where there is a better one, it runs
    assert "Traceback" not in show.log and len(show.report()["errors"]) == 1


def may_mount() -> bool:
    """Whether this user may mount in a place of its own; in some containers even root may not."""
    if os.geteuid() != 0 or shutil.which("unshare") is None:
        return False
    return subprocess.run(["unshare", "--mount", "true"], check=False, capture_output=True).returncode == 0


def test_too_little_shared_memory_is_one_line_and_exit_code_6(tmp_path: Path, tiny_model: Path) -> None:
    if not may_mount():
        pytest.skip("needs the right to mount")
    small = "mount -t tmpfs -o size=1m tmpfs /dev/shm && exec"
    command = f"{small} {sys.executable} run_show.py --model {tiny_model} --source demo --output headless --no-page"
    report = tmp_path / "report.json"
    done = subprocess.run(
        ["unshare", "--mount", "sh", "-c", f"{command} --report {report}"],
        cwd=ROOT,
        check=False,
        capture_output=True,
        text=True,
        timeout=90,
    )
    if "permission denied" in done.stderr.lower():
        pytest.skip("needs the right to mount")
    assert done.returncode == 6, done.stderr
    assert len(re.findall("of shared memory cannot be had", done.stderr)) == 1 and "Traceback" not in done.stderr
    assert "shared memory" in report.read_text()


def test_a_dry_run_prints_the_resolved_configuration_and_starts_nothing(tmp_path: Path) -> None:
    with ShowRun(tmp_path, "--preset", "performance", "--source", RAIN, "--dry-run") as show:
        assert show.wait(30.0) == 0
        printed = show.stdout()
    assert "name: Performance" in printed and "demanded: true" in printed
    assert not show.report_path.exists()


def test_the_device_list_names_every_kind_even_where_there_is_none(tmp_path: Path) -> None:
    with ShowRun(tmp_path, "--list-devices") as show:
        assert show.wait(30.0) == 0
        printed = show.stdout()
    assert "microphones (" in printed and "MIDI inputs:" in printed
    assert "none: there is no display" in printed
