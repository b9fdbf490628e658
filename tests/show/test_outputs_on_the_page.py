"""The real show in a real window: a corner that is dragged on its page moves on the wall, and is kept."""

import re
from pathlib import Path

import pytest

from installation.outputs.layout import read_layout
from tests.browser import Browser
from tests.display import VirtualDisplay
from tests.show_runner import ShowRun
from tests.waiting import wait_until

pytestmark = [pytest.mark.slow, pytest.mark.proc, pytest.mark.gl, pytest.mark.device]
CORNER = "#output-stage [data-point='2']"


def test_a_corner_that_is_dragged_on_the_page_moves_on_the_wall_and_is_kept(tmp_path: Path, tiny_model: Path) -> None:
    venue = tmp_path / "venue"
    stage = ("--source", "demo", "--fps", "10", "--model", str(tiny_model), "--venue", str(venue))
    with VirtualDisplay((640, 360)) as display, Browser() as browser:
        where = {"DISPLAY": display.name, "WAYLAND_DISPLAY": ""}
        with ShowRun(tmp_path, *stage, "--page", "127.0.0.1:0", environment=where) as show:
            show.wait_for("operator page at ")
            found = re.search(r"operator page at (\S+)", show.log)
            assert found is not None
            browser.shape(1280, 800, phone=False)
            browser.open(f"{found[1]}#outputs")
            browser.wait_for("document.querySelector('.handle') && !document.querySelector('#screen').hidden")

            def corner_of_the_wall() -> float:
                """Return how light the wall is where the picture was and now is no more."""
                return float(display.screenshot(tmp_path / "wall.png")[5:25, -25:-5].mean())

            browser.click("#output-pattern")  # red in each corner of the picture
            assert wait_until(lambda: corner_of_the_wall() > 30.0)
            x, y = browser.place(CORNER)
            browser.mouse("mousePressed", x, y)
            for step in range(1, 6):
                browser.mouse("mouseMoved", x - 20 * step, y + 10 * step)
            browser.mouse("mouseReleased", x - 100, y + 50)
            assert wait_until(lambda: corner_of_the_wall() < 3.0)
            assert show.stop() == 0
    assert read_layout(venue / "outputs.yaml").outputs[0].corners[1].x < 0.9
