"""What a preset names beyond its parameters, while the show runs: followed at once, or said to need another start."""

import json
import re
import urllib.request
import wave
from pathlib import Path
from typing import Any

import pytest

from tests.show_runner import ShowRun

pytestmark = pytest.mark.gl

_TEXT = "name: {name}\ndescription: One of two.\nsource: '{source}'\nmodel: '{model}'\npasses: [upscale]\n"


def write_tone(path: Path) -> Path:
    with wave.open(str(path), "wb") as file:
        file.setnchannels(1)
        file.setsampwidth(2)
        file.setframerate(16_000)
        file.writeframes(b"\x00\x20\x00\xe0" * 16_000)
    return path


def test_a_preset_brings_its_source_and_says_that_its_model_needs_another_start(
    tmp_path: Path, tiny_model: Path
) -> None:
    tone = write_tone(tmp_path / "tone.wav")
    for name, source, model in (("home", "demo", str(tiny_model)), ("away", f"file:{tone}", "elsewhere")):
        (tmp_path / f"{name}.yaml").write_text(_TEXT.format(name=name, source=source, model=model))
    stage = ("--output", "headless", "--size", "96x54", "--fps", "10", "--page", "127.0.0.1:0")
    with ShowRun(tmp_path, "--preset", str(tmp_path / "home.yaml"), *stage) as show:
        show.wait_for("operator page at ")
        url = re.findall(r"operator page at (\S+)", show.log)[0]

        def status() -> dict[str, Any]:
            with urllib.request.urlopen(url + "api/status", timeout=60) as answer:
                document: dict[str, Any] = json.load(answer)
            return document

        show.wait_until(lambda: status()["sound"]["source"] == "demo" and status()["condition"] == "ok")
        body = json.dumps({"value": "away"}).encode()
        urllib.request.urlopen(
            urllib.request.Request(url + "api/parameters/show/preset", data=body, method="PUT"), timeout=60
        ).close()
        show.wait_until(lambda: "tone.wav" in status()["sound"]["source"] and status()["condition"] == "ok")
        assert status()["preset_note"] == "model elsewhere: read at the start only"
        assert show.stop() == 0, show.log
    assert show.log.count("read at the start only") == 1
    assert show.report()["restarts"] == 0 and show.report()["errors"] == []
