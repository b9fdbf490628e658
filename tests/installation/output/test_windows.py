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


def test_a_mirror_fills_a_monitor_of_another_shape_without_stretching(monitors: DummyMonitors, tmp_path: Path) -> None:
    """The picture is red and green by halves: cut off at its sides it is still half and half, and bars are black."""
    wide = {"name": "wide", "monitor": 0, "corners": [[0, 0.25], [1, 0.25], [1, 0.75], [0, 0.75]]}
    box = {"name": "box", "monitor": 1, "fit": "contain", "rotate": 90}
    with program(monitors, wide, box) as said:
        said.hear_until(outputs=[["wide", 800, 600, ""], ["box", 640, 480, ""]], size=[800, 600])
        contained = {(1120, 5): RED, (1120, 475): GREEN, (935, 240): BLACK, (1305, 240): BLACK}
        assert shows(monitors, tmp_path / "screen.png", {(5, 300): RED, (795, 300): GREEN, **contained})


def test_what_is_edited_glides_and_what_turns_over_does_so_in_the_dark(monitors: DummyMonitors, tmp_path: Path) -> None:
    screen = tmp_path / "screen.png"
    with program(monitors, {"name": "wall", "monitor": 0}, {**RIGHT, "name": "side"}) as said:
        said.hear_until(outputs=[["wall", 800, 600, ""], ["side", 640, 480, ""]])
        assert shows(monitors, screen, {(5, 5): RED, (795, 5): GREEN, (805, 5): GREEN})
        monitors.run("xdotool", "key", "f")
        assert shows(monitors, screen, {(5, 5): GREEN, (795, 5): RED})
        monitors.run("xdotool", "key", "m")
        assert shows(monitors, screen, {(5, 5): BLACK, (795, 5): RED})
        monitors.run("xdotool", "key", "a")
        said.hear_until(outputs=[["wall", 800, 600, ""]])
        assert shows(monitors, screen, {(805, 5): BLACK})
        monitors.run("xdotool", "key", "q")
        said.hear_until(closed=False)
    wall = [tuple(seen[2:]) for seen in said.last["seen"] if seen[0] == "wall"]
    first_flipped = next(number for number, (flip, _, _) in enumerate(wall) if flip == "horizontal")
    assert wall[first_flipped][2] == 0.0 and 0.0 < wall[first_flipped - 1][2] < 1.0
    corners = [corner for _, corner, _ in wall]
    assert corners == sorted(corners) and 0.0 < next(corner for corner in corners if corner) < corners[-1]
    assert corners[-1] == pytest.approx(0.25, abs=0.01), "a glide comes near its end and reaches it only in time"
    side = [light for name, *_, light in said.last["seen"] if name == "side"]
    assert side[-1] < 1.0 == max(side), "it faded before its window went"


def test_the_picture_takes_another_shape_while_nobody_sees_it(monitors: DummyMonitors, tmp_path: Path) -> None:
    with program(monitors, {"name": "wall", "monitor": 0}) as said:
        said.hear_until(outputs=[["wall", 800, 600, ""]], size=[800, 600])
        monitors.run("xdotool", "key", "p")
        said.hear_until(size=[1600, 600])
        assert shows(monitors, tmp_path / "screen.png", {(5, 5): RED, (795, 5): RED})
        monitors.run("xdotool", "key", "q")
        said.hear_until(closed=False)
    seen = [(width, light) for _, width, *_, light in said.last["seen"]]
    assert next(light for width, light in seen if width == 1600) == 0.0
    assert max(light for width, light in seen if width == 800) == 1.0


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
