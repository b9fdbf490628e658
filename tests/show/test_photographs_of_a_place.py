"""The place's own photographs on the wall: asked for by a preset, named on the page, seen in the picture."""

import json
import re
import urllib.request
from pathlib import Path

import numpy as np
import pytest

from s2s.media.images import read_image
from s2s.retrain.memory import write_memory
from tests.fakes import write_tiny_bundle
from tests.show_runner import RAIN, ShowRun

pytestmark = pytest.mark.gl

PRESET = f"""\
name: Place
description: Photographs alone.
source: '{RAIN}'
parameters: {{/latent/memory: 1, /render/feedback: 0, /render/bloom: 0, /render/vignette: 0, /render/grain: 0}}
passes: [upscale, grade]
"""


def seen(show: ShowRun) -> str:
    """What the page says of the picture; nothing before it is there."""
    address = re.search(r"operator page at (\S+)", show.log)
    if address is None:
        return ""
    with urllib.request.urlopen(f"{address[1].rstrip('/')}/api/status", timeout=5) as answer:
        words: str = json.load(answer)["painter"]["words"]
    return words


@pytest.mark.slow  # recall, mixing and what the page tells have tests of their own
def test_a_photograph_of_the_place_is_on_the_wall_and_named(tmp_path: Path) -> None:
    model = write_tiny_bundle(tmp_path / "model")
    write_memory(model, np.eye(1, 32), [np.full((36, 64, 3), (20, 200, 20), np.uint8)], ["bar.mp4, 3 s"])
    (tmp_path / "place.yaml").write_text(PRESET)
    arguments = ("--preset", str(tmp_path / "place.yaml"), "--model", str(model), "--output", "headless")
    more = ("--size", "64x36", "--fps", "5", "--page", "127.0.0.1:0", "--snapshot", str(tmp_path / "last.png"))
    with ShowRun(tmp_path, *arguments, *more) as show:
        show.wait_until(lambda: seen(show) == "a photograph of the place: bar.mp4, 3 s")
        assert show.stop() == 0, show.log
        report = show.report()
    assert report["render"]["painter"]["photograph_s"] > 0.0
    red, green, blue = read_image(tmp_path / "last.png").mean(axis=(0, 1))
    assert green > 150 and red < 60 and blue < 60
