"""A real window of a real program on a real window server, looked at from outside."""

import json
import shutil
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from types import TracebackType
from typing import Any, Self

import numpy as np
import pytest

from tests.display import DummyMonitors, VirtualDisplay
from tests.waiting import wait_until
from tests.x11 import Connection

pytestmark = [
    pytest.mark.device,
    pytest.mark.skipif(shutil.which("Xvfb") is None, reason="needs Xvfb"),
]

RED, GREEN = (255, 0, 0), (0, 255, 0)
ROOT = Path(__file__).resolve().parents[3]


class Program:
    """The program under test, and what it says."""

    def __init__(self, environment: dict[str, str], **wanted: Any) -> None:
        command = [sys.executable, "-W", "error", "-m", "tests.installation.output.window_program", json.dumps(wanted)]
        self._process = subprocess.Popen(command, cwd=ROOT, env=environment, stdout=subprocess.PIPE, text=True)

    def hear(self) -> dict[str, Any]:
        assert self._process.stdout is not None
        line = self._process.stdout.readline()
        assert line, f"the program ended with {self._process.wait(10)} and said nothing more"
        said: dict[str, Any] = json.loads(line)
        return said

    def end(self) -> int:
        return self._process.wait(20)

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, traceback: TracebackType | None
    ) -> None:
        self._process.kill()
        self._process.wait(20)
        assert self._process.stdout is not None
        self._process.stdout.close()


@pytest.fixture(scope="module")
def display() -> Iterator[VirtualDisplay]:
    with VirtualDisplay((640, 360)) as running:
        yield running


def settled(display: VirtualDisplay, path: Path) -> np.ndarray[tuple[int, ...], np.dtype[np.uint8]]:
    """A screenshot in which the program has drawn at least once."""
    for _ in range(50):
        pixels = display.screenshot(path)
        if (pixels == GREEN).all(axis=2).any():
            break
        time.sleep(0.1)
    return pixels


def test_full_screen_covers_the_whole_screen(display: VirtualDisplay, tmp_path: Path) -> None:
    with Program(display.environment) as program:
        assert program.hear() == {"size": [640, 360]}
        pixels = settled(display, tmp_path / "screen.png")
    assert pixels.shape == (360, 640, 3)
    assert (pixels[:, :320] == RED).all()
    assert (pixels[:, 320:] == GREEN).all()


@pytest.mark.skipif(shutil.which("xrandr") is None, reason="needs xrandr")
def test_a_projector_that_wakes_up_late_is_covered_as_it_is_then(tmp_path: Path) -> None:
    with VirtualDisplay((1280, 720)) as display:
        timings = ["40", "800", "840", "968", "1056", "600", "601", "605", "628"]
        display.run("xrandr", "--newmode", "asleep", *timings)
        display.run("xrandr", "--addmode", "screen", "asleep")
        display.run("xrandr", "--output", "screen", "--mode", "asleep")
        with Program(display.environment) as program:
            assert program.hear() == {"size": [800, 600]}
            display.run("xrandr", "--output", "screen", "--mode", "1280x720")
            assert program.hear() == {"size": [1280, 720]}
            pixels = settled(display, tmp_path / "screen.png")
    assert pixels.shape == (720, 1280, 3)
    assert (pixels[:, :640] == RED).all()
    assert (pixels[:, 640:] == GREEN).all()


def test_the_cursor_is_hidden(display: VirtualDisplay, tmp_path: Path) -> None:
    with Program(display.environment) as program:
        program.hear()
        display.run("xdotool", "mousemove", "160", "180")
        settled(display, tmp_path / "screen.png")
        # ImageMagick leaves the pointer out of its pictures; xfixes tells which one is shown.
        client = Connection(display.name)
        assert client.cursor_pixels() == 0
        client.close()


