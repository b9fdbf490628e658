from collections.abc import Sequence

import pytest

from installation.control.keyboard import HELP, HOLD_S, LINES, Keyboard
from installation.desk import Desk
from installation.parameters import PARAMETERS
from installation.values import Features


class Presets:
    """The presets there are, as a folder would have them."""

    def __init__(self, *names: str) -> None:
        self.names: Sequence[str] = names
        self.polled = 0

    def poll(self, _now: float) -> None:
        self.polled += 1


class Room:
    """A keyboard at a desk; `turn` is a turn of the show."""

    def __init__(self, *presets: str) -> None:
        self.desk, self.presets, self.toggled = Desk(), Presets(*presets), 0
        self.keyboard = Keyboard(self.desk, self.presets, self.toggle_fullscreen)
        self.now = 100.0

    def toggle_fullscreen(self) -> None:
        self.toggled += 1

    def press(self, *keys: str) -> None:
        for key in keys:
            assert self.keyboard.press(key, self.now)
            self.turn(0.1)

    def turn(self, after_s: float) -> None:
        self.now += after_s
        self.keyboard.poll(self.now)
        self.desk.tick(self.now, Features())


@pytest.mark.parametrize(
    ("key", "address"),
    [
        ("b", "/show/blackout"),
        ("space", "/show/freeze"),
        ("h", "/show/hud"),
        ("k", "/latent/hold"),
        ("r", "/show/record"),
    ],
)
def test_a_switch_goes_on_and_off_again_and_a_held_key_does_not_flicker(key: str, address: str) -> None:
    room = Room()
    room.press(key)
    assert room.desk.get(address) is True
    for _ in range(50):
        room.keyboard.press(key, room.now, repeat=True)
        room.turn(0.03)
        assert room.desk.get(address) is True
    room.keyboard.release(key)
    room.press(key)
    assert room.desk.get(address) is False


@pytest.mark.parametrize(("key", "address"), [("t", "/audio/tap"), ("s", "/show/snapshot")])
def test_a_trigger_is_fired_once_a_press(key: str, address: str) -> None:
    room, fired = Room(), list[str]()
    room.desk.watch(lambda moved, _value, _origin: fired.append(moved))
    room.press(key, key)
    room.keyboard.press(key, room.now, repeat=True)
    room.turn(0.1)
    assert fired == [address, address]


def test_the_arrows_move_gain_and_blend_and_go_on_while_they_are_held() -> None:
    room = Room()
    room.press("up", "up", "down", "right", "right", "left")
    assert (room.desk.get("/audio/gain"), room.desk.get("/latent/blend")) == (1.0, 0.05)
    for _ in range(3):
        room.keyboard.press("up", room.now, repeat=True)
    assert room.desk.get("/audio/gain") == 4.0


@pytest.mark.parametrize(("key", "address"), [("up", "/audio/gain"), ("right", "/latent/blend")])
def test_an_arrow_stops_exactly_at_the_end_of_the_range(key: str, address: str) -> None:
    room = Room()
    room.press(*[key] * 100)
    assert room.desk.get(address) == PARAMETERS[address].high


def test_a_digit_goes_to_a_preset_and_the_list_follows_new_ones() -> None:
    room = Room("gallery", "performance")
    room.press("2")
    assert room.desk.get("/show/preset") == "performance"
    room.press("3")
    assert room.desk.get("/show/preset") == "performance"
    room.presets.names = ("evening", "gallery", "performance")
    room.press("1")
    assert room.desk.get("/show/preset") == "evening"


def test_next_and_previous_go_round_the_list_from_where_the_show_is() -> None:
    room = Room("a", "b", "c")
    went = []
    for key in ("n", "n", "n", "n", "p", "p"):
        room.press(key)
        went.append(room.desk.get("/show/preset"))
    assert went == ["a", "b", "c", "a", "c", "b"]


def test_previous_of_a_preset_that_is_not_in_the_list_is_the_last_and_of_no_list_nothing() -> None:
    room = Room("a", "b")
    room.press("p")
    assert room.desk.get("/show/preset") == "b"
    room.presets.names = ()
    room.press("n")
    assert room.desk.get("/show/preset") == "b"


