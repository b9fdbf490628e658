"""One picture on several real monitors, looked at from outside."""

import json
import subprocess
import sys
import time
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from numpy.typing import NDArray

from tests.display import DummyMonitors
from tests.installation.output.test_window import window_manager
from tests.waiting import wait_until
from tests.x11 import Connection

pytestmark = [
    pytest.mark.device,
    pytest.mark.skipif(not DummyMonitors.available(), reason="needs Xorg, its dummy driver and root"),
]

ROOT = Path(__file__).resolve().parents[3]
RED, GREEN, BLACK = (255, 0, 0), (0, 255, 0), (0, 0, 0)
LEFT = {"name": "left", "monitor": "DUMMY0", "part": [0, 0, 0.5, 1]}
RIGHT = {"name": "right", "monitor": 1, "part": [0.5, 0, 1, 1]}
MISSING = "there is no monitor 1; there are: 0: DUMMY0 800x600 at 0,0"


class Said:
    """What the program has said last of its outputs."""

    def __init__(self, process: "subprocess.Popen[str]") -> None:
        self._process = process
        self.last: dict[str, Any] = {}

    def hear(self) -> dict[str, Any]:
        assert self._process.stdout is not None
        self.last = json.loads(self._process.stdout.readline())
        return self.last

    def hear_until(self, **wanted: object) -> None:
        while {key: self.last.get(key) for key in wanted} != wanted:
            self.hear()


@contextmanager
def program(display: DummyMonitors, *outputs: dict[str, Any]) -> Iterator[Said]:
    command = [sys.executable, "-W", "error", "-m", "tests.installation.output.windows_program"]
    process = subprocess.Popen(
        [*command, json.dumps({"outputs": outputs})],
        cwd=ROOT,
        env=display.environment,
        stdout=subprocess.PIPE,
        text=True,
    )
    try:
        yield Said(process)
    finally:
        process.kill()
        process.wait(20)
        assert process.stdout is not None
        process.stdout.close()


@pytest.fixture(scope="module")
def monitors() -> Iterator[DummyMonitors]:
    with DummyMonitors() as running:
        yield running


def colour_at(display: DummyMonitors, path: Path, x: int, y: int) -> tuple[int, ...]:
    pixels: NDArray[np.uint8] = display.screenshot(path)
    return tuple(int(value) for value in pixels[y, x])


def shows(display: DummyMonitors, path: Path, colours: Mapping[tuple[int, int], tuple[int, ...]]) -> bool:
    def is_so() -> bool:
        pixels = display.screenshot(path)
        return all(tuple(pixels[y, x].tolist()) == colour for (x, y), colour in colours.items())

    return wait_until(is_so)


def test_a_picture_spans_two_monitors_loses_one_and_has_it_back(monitors: DummyMonitors, tmp_path: Path) -> None:
    both = {(5, 5): RED, (795, 595): RED, (805, 5): GREEN, (1435, 475): GREEN}
    with program(monitors, LEFT, RIGHT) as said:
        said.hear_until(outputs=[["left", 800, 600, ""], ["right", 640, 480, ""]], size=[1600, 600])
        assert shows(monitors, tmp_path / "screen.png", both)
        monitors.run("xrandr", "--output", "DUMMY1", "--off")
        said.hear_until(outputs=[["left", 800, 600, ""], ["right", 0, 0, MISSING]])
        assert shows(monitors, tmp_path / "screen.png", {(5, 5): RED, (795, 595): RED})
        assert said.last["size"] == [1600, 600], "the picture keeps its size"
        monitors.run("xrandr", "--output", "DUMMY1", "--mode", "640x480", "--right-of", "DUMMY0")
        said.hear_until(outputs=[["left", 800, 600, ""], ["right", 640, 480, ""]])
        assert shows(monitors, tmp_path / "screen.png", both)


@pytest.mark.slow
@pytest.mark.parametrize("manager", ["", "openbox"])
def test_outputs_change_their_monitors_while_the_show_runs(tmp_path: Path, manager: str) -> None:
    both = {(5, 5): RED, (795, 595): RED, (805, 5): GREEN, (1435, 475): GREEN}
    swapped = {place: GREEN if colour == RED else RED for place, colour in both.items()}
    with DummyMonitors() as monitors, window_manager(monitors, manager), program(monitors, LEFT, RIGHT) as said:
        said.hear_until(outputs=[["left", 800, 600, ""], ["right", 640, 480, ""]])
        assert shows(monitors, tmp_path / "screen.png", both)
        monitors.run("xdotool", "key", "s")
        said.hear_until(outputs=[["left", 640, 480, ""], ["right", 800, 600, ""]])
        assert shows(monitors, tmp_path / "screen.png", swapped)
        monitors.run("xrandr", "--output", "DUMMY1", "--off")
        said.hear_until(outputs=[["left", 0, 0, MISSING], ["right", 800, 600, ""]])
        monitors.run("xrandr", "--output", "DUMMY1", "--mode", "640x480", "--right-of", "DUMMY0")
        said.hear_until(outputs=[["left", 640, 480, ""], ["right", 800, 600, ""]])
        assert shows(monitors, tmp_path / "screen.png", swapped)


@pytest.mark.slow
def test_a_monitor_that_is_not_there_yet_is_waited_for(monitors: DummyMonitors, tmp_path: Path) -> None:
    monitors.run("xrandr", "--output", "DUMMY1", "--off")
    with program(monitors, {**RIGHT, "rotate": 180, "part": [0, 0, 1, 1]}) as said:
        assert said.hear()["outputs"] == [["right", 0, 0, MISSING]]
        assert colour_at(monitors, tmp_path / "screen.png", 5, 5) == BLACK
        monitors.run("xrandr", "--output", "DUMMY1", "--mode", "640x480", "--right-of", "DUMMY0")
        said.hear_until(outputs=[["right", 640, 480, ""]])
        assert shows(monitors, tmp_path / "screen.png", {(805, 5): GREEN, (1435, 475): RED})


@pytest.mark.slow
def test_a_window_that_is_closed_ends_nothing_while_there_is_another(monitors: DummyMonitors, tmp_path: Path) -> None:
    with program(monitors, LEFT, RIGHT) as said:
        said.hear_until(outputs=[["left", 800, 600, ""], ["right", 640, 480, ""]], size=[1600, 600])
        time.sleep(0.3)
        client = Connection(monitors.name)
        first, second = (int(line) for line in monitors.run("xdotool", "search", "--name", "outputs").split())
        client.ask_to_close(first)
        said.hear()
        assert sorted(state[1] for state in said.last["outputs"])[0] == 0
        assert any("its window was closed" in state[3] for state in said.last["outputs"])
        client.ask_to_close(second)
        said.hear_until(closed=True)
        client.close()
