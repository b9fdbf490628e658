"""The real show: cues over OSC, an edit of their file, a bad one, opening hours that are closed."""

import json
import time
import urllib.request
from contextlib import closing
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from PIL import Image
from pythonosc.udp_client import SimpleUDPClient

from tests.show_runner import ShowRun

pytestmark = [pytest.mark.gl, pytest.mark.slow]

CUES = """\
start: doors
cues:
  - {name: doors, preset: rehearsal, morph: 0}
  - {name: grey, values: {/render/saturation: 0}, morph: 0, duration: 2}
  - {name: last, preset: gallery, morph: 0.5}
"""
CLOSED = "timezone: Europe/Vienna\nfade: 1\nhours: {daily: closed}\n"


def test_cues_are_gone_through_edited_and_the_venue_closed(tmp_path: Path, tiny_model: Path) -> None:
    venue, last = tmp_path / "venue", tmp_path / "last.png"
    venue.mkdir()
    (venue / "cues.yaml").write_text(CUES)
    stage = ("--output", "headless", "--size", "96x54", "--fps", "10", "--source", "demo", "--snapshot", str(last))
    place = ("--venue", str(venue), "--model", str(tiny_model), "--page", "127.0.0.1:0")
    with (
        ShowRun(tmp_path, *stage, *place) as show,
        closing(SimpleUDPClient("127.0.0.1", show.osc_port)) as osc,
    ):
        show.wait_for("cue 1: doors")
        show.wait_for("preset: Rehearsal")
        show.wait_until(lambda: "operator page at http://127.0.0.1:" in show.log.lower() or "http://" in show.log)
        url = next(word for word in show.log.split() if word.startswith("http://")).strip(",;")

        def status() -> dict[str, Any]:
            with urllib.request.urlopen(f"{url.rstrip('/')}/api/status") as answer:
                return dict(json.load(answer))

        assert status()["cues"]["current"] == "doors"
        osc.send_message("/show/go", [])
        show.wait_for("cue 2: grey")
        show.wait_for("cue 3: last")  # by itself
        show.wait_for("preset: Gallery")
        (venue / "cues.yaml").write_text(CUES + "  - {name: more, morhp: 1}\n")
        show.wait_for("cue 4 'more': unknown key 'morhp', did you mean 'morph'?")
        (venue / "cues.yaml").write_text(CUES + "  - {name: more, morph: 1, values: {/show/hud: false}}\n")
        show.wait_until(lambda: "more" in status()["cues"]["cues"])
        request = urllib.request.Request(f"{url.rstrip('/')}/api/cue", b'{"value": 4}', method="PUT")
        request.add_header("Content-Type", "application/json")
        with urllib.request.urlopen(request) as answer:
            assert answer.status == 200
        show.wait_for("cue 4: more")
        (venue / "schedule.yaml").write_text(CLOSED)
        show.wait_for("schedule: closing")
        time.sleep(2.0)
        assert show.stop() == 0, show.log
    assert np.asarray(Image.open(last)).max() < 8
    assert show.report()["preset"] == "Gallery"