def test_keys_arrive_by_their_place_and_none_closes_the_window(display: VirtualDisplay) -> None:
    with Program(display.environment) as program:
        program.hear()
        for key in ("b", "space", "F11", "3", "Up", "question", "KP_7", "slash", "Escape"):
            display.run("xdotool", "key", key)
        heard = [program.hear()["key"] for _ in range(9)]
        assert program.hear() == {"up": "escape"}
        display.run("xdotool", "key", "q")
        assert program.hear() == {"closed": True}
        assert program.end() == 0
    assert heard == ["b", "space", "f11", "3", "up", "question", "7", "slash", "escape"]


@pytest.mark.skipif(shutil.which("setxkbmap") is None, reason="needs setxkbmap")
@pytest.mark.parametrize(
    ("layout", "written"),
    [
        ("ru", {"Cyrillic_i": "b", "Cyrillic_a": "f", "Cyrillic_yeru": "s", "question": "question"}),
        ("fr", {"ampersand": "1", "eacute": "2", "a": "q", "question": "question", "b": "b"}),
    ],
)
def test_a_layout_that_writes_other_letters_changes_nothing(layout: str, written: dict[str, str]) -> None:
    with VirtualDisplay((320, 180)) as display:
        display.run("setxkbmap", layout)
        with Program(display.environment) as program:
            program.hear()
            for symbol in (symbol for symbol, place in written.items() if place not in ("f", "q")):
                display.run("xdotool", "key", symbol)
                assert program.hear() == {"key": written[symbol]}
            if "f" in written.values():
                display.run("xdotool", "key", "Cyrillic_a")
                assert program.hear()["size"] == [240, 135]
            else:
                display.run("xdotool", "key", "a")
                assert program.hear() == {"closed": True}


def test_a_key_that_is_held_repeats_and_comes_up_once(display: VirtualDisplay) -> None:
    with Program(display.environment) as program:
        program.hear()
        display.run("xdotool", "keydown", "Escape")
        assert program.hear() == {"key": "escape"}
        assert [program.hear() for _ in range(3)] == [{"repeat": "escape"}] * 3
        display.run("xdotool", "keyup", "Escape")
        heard = program.hear()
        while heard == {"repeat": "escape"}:
            heard = program.hear()
        assert heard == {"up": "escape"}


def test_a_key_with_control_or_alt_is_somebody_elses(display: VirtualDisplay) -> None:
    with Program(display.environment) as program:
        program.hear()
        for key in ("ctrl+b", "alt+b", "super+b", "shift+n"):
            display.run("xdotool", "key", key)
        assert program.hear() == {"key": "n"}


def test_a_window_has_the_size_it_was_given_and_may_be_resized(display: VirtualDisplay, tmp_path: Path) -> None:
    with Program(display.environment, fullscreen=False, size=[200, 100]) as program:
        assert program.hear() == {"size": [200, 100]}
        pixels = settled(display, tmp_path / "screen.png")
        assert (pixels == RED).all(axis=2).sum() == (pixels == GREEN).all(axis=2).sum() == 100 * 100
        window = display.run("xdotool", "search", "--name", "A window under test").split()[0]
        display.run("xdotool", "windowsize", window, "300", "200")
        assert program.hear() == {"size": [300, 200]}
        time.sleep(0.5)
        pixels = settled(display, tmp_path / "screen.png")
        assert (pixels == GREEN).all(axis=2).sum() == 150 * 200


Rectangle = tuple[int, int, int, int]


def shown_at(display: VirtualDisplay, path: Path) -> Rectangle:
    """Where the two colours lie on the screen: x, y, width, height; nowhere while the halves are not whole."""
    pixels = settled(display, path)
    green, red = ((pixels == colour).all(axis=2) for colour in (GREEN, RED))
    if green.sum() != red.sum() or not green.any():
        return (0, 0, 0, 0)
    rows, columns = np.nonzero(green | red)
    x, y = int(columns.min()), int(rows.min())
    return x, y, int(columns.max()) - x + 1, int(rows.max()) - y + 1


def rests_at(display: VirtualDisplay, path: Path, size: list[int]) -> Rectangle:
    """Where the window has come to rest: window managers take their time."""
    places = [shown_at(display, path)]

    def is_still() -> bool:
        places.append(shown_at(display, path))
        return places[-1] == places[-2] and list(places[-1][2:]) == size

    assert wait_until(is_still), places
    return places[-1]


