"""Whatever can go wrong while a film is rendered is one line, the exit code of the contract and a report."""

import json
import logging
import subprocess
import sys
from pathlib import Path

import pytest

import installation.offline
import run_show
from installation.inference.core import InferenceCore
from installation.main import exit_code_of, run
from installation.output.surface import DisplayError
from tests.s2s.media.strange_sounds import pcm, tone
from tests.show_runner import ROOT, ShowRun

TURNED_AT_ONCE = {"DocumentError", "IsfError", "TimeError"}
"""Raised by the readers of YAML, of ISF headers and of times, and made a PresetError, BundleError, ShaderError or
ScheduleError by who asked."""

WITHIN_THE_MODEL = {"_GivenUpError", "DivergedError"}
"""Raised while the model hears and paints, where every exception becomes a PaintingError."""

ANSWERED_BY_WHO_ASKED = {"ModelNameError"}
"""Raised for a name that somebody asks for while the show runs, and told as a refusal."""

BETWEEN_ITS_OWN_PROCESSES = {"PlainValueError"}
"""A message of the show to itself that is none: a fault of the program."""


@pytest.fixture
def sound(tmp_path: Path) -> Path:
    return pcm(tmp_path / "rain.wav", tone(0.5, 16_000))


def render(tmp_path: Path, caplog: pytest.LogCaptureFixture, model: Path, source: Path, *arguments: str) -> int:
    """Run `--render` in this process; check that what went wrong is one line and in the report. Returns the code."""
    report = tmp_path / "report.json"
    film = [] if "--render" in arguments else ["--render", str(tmp_path / "film.mp4")]
    options = ["--size", "32x32", "--fps", "4", "--model", str(model), "--report", str(report)]
    parsed = run_show.build_parser().parse_args(["--source", f"file:{source}", *film, *options, *arguments])
    code = run(parsed)
    errors = [record.message for record in caplog.records if record.levelno >= logging.ERROR]
    assert len(errors) == 1 and "\n" not in errors[0]
    assert json.loads(report.read_text(encoding="utf-8")) == {"exit_code": code, "errors": errors}
    return code


@pytest.mark.proc
def test_every_error_that_can_leave_a_rendering_has_a_code() -> None:
    program = (
        "import sys, installation.offline, installation.offline_session, installation.inference.core\n"
        "from installation.main import exit_code_of\n"
        "for name, module in list(sys.modules.items()):\n"
        "    for kind in vars(module).values() if name.split('.')[0] in ('installation', 's2s') else ():\n"
        "        if isinstance(kind, type) and issubclass(kind, Exception) and kind.__module__ == name:\n"
        "            print(kind.__name__, exit_code_of(kind.__new__(kind)))\n"
    )
    ended = subprocess.run(
        [sys.executable, "-c", program], cwd=ROOT, check=True, capture_output=True, text=True, timeout=300
    )
    codes = dict(line.split() for line in ended.stdout.splitlines())
    expected = WITHIN_THE_MODEL | TURNED_AT_ONCE | BETWEEN_ITS_OWN_PROCESSES | ANSWERED_BY_WHO_ASKED
    assert {name for name, code in codes.items() if code == "None"} == expected
    assert (codes["AudioFileError"], codes["BundleError"], codes["DisplayError"], codes["FilmError"]) == tuple("4352")


@pytest.mark.parametrize("kind", ["missing", "text", "empty", "folder", "no text in its name"])
def test_a_source_that_is_no_sound_is_4(
    tmp_path: Path, tiny_model: Path, caplog: pytest.LogCaptureFixture, kind: str
) -> None:
    source = tmp_path / ("B\udce4ch.wav" if kind == "no text in its name" else "bad.wav")
    if kind == "text":
        source.write_text("a shopping list")
    elif kind == "empty":
        pcm(source, tone(0.0, 16_000))
    elif kind == "folder":
        source.mkdir()
    assert render(tmp_path, caplog, tiny_model, source) == 4


