"""`--version` and `--diagnose` by the real program, on machines that have little."""

import getpass
import json
import re
import shutil
import socket
from collections.abc import Mapping
from pathlib import Path

import pytest

from installation.diagnosis.gathering import TITLES
from tests.display import VirtualDisplay
from tests.show_runner import ShowRun

pytestmark = pytest.mark.proc


def page_of(folder: Path, *arguments: str, environment: Mapping[str, str] | None = None) -> dict[str, str]:
    """Run `--diagnose` and return what stands under each title."""
    with ShowRun(folder, "--diagnose", *arguments, environment=environment) as run:
        assert run.wait(300.0) == 0, run.log
        text = run.stdout()
    parts = re.split(r"^(\w.*):\n", text, flags=re.MULTILINE)
    return dict(zip(parts[1::2], parts[2::2], strict=True))


def test_the_version_is_one_line(tmp_path: Path) -> None:
    with ShowRun(tmp_path, "--version") as run:
        assert run.wait() == 0
        assert re.fullmatch(r"sound-to-scene \d+\.\d+\.\d+, revision \S+\n", run.stdout())


def test_a_machine_with_nothing_gets_a_whole_page_without_names_that_says_what_port_is_taken(tmp_path: Path) -> None:
    home = tmp_path / "ada" / "own"
    home.mkdir(parents=True)
    (tmp_path / "report.json").write_text(json.dumps({"exit_code": 4, "errors": [f"{home}/evening.wav: no sound"]}))
    nothing = {"HOME": str(home), "USER": "adalovelace", "PULSE_SERVER": "unix:/nonexistent", "MIDO_BACKEND": "none"}
    with socket.create_server(("127.0.0.1", 0)) as other:
        number = other.getsockname()[1]
        page = ("--page", f"127.0.0.1:{number}")
        sections = page_of(tmp_path, "--model", str(home / "gone"), *page, environment=nothing)
    assert f"TCP {number}: taken" in sections["ports"]
    assert list(sections) == list(TITLES.values())
    assert sections["OpenGL on the display"].startswith("  none: there is no display")
    assert sections["monitors"].startswith("  none: there is no display")
    assert sections["model"].startswith("  none: no such model folder")
    assert sections["last report"] == "  exit code 4, 0 restarts, 1 errors\n  <file>: no sound\n"
    assert "gallery" in sections["presets"]
    text = json.dumps(sections)
    assert "adalovelace" not in text and str(tmp_path) not in text
    assert not re.search(rf"\b({re.escape(socket.gethostname())}|{re.escape(getpass.getuser())})\b", text)


@pytest.mark.device
@pytest.mark.skipif(shutil.which("Xvfb") is None, reason="needs Xvfb")
def test_a_display_and_its_driver_are_named(tmp_path: Path) -> None:
    with VirtualDisplay((1024, 768)) as display:
        sections = page_of(tmp_path, environment={"DISPLAY": display.name, "WAYLAND_DISPLAY": ""})
    assert "1024x768" in sections["monitors"]
    assert "OpenGL 4" in sections["OpenGL on the display"]
