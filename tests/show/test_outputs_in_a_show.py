"""The real show on two monitors: spanned, edited while it runs, a corner moved by keys, a monitor pulled."""

from contextlib import closing
from pathlib import Path

import numpy as np
import pytest
from pythonosc.udp_client import SimpleUDPClient

from installation.outputs.layout import Point, read_layout
from tests.display import DummyMonitors
from tests.show_runner import ShowRun
from tests.waiting import wait_until

pytestmark = [
    pytest.mark.device,
    pytest.mark.slow,
    pytest.mark.skipif(not DummyMonitors.available(), reason="needs Xorg, its dummy driver and root"),
]

SPAN = """\
outputs:
  - {name: left, monitor: DUMMY0, part: [0, 0, 0.5, 1]}
  - {name: right, monitor: DUMMY1, part: [0.5, 0, 1, 1]}
"""
WHITE, BLACK = 255, 0


def test_a_show_spans_two_monitors_is_fitted_and_goes_on_with_one(tmp_path: Path, tiny_model: Path) -> None:
    file, screen = tmp_path / "venue" / "outputs.yaml", tmp_path / "screen.png"
    file.parent.mkdir()
    file.write_text(SPAN)
    place = ("--venue", str(file.parent), "--model", str(tiny_model), "--output", "window", "--source", "demo")
    with (
        DummyMonitors() as monitors,
        ShowRun(tmp_path, *place, environment={"DISPLAY": monitors.name}) as show,
        closing(SimpleUDPClient("127.0.0.1", show.osc_port)) as osc,
    ):

        def is_seen(*pixels: tuple[int, int, int]) -> bool:
            seen = monitors.screenshot(screen).max(axis=2)
            return all(seen[y, x] == value for x, y, value in pixels)

        def shows(*pixels: tuple[int, int, int]) -> bool:
            # Not too often: a screenshot holds the server, and so the show, up.
            return wait_until(lambda: is_seen(*pixels), within_s=30.0, every_s=0.5)

        show.wait_for("OSC control")
        assert wait_until(lambda: np.ptp(monitors.screenshot(screen)[:480, 800:]) > 0, within_s=30.0, every_s=0.5)
        osc.send_message("/show/pattern", "grid")
        assert shows((0, 300, WHITE), (799, 300, WHITE), (800, 240, WHITE), (1439, 240, WHITE))
        file.write_text(SPAN.replace("DUMMY1,", "DUMMY1, corners: [[0.2, 0], [1, 0], [1, 1], [0.2, 1]],"))
        show.wait_for("outputs: read")
        assert shows((800, 240, BLACK), (929, 240, WHITE))
        file.write_text("outputs: [{name: left, rotate: 45}]")
        show.wait_for("rotate: input should be 0, 90, 180 or 270")
        assert shows((800, 240, BLACK), (929, 240, WHITE)), "once the glide has arrived"
        file.write_text(SPAN)
        assert shows((800, 240, WHITE))
        for key in ("o", "n", "4", "shift+Right", "shift+Right"):
            monitors.run("xdotool", "key", key)
        assert wait_until(lambda: read_layout(file).output("right").corners[3] == Point(0.0625, 1), within_s=30.0)
        monitors.run("xrandr", "--output", "DUMMY1", "--off")
        show.wait_for("output right: there is no monitor DUMMY1; there are: 0: DUMMY0 800x600 at 0,0")
        assert shows((0, 300, WHITE), (799, 300, WHITE))
        show.stop()
    report = show.report()
    left, right = report["outputs"]
    assert (left["width"], left["height"], left["problem"]) == (800, 600, "")
    assert (right["width"], right["problem"]) == (0, "there is no monitor DUMMY1; there are: 0: DUMMY0 800x600 at 0,0")
    assert report["render"]["size"] == [1600, 600]
    assert report["exit_code"] == 0