def test_a_model_that_is_none_is_3(tmp_path: Path, caplog: pytest.LogCaptureFixture, sound: Path) -> None:
    assert render(tmp_path, caplog, tmp_path / "nowhere", sound) == 3


def test_a_display_that_is_none_is_5(
    tmp_path: Path, tiny_model: Path, caplog: pytest.LogCaptureFixture, sound: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def none(size: tuple[int, int]) -> None:
        raise DisplayError("no off-screen OpenGL 3.3 through EGL")

    monkeypatch.setattr(installation.offline, "open_headless", none)
    assert render(tmp_path, caplog, tiny_model, sound) == 5


@pytest.mark.gl
def test_a_picture_larger_than_any_display_is_5(
    tmp_path: Path, tiny_model: Path, caplog: pytest.LogCaptureFixture, sound: Path
) -> None:
    assert render(tmp_path, caplog, tiny_model, sound, "--size", "60000x60000") == 5
    assert "60000x60000" in caplog.text


@pytest.mark.gl
@pytest.mark.parametrize("option", ["--render", "--snapshot"])
def test_what_cannot_be_written_is_2(
    tmp_path: Path, tiny_model: Path, caplog: pytest.LogCaptureFixture, sound: Path, option: str
) -> None:
    ending = "film.mp4" if option == "--render" else "last.png"
    assert render(tmp_path, caplog, tiny_model, sound, option, str(tmp_path / "nowhere" / ending)) == 2
    assert "nowhere" in caplog.text


@pytest.mark.gl
def test_a_model_that_fails_on_the_way_is_6(
    tmp_path: Path, tiny_model: Path, caplog: pytest.LogCaptureFixture, sound: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def fail(core: InferenceCore, now: float) -> float:
        raise RuntimeError("CUDA error:\nan illegal memory access")

    monkeypatch.setattr(InferenceCore, "step", fail)
    assert render(tmp_path, caplog, tiny_model, sound) == 6
    assert "the model failed at 0.2 s of the film: CUDA error: an illegal memory access" in caplog.text


@pytest.mark.gl
def test_a_film_of_a_sound_with_colons_is_written_to_a_name_with_colons(
    tmp_path: Path, tiny_model: Path, sound: Path
) -> None:
    odd = sound.rename(tmp_path / "2026-11-28T16:12:00.wav")
    film = tmp_path / "2026-11-28T21:00:00.mp4"
    options = ["--model", str(tiny_model), "--size", "32x32", "--fps", "4"]
    arguments = ["--source", f"file:{odd}", "--render", str(film), *options]
    assert run(run_show.build_parser().parse_args(arguments)) == 0
    assert film.stat().st_size > 1_000


@pytest.mark.proc
def test_the_program_says_one_line_and_leaves_its_report(tmp_path: Path, tiny_model: Path) -> None:
    film = tmp_path / "film.mp4"
    with ShowRun(tmp_path, "--source", "file:nowhere.wav", "--render", str(film), "--model", str(tiny_model)) as show:
        assert show.wait() == 4
        assert "Traceback" not in show.log and show.log.count("nowhere.wav: no such file") == 1
        assert show.report()["errors"] == ["nowhere.wav: no such file"]
    assert not film.exists()


def test_an_error_that_nobody_foresaw_still_leaves_a_report(
    tmp_path: Path, tiny_model: Path, sound: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def fail(*_: object) -> None:
        raise KeyError("surprise")

    monkeypatch.setattr(installation.offline, "render", fail)
    arguments = ["--source", f"file:{sound}", "--render", "film.mp4", "--report", str(tmp_path / "report.json")]
    with pytest.raises(KeyError):
        run(run_show.build_parser().parse_args(arguments))
    assert json.loads((tmp_path / "report.json").read_text())["errors"] == ["'surprise'"]
    assert exit_code_of(KeyError("surprise")) is None
