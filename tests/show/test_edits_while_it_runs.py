"""The real program while an artist edits a shader and a preset of the venue."""

import json
import re
import urllib.request
from contextlib import closing
from pathlib import Path
from typing import Any

import pytest
from pythonosc.udp_client import SimpleUDPClient

from tests.installation.render.isf_files import write_all
from tests.show_runner import ShowRun

pytestmark = [pytest.mark.gl, pytest.mark.slow]

PRESET = """name: Own
description: Of the venue.
source: demo
passes: [upscale, grade, ember, tint]
isf: {tint: {amount: 0.2}}
parameters: {/show/hud: true}
"""
PASS = '#version 330 core\n// Warms.\n#include "common.glsl"\nvoid main() { o_colour = vec4(picture(), 1.0); }\n'


def put(path: Path, text: str) -> None:
    """Write as editors do: aside, and renamed into its place."""
    aside = path.with_suffix(".tmp")
    aside.write_text(text)
    aside.rename(path)


def test_an_edit_is_taken_up_an_error_is_said_where_it_is_and_the_mended_file_clears_it(
    tmp_path: Path, tiny_model: Path
) -> None:
    own = write_all(tmp_path / "shaders") / "ember.frag"
    put(own, PASS)
    (tmp_path / "presets").mkdir()
    preset = tmp_path / "presets" / "own.yaml"
    put(preset, PRESET)
    stage = ("--output", "headless", "--size", "96x54", "--fps", "10", "--page", "127.0.0.1:0")
    with (
        ShowRun(tmp_path, "--preset", "own", "--venue", str(tmp_path), "--model", str(tiny_model), *stage) as show,
        closing(SimpleUDPClient("127.0.0.1", show.osc_port)) as osc,
    ):
        show.wait_for("operator page at ")
        url = re.findall(r"operator page at (\S+)", show.log)[0]

        def status() -> dict[str, Any]:
            with urllib.request.urlopen(url + "api/status", timeout=60) as answer:
                document: dict[str, Any] = json.load(answer)
            return document

        show.wait_until(lambda: status()["condition"] == "ok")
        put(own, PASS.replace("picture()", "picture() * 0.5"))
        show.wait_for("shaders: taken up")
        put(own, PASS.replace("picture()", "picture() * nonsense"))
        show.wait_until(lambda: "shaders/ember.frag:4: " in status()["reasons"].get("shaders", ""))
        put(own, PASS)
        show.wait_for("shaders: mended")
        show.wait_until(lambda: status()["condition"] == "ok")
        put(preset, PRESET.replace("amount", "amont"))
        show.wait_until(lambda: "own.yaml:5: isf: tint has no input" in status()["reasons"].get("preset file", ""))
        put(preset, PRESET.replace("0.2", "0.9"))
        show.wait_for("own.yaml: taken up")
        osc.send_message("/isf/tint/nothing", 0.5)
        show.wait_for("there is no ISF input '/isf/tint/nothing'")
        assert show.stop() == 0
        assert show.log.count("ember.frag:4") == 2  # once said, once as the condition
        errors = show.report()["errors"]
        assert any("ember.frag:4" in line for line in errors) and "Traceback" not in show.log
