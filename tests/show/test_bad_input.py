"""Every bad input is one clear line and the exit code of the contract, by the real program; never a traceback."""

import os
import re
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

from tests.display import VirtualDisplay
from tests.show_runner import ROOT, ShowRun

_HEADLESS = ("--output", "headless", "--size", "64x36", "--duration", "20")


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
        (["--preset", "nowhere.yaml"], 2, "there is no preset file nowhere.yaml"),
        (["--source", "microphone"], 2, "microphone"),
        (["--size", "wide"], 2, "expected WIDTHxHEIGHT"),
        (["--fps", "-3"], 2, "expected a number above 0"),
        (["--fps", "1e9"], 2, "expected a number above 0 and up to 1000"),
        (["--page", "8080x"], 2, "expected HOST:PORT"),
        (["--output", "hologram"], 2, "--output takes auto, window, window:N or headless"),
        (["--render", "film.mp4", "--source", "demo"], 2, "--render needs a sound file"),
        (["--model", "nowhere"], 3, "nowhere: no such model folder"),
        (["--source", "file:nowhere.wav", *_HEADLESS], 4, "nowhere.wav"),
        (["--source", "mic:Neumann", *_HEADLESS], 4, "Neumann"),
    ],
    ids=lambda value: " ".join(value) if isinstance(value, list) else None,
)
def test_bad_input_is_one_line_and_its_exit_code(
    tmp_path: Path, tiny_model: Path, arguments: list[str], code: int, words: str
) -> None:
    model = [] if "--model" in arguments else ["--model", str(tiny_model)]
    ended, log = run(tmp_path, *arguments, *model)
    assert ended == code, log
    assert len([line for line in log.splitlines() if words in line]) == 1, log


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
    code, log = run(tmp_path, "--source", "demo", "--model", str(model), *_HEADLESS)
    assert code == 3 and file in log


def test_a_preset_with_an_unknown_pass_names_the_nearest(tmp_path: Path, tiny_model: Path) -> None:
    preset = tmp_path / "odd.yaml"
    preset.write_text("name: Odd\ndescription: A pass too many.\npasses: [upscale, grian]\n")
    code, log = run(tmp_path, "--preset", str(preset), "--model", str(tiny_model), "--source", "demo", *_HEADLESS)
    assert code == 2 and "'grain'" in log and "leaked" not in log


def test_a_preset_that_maps_a_controller_to_nothing_names_the_nearest(tmp_path: Path, tiny_model: Path) -> None:
    preset = tmp_path / "odd.yaml"
    preset.write_text("name: Odd\ndescription: A knob too many.\nmidi: {map: [{cc: 7, to: /audio/gian}]}\n")
    code, log = run(tmp_path, "--preset", str(preset), "--model", str(tiny_model), "--source", "demo", *_HEADLESS)
    assert code == 2 and "'/audio/gain'" in log


def test_no_display_and_no_microphone_still_make_a_show(tmp_path: Path, tiny_model: Path) -> None:
    with ShowRun(tmp_path, "--model", str(tiny_model), "--size", "64x36", "--duration", "12") as show:
        assert show.wait() == 0, show.log
        assert len(re.findall("running headless", show.log)) == 1
        assert len(re.findall("the performance plays", show.log)) == 1
        report = show.report()
    assert report["display"]["frames"] > 30 and report["generator"]["frames"] > 0
    assert report["audio"]["loudest_db"] > -60 and report["exit_code"] == 0


def test_a_window_without_a_display_is_one_line_and_exit_code_5_and_leaves_a_report(
    tmp_path: Path, tiny_model: Path
) -> None:
    with ShowRun(tmp_path, "--model", str(tiny_model), "--output", "window", "--source", "demo") as show:
        assert show.wait() == 5, show.log
        assert "there is no display" in show.report()["errors"][0]
    assert show.log.count("there is no display") == 1 and "Traceback" not in show.log


@pytest.mark.device
@pytest.mark.parametrize("output", [pytest.param("window", marks=pytest.mark.slow), "auto"])
def test_an_opengl_that_is_too_old_is_one_line_and_exit_code_5(tmp_path: Path, tiny_model: Path, output: str) -> None:
    with VirtualDisplay((320, 180)) as display:
        old = {"DISPLAY": display.name, "MESA_GL_VERSION_OVERRIDE": "2.1"}
        arguments = ("--output", output, "--model", str(tiny_model), "--source", "demo")
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
    ended = subprocess.run(
        ["unshare", "--mount", "sh", "-c", f"{command} --report {report}"],
        cwd=ROOT,
        check=False,
        capture_output=True,
        text=True,
        timeout=90,
    )
    if "permission denied" in ended.stderr.lower():
        pytest.skip("needs the right to mount")
    assert ended.returncode == 6, ended.stderr
    assert len(re.findall("of shared memory cannot be had", ended.stderr)) == 1 and "Traceback" not in ended.stderr
    assert "shared memory" in report.read_text()


def test_a_dry_run_prints_the_resolved_configuration_and_starts_nothing(tmp_path: Path) -> None:
    with ShowRun(tmp_path, "--preset", "performance", "--source", "demo", "--dry-run") as show:
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