@contextmanager
def window_manager(display: VirtualDisplay, name: str) -> Iterator[None]:
    """A window manager, or none where `name` is empty."""
    if not name:
        yield
        return
    if shutil.which(name) is None or shutil.which("xprop") is None:
        pytest.skip(f"needs {name} and xprop")
    process = subprocess.Popen([name], env=display.environment, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
    try:
        assert wait_until(lambda: "FULLSCREEN" in display.run("xprop", "-root", "_NET_SUPPORTED"))
        yield
    finally:
        process.terminate()
        process.wait(20)


@pytest.mark.parametrize(
    ("manager", "fullscreen"),
    [
        ("", True),
        ("openbox", False),
        pytest.param("", False, marks=pytest.mark.slow),
        pytest.param("openbox", True, marks=pytest.mark.slow),
    ],
)
def test_a_window_covers_the_screen_and_is_a_window_again_while_it_runs(
    tmp_path: Path, manager: str, fullscreen: bool
) -> None:
    size, places = (None if fullscreen else [200, 100]), []
    with (
        VirtualDisplay((640, 360)) as display,
        window_manager(display, manager),
        Program(display.environment, fullscreen=fullscreen, size=size) as program,
    ):
        program.hear()
        if not manager and not fullscreen:  # nobody gives it the keyboard
            display.run("xdotool", "search", "--name", "A window under test", "windowfocus")
        for _ in range(4):
            display.run("xdotool", "key", "f")
            places.append(rests_at(display, tmp_path / "screen.png", program.hear()["size"]))
    covering = (0, 0, 640, 360)
    windowed = places[0] if fullscreen else places[1]
    assert windowed[2:] == ((480, 270) if fullscreen else (200, 100))
    assert places == ([windowed, covering] * 2 if fullscreen else [covering, windowed] * 2)


def test_closing_the_window_ends_the_program(display: VirtualDisplay) -> None:
    with Program(display.environment, fullscreen=False) as program:
        program.hear()
        window = display.run("xdotool", "search", "--name", "A window under test").split()[0]
        client = Connection(display.name)
        client.ask_to_close(int(window))
        client.close()
        assert program.hear() == {"closed": True}
        assert program.end() == 0


def test_without_a_display_there_is_one_clear_line(display: VirtualDisplay) -> None:
    with Program({**display.environment, "DISPLAY": ""}) as program:
        assert "DISPLAY is not set" in program.hear()["error"]
        assert program.end() == 5


def test_a_display_that_does_not_answer_is_named(display: VirtualDisplay) -> None:
    with Program({**display.environment, "DISPLAY": ":4711"}) as program:
        assert "cannot open the display ':4711'" in program.hear()["error"]
        assert program.end() == 5


def test_a_monitor_that_does_not_exist_lists_those_that_do(display: VirtualDisplay) -> None:
    with Program(display.environment, monitor=3) as program:
        error = program.hear()["error"]
        assert program.end() == 5
    assert error == "there is no monitor 3; there are: 0: screen 640x360 at 0,0"


@pytest.fixture(scope="module")
def monitors() -> Iterator[DummyMonitors]:
    if not DummyMonitors.available():
        pytest.skip("needs Xorg with its dummy driver (xserver-xorg-video-dummy)")
    with DummyMonitors() as running:
        yield running


@pytest.mark.parametrize(("monitor", "left", "width"), [(0, 0, 800), (1, 800, 640), (None, 0, 800)])
def test_full_screen_opens_on_the_chosen_monitor(
    monitors: DummyMonitors, tmp_path: Path, monitor: int | None, left: int, width: int
) -> None:
    with Program(monitors.environment, monitor=monitor) as program:
        program.hear()
        pixels = settled(monitors, tmp_path / "screen.png")
    shown = (pixels == GREEN).all(axis=2) | (pixels == RED).all(axis=2)
    height = 600 if width == 800 else 480
    assert shown[:height, left : left + width].all()
    assert shown.sum() == width * height