def test_full_screen_is_the_windows_and_no_part_of_the_desk() -> None:
    room = Room()
    room.press("f")
    room.keyboard.press("f", room.now, repeat=True)
    assert room.toggled == 1


def test_escape_ends_the_show_when_it_is_held_for_two_seconds_and_says_so_meanwhile() -> None:
    room = Room()
    room.press("escape")
    room.keyboard.press("escape", room.now, repeat=True)  # as the window system goes on telling
    room.turn(HOLD_S - 0.3)
    assert not room.keyboard.ended
    assert "ends in 0.2 s" in room.keyboard.panel(room.now)[0][1]
    room.turn(0.3)
    assert room.keyboard.ended


def test_escape_let_go_in_time_ends_nothing_and_two_halves_are_no_whole() -> None:
    room = Room()
    for _ in range(3):
        room.press("escape")
        room.turn(HOLD_S - 0.5)
        room.keyboard.release("escape")
        room.turn(1.0)
    assert not room.keyboard.ended and room.keyboard.panel(room.now) == ()


def test_a_turn_that_takes_long_does_not_make_a_tap_a_hold() -> None:
    room = Room()
    room.now += 10.0
    room.keyboard.press("escape", room.now)
    room.keyboard.release("escape")
    room.keyboard.poll(room.now + 5.0)
    assert not room.keyboard.ended


@pytest.mark.parametrize("key", ["question", "slash", "f1"])
def test_the_list_of_keys_is_shown_and_hidden(key: str) -> None:
    room = Room()
    room.press(key)
    assert room.keyboard.panel(room.now) == HELP
    room.press(key)
    assert room.keyboard.panel(room.now) == ()


def test_learn_takes_what_a_hand_moved_last_and_forgets_it_when_asked_again() -> None:
    room = Room("a", "b")
    room.press("l")
    assert room.desk.get("/show/learn") == ""
    room.desk.post("/render/zoom", 1.2, "osc")
    room.turn(0.1)
    room.desk.post("/render/bloom", 0.4, "midi")  # the controller itself
    room.turn(0.1)
    room.desk.morph({"/render/grain": 0.3}, 1.0)
    room.press("n")  # a text: no fader says one
    room.press("l")
    assert room.desk.get("/show/learn") == "/render/zoom"
    room.press("l")
    assert room.desk.get("/show/learn") == ""
    room.press("b", "l")
    assert room.desk.get("/show/learn") == "/show/blackout"


def test_two_keys_of_one_turn_are_taken_one_after_the_other() -> None:
    room = Room()
    room.press("r")
    for key in ("up", "l"):
        room.keyboard.press(key, room.now)
    assert room.desk.get("/show/learn") == "/audio/gain"


def test_the_desk_is_told_when_the_key_went_down() -> None:
    room = Room()
    room.keyboard.press("b", room.now, at=99.5)
    room.desk.tick(room.now, Features())
    assert [(post.origin, post.at) for post in room.desk.taken] == [("keyboard", 99.5)]


@pytest.mark.parametrize("key", ["q", "0", "", "f11", "tab"])
def test_a_key_without_a_meaning_is_left_to_others(key: str) -> None:
    assert not Room("gallery").keyboard.press(key, 0.0)


def test_the_list_has_every_key_once() -> None:
    keys = [key for line in LINES for key in line.acts]
    assert len(keys) == len(set(keys))
    assert all(line.does and line.label for line in LINES)


def test_digits_go_to_cues_where_the_venue_has_some_and_enter_to_the_next() -> None:
    room = Room("dawn", "dusk")
    room.keyboard = Keyboard(room.desk, room.presets, room.toggle_fullscreen, lambda: ("doors", "storm"))
    room.press("2")
    assert (room.desk.get("/show/cue"), room.desk.get("/show/preset")) == ("2", "")
    room.press("9")
    assert room.desk.get("/show/cue") == "2"
    for key, address in (("return", "/show/go"), ("enter", "/show/go"), ("backspace", "/show/back")):
        room.press(key)
        assert [post.address for post in room.desk.taken] == [address]
