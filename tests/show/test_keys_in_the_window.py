"""The real show in a real window, by its keys: what an operator finds afterwards, and how a show ends, or does not."""

import json
import os
import shutil
import urllib.request
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import av
import numpy as np
import pytest
from PIL import Image

from tests.display import VirtualDisplay
from tests.show_runner import RAIN, ShowRun, free_udp_port

pytestmark = [
    pytest.mark.device,
    pytest.mark.skipif(shutil.which("Xvfb") is None or shutil.which("xdotool") is None, reason="needs Xvfb, xdotool"),
]

SIZE = (320, 180)


class Room:
    """A show in a window of its own display, its page, and the venue's folder."""

    def __init__(self, folder: Path, display: VirtualDisplay, model: Path) -> None:
        self.display, self.venue, self.page = display, folder / "venue", f"127.0.0.1:{free_udp_port()}"
        arguments = ["--source", RAIN, "--output", "window", "--fps", "10", "--model", str(model)]
        arguments += ["--venue", str(self.venue), "--page", self.page]
        environment = {name: value for name, value in display.environment.items() if os.environ.get(name) != value}
        self.show = ShowRun(folder, *arguments, environment=environment)

    def press(self, *keys: str) -> None:
        self.display.run("xdotool", "key", *keys)

    def told(self, what: str) -> Any:
        """What the page tells."""
        with urllib.request.urlopen(f"http://{self.page}/api/{what}", timeout=10.0) as answer:
            return json.load(answer)

    def value(self, address: str) -> Any:
        document = self.told("parameters")
        rows = document if isinstance(document, list) else document["parameters"]
        return next(row["value"] for row in rows if row["address"] == address)


@pytest.fixture
def display() -> Iterator[VirtualDisplay]:
    with VirtualDisplay(SIZE) as server:
        yield server


def test_the_keys_leave_a_film_that_plays_and_the_picture_and_esc_ends_the_show_when_it_is_held(
    tmp_path: Path, display: VirtualDisplay, tiny_model: Path
) -> None:
    room = Room(tmp_path, display, tiny_model)
    with room.show as show:
        show.wait_for("ok")
        room.press("r")
        show.wait_until(lambda: room.told("status")["outputs"]["film"]["recorded_s"] > 1.0)
        assert room.value("/show/record") is True
        room.press("s")
        show.wait_for("picture saved")
        room.press("f")  # a film goes on when the window is another
        show.wait_until(lambda: not (room.display.screenshot(tmp_path / "window.png")[0] > 0).any())
        room.press("Escape", "Escape", "r")
        show.wait_for("film saved")
        assert room.value("/show/record") is False
        room.press("Up", "Up")
        show.wait_until(lambda: room.value("/audio/gain") == 2.0)
        display.run("xdotool", "keydown", "Escape")
        assert show.wait() == 0, show.log
        report = show.report()
    (film,) = (room.venue / "films").iterdir()
    with av.open(str(film)) as container:
        sizes = {(frame.width, frame.height) for frame in container.decode(video=0)}
    with av.open(str(film)) as container:
        assert sum(frame.samples for frame in container.decode(audio=0)) > 16_000
    assert sizes == {SIZE}
    (picture,) = (room.venue / "pictures").iterdir()
    with Image.open(picture) as image:
        pixels = np.asarray(image)
    assert pixels.shape == (*SIZE[::-1], 3) and pixels.max() > 0
    assert report["latency"]["control_ms"]["keyboard"]["p95"] > 0.0 and report["errors"] == []


@pytest.mark.slow
def test_a_venue_that_cannot_be_written_costs_a_line_and_the_film_is_off_again(
    tmp_path: Path, display: VirtualDisplay, tiny_model: Path
) -> None:
    (tmp_path / "venue").touch()
    room = Room(tmp_path, display, tiny_model)
    with room.show as show:
        show.wait_for("ok")
        room.press("r", "s")
        show.wait_for("recording stopped")
        show.wait_for("a picture was not saved")
        show.wait_until(lambda: room.value("/show/record") is False)
        assert show.stop() == 0, show.log
        report = show.report()
    assert {error.split(":")[0] for error in report["errors"]} == {"film", "snapshot"}
