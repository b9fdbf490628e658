"""What a preset names beyond its parameters, while the show runs, and a model by its name: followed, or refused."""

import json
import re
import shutil
import urllib.request
import wave
from contextlib import closing
from pathlib import Path
from typing import Any

import psutil
import pytest
from pythonosc.udp_client import SimpleUDPClient

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


def kill_inference(show: ShowRun) -> None:
    workers = [child for child in psutil.Process(show.pid).children() if "spawn_main" in " ".join(child.cmdline())]
    min(workers, key=lambda child: child.create_time()).kill()  # it is started first


def test_a_preset_brings_its_source_and_its_model_and_a_model_comes_by_name_and_stays_when_the_worker_falls(
    tmp_path: Path, tiny_model: Path
) -> None:
    tone = write_tone(tmp_path / "tone.wav")
    for name in ("near", "far", "broken"):
        shutil.copytree(tiny_model, tmp_path / name)
        card = tmp_path / name / "model.yaml"
        card.write_text(card.read_text().replace("name: Tiny", f"name: {name.title()}"))
    (tmp_path / "broken" / "generator.safetensors").write_bytes(b"truncated")
    for name, source, model in (("home", "demo", "near"), ("away", f"file:{tone}", "far")):
        (tmp_path / f"{name}.yaml").write_text(_TEXT.format(name=name, source=source, model=model))
    stage = ("--output", "headless", "--size", "64x36", "--fps", "5", "--page", "127.0.0.1:0")
    with (
        ShowRun(tmp_path, "--preset", str(tmp_path / "home.yaml"), *stage) as show,
        closing(SimpleUDPClient("127.0.0.1", show.osc_port)) as osc,
    ):
        show.wait_for("operator page at ")
        url = re.findall(r"operator page at (\S+)", show.log)[0]

        def ask(path: str) -> Any:
            with urllib.request.urlopen(url + path, timeout=60) as answer:
                return json.load(answer)

        def status() -> dict[str, Any]:
            document: dict[str, Any] = ask("api/status")
            return document

        def plays(name: str) -> bool:
            now = status()
            return (now["model"], now["slow_path"]["model"]) == (name, name.title())

        show.wait_until(lambda: status()["sound"]["source"] == "demo" and status()["condition"] == "ok")
        show.wait_until(lambda: plays("near"))  # which model lives the worker tells with a picture of it
        assert set(ask("api/models")) >= {"default", "near", "far", "broken"}
        osc.send_message("/show/morph", 0.5)
        osc.send_message("/show/preset", "away")
        show.wait_until(lambda: "tone.wav" in status()["sound"]["source"] and plays("far"))
        assert status()["preset_note"] == ""
        osc.send_message("/show/model", "broken")
        show.wait_until(lambda: status()["model_refused"] is not None)
        assert plays("far") and "generator.safetensors: is truncated" in status()["model_refused"]
        show.wait_until(lambda: "is truncated" in status()["reasons"].get("model", ""))
        osc.send_message("/show/model", "near")
        show.wait_until(lambda: plays("near") and status()["condition"] == "ok")
        kill_inference(show)
        show.wait_until(lambda: status()["condition"] != "ok")
        show.wait_until(lambda: plays("near") and status()["condition"] == "ok")
        assert show.stop() == 0, show.log
    assert show.log.count("rejected") <= 1
    report = show.report()
    assert report["restarts"] == 1 and report["model"] == "Near"
    assert len([error for error in report["errors"] if "truncated" in error]) == 1
