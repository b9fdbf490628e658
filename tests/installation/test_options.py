"""What a preset decides at the start alone, when a show goes to another one."""

from dataclasses import replace
from pathlib import Path

import pytest

import run_show
from installation.options import Arguments, OptionError, StartOnly, resolve
from installation.presets.preset import Preset
from installation.presets.reading import load_preset


@pytest.fixture
def windowed() -> Preset:
    return replace(load_preset("gallery"), fullscreen=False)


def started_with(**arguments: object) -> StartOnly:
    return StartOnly.of(resolve(Arguments(**{"preset": "gallery", **arguments})))  # type: ignore[arg-type]


def test_the_window_of_another_preset_is_named_as_read_at_the_start_only(windowed: Preset) -> None:
    assert started_with().note(windowed) == "window windowed: read at the start only"


def test_a_preset_that_asks_for_what_is_shown_or_for_another_model_needs_no_words() -> None:
    assert started_with().note(load_preset("performance")) == ""
    assert started_with().note(replace(load_preset("gallery"), model="wide")) == ""


@pytest.mark.parametrize("arguments", [{"output": "headless"}, {"size": (640, 360)}])
def test_what_the_command_line_decided_stays_without_a_word(windowed: Preset, arguments: dict[str, object]) -> None:
    started = started_with(**arguments)
    assert started == StartOnly(None) and started.note(windowed) == ""


def test_only_the_preset_at_the_start_leaves_flashes_unlimited() -> None:
    unlimited = replace(load_preset("gallery"), limits_flashes=False)
    assert "flashes stay limited" in started_with().note(unlimited)
    assert StartOnly(True, limits_flashes=False).note(unlimited) == ""


@pytest.mark.parametrize(
    ("arguments", "words"),
    [
        ({"apply": True}, "--apply is for --calibrate"),
        ({"room_late": 20.0}, "--room-late is for --calibrate"),
        ({"calibrate": 30, "source": "demo"}, "--calibrate listens to a microphone, a line or OSC"),
        ({"calibrate": 30, "source": "file:rain.wav"}, "--calibrate listens"),
    ],
)
def test_what_no_calibration_can_do_is_refused(arguments: dict[str, object], words: str) -> None:
    with pytest.raises(OptionError, match=words):
        resolve(Arguments(**arguments))  # type: ignore[arg-type]


def test_a_calibration_listens_to_the_presets_microphone() -> None:
    assert resolve(Arguments(calibrate=30, room_late=20.0, apply=True)).source == "mic"


@pytest.mark.parametrize(
    ("said", "listens_at", "shown"),
    [
        ("9001", ("127.0.0.1", 9001), "osc_port: 9001\n"),
        ("0.0.0.0:9001", ("0.0.0.0", 9001), "osc_port: 0.0.0.0:9001\n"),
        ("[::1]:0", ("::1", 0), "osc_port: '[::1]:0'\n"),
    ],
)
def test_osc_listens_at_a_port_or_at_a_host_and_a_port(said: str, listens_at: tuple[str, int], shown: str) -> None:
    parsed = run_show.build_parser().parse_args(["--osc-port", said])
    assert parsed.osc_port == listens_at
    assert shown in resolve(Arguments(osc_port=parsed.osc_port)).as_yaml()


@pytest.mark.parametrize("said", ["osc", "70000", "-1", ":9000", "host:", "host", ""])
def test_what_is_no_port_is_refused(said: str, capsys: pytest.CaptureFixture[str]) -> None:
    with pytest.raises(SystemExit):
        run_show.build_parser().parse_args([f"--osc-port={said}"])
    assert "expected a port such as 9000, or HOST:PORT" in capsys.readouterr().err


def test_a_preset_of_the_venue_is_found_first_by_its_name(tmp_path: Path) -> None:
    folder = tmp_path / "presets"
    folder.mkdir()
    (folder / "gallery.yaml").write_text("name: Ours\ndescription: Saved here.\nimage: dawn.png\n")
    preset = resolve(Arguments(preset="gallery", venue=tmp_path)).preset
    assert preset.name == "Ours" and preset.image == load_preset("gallery").image
    assert resolve(Arguments(preset="rehearsal", venue=tmp_path)).preset.name == "Rehearsal"
    assert sorted(path.name for path in tmp_path.iterdir()) == ["presets"]
