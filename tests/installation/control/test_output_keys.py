"""The keys that fit an output to the wall."""

from pathlib import Path

import pytest

from installation.control.keyboard import HELP, Keyboard
from installation.control.output_keys import OutputKeys
from installation.control_status import OutputState
from installation.desk import Desk
from installation.outputs.layout import UNPINNED, Layout, Output, Point
from installation.outputs.marks import Marking, Selection
from installation.outputs.store import LayoutStore
from installation.values import Features


class NoPresets:
    names = ()

    def poll(self, _now: float) -> None:
        pass


class Room:
    """A keyboard whose outputs are 1000 x 500 and 400 x 200 pixels."""

    def __init__(self, folder: Path) -> None:
        self.desk, self.marking = Desk(), Marking()
        self.store = LayoutStore(folder / "outputs.yaml", Layout((Output("left"), Output("right", 1))))
        states = (OutputState("left", "0", 1000, 500), OutputState("right", "1", 400, 200))
        keys = OutputKeys(self.desk, self.store, self.marking, lambda: states)
        self.keyboard = Keyboard(self.desk, NoPresets(), lambda: None, tuple, keys)

    def press(self, *names: str) -> list[bool]:
        pressed = [
            self.keyboard.press(name.removeprefix("shift+"), 1.0, shift=name.startswith("shift+")) for name in names
        ]
        self.desk.tick(1.0, Features())
        return pressed

    def corner(self, output: str, number: int) -> tuple[float, float]:
        point = self.store.get().output(output).corners[number]
        return point.x, point.y


@pytest.fixture
def room(tmp_path: Path) -> Room:
    return Room(tmp_path)


def test_outside_of_the_mode_arrows_do_what_they_always_did(room: Room) -> None:
    room.press("up")
    assert room.desk.get("/audio/gain") == 1.0
    assert room.store.get().output("left").corners == UNPINNED


def test_in_the_mode_arrows_move_the_corner_by_pixels_of_its_output_and_nothing_else(room: Room) -> None:
    room.press("o", "right", "down", "shift+down")
    assert room.corner("left", 0) == pytest.approx((0.001, 21 / 500), abs=1e-6)
    assert room.desk.get("/audio/gain") == 0.0


def test_corners_are_chosen_by_tab_or_digit_and_outputs_by_n_and_p(room: Room) -> None:
    room.press("o", "tab")
    assert room.marking.selection == Selection("left", 1)
    room.press("shift+tab", "shift+tab")
    assert room.marking.selection == Selection("left", 3)
    room.press("n", "2", "left")
    assert room.corner("right", 1) == (1 - 1 / 400, 0)
    room.press("p")
    assert room.marking.selection == Selection("left", 1)


@pytest.mark.parametrize("key", ["o", "return", "escape"])
def test_the_mode_is_left_and_escape_then_ends_no_show(room: Room, key: str) -> None:
    room.press("o", key)
    room.keyboard.poll(10.0)
    assert room.marking.selection is None
    assert not room.keyboard.ended
    room.press("up")
    assert room.desk.get("/audio/gain") == 1.0


def test_a_held_arrow_moves_on_and_a_held_tab_does_not(room: Room) -> None:
    room.press("o")
    for _ in range(5):
        room.keyboard.press("right", 1.0, repeat=True)
        assert not room.keyboard.press("tab", 1.0, repeat=True)
    assert room.corner("left", 0) == (0.005, 0)


def test_a_corner_stays_within_its_bounds_and_crosses_no_other(room: Room) -> None:
    room.press("o", *["shift+left"] * 40)
    assert room.corner("left", 0) == (-0.5, 0)
    room.press(*["shift+right"] * 80)
    assert 0.9 < room.corner("left", 0)[0] < 1.0
    room.press("backspace")
    assert room.store.get().output("left").corners == UNPINNED


def test_g_shows_the_pattern_and_hides_it(room: Room) -> None:
    room.press("o", "g")
    assert room.desk.get("/show/pattern") == "grid"
    room.press("g")
    assert room.desk.get("/show/pattern") == "none"


def test_the_list_of_keys_can_be_looked_at_meanwhile(room: Room) -> None:
    room.press("o", "question")
    assert room.keyboard.panel(1.0) == HELP
    assert room.marking.selection == Selection("left", 0)


def test_an_output_that_is_gone_gives_its_selection_to_the_first(room: Room) -> None:
    room.press("o", "n")
    room.store.replace(Layout((Output("wall"),)))
    room.press("right")
    assert room.marking.selection == Selection("wall", 0)
    assert room.store.get().output("wall").corners[0] == Point(0.001, 0) or room.corner("wall", 0)[0] > 0


def test_the_mode_is_in_the_list_of_keys() -> None:
    assert ("O", "fit an output to the wall, by the keys of the four lines below; O, Enter or Esc: done") in HELP
