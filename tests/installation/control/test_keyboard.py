import pytest

from installation.control.keyboard import HELP, KEYS, Keyboard
from installation.desk import Desk
from installation.parameters import PARAMETERS


@pytest.mark.parametrize(
    ("key", "address"),
    [("b", "/show/blackout"), ("f", "/show/freeze"), ("h", "/show/hud"), ("space", "/latent/hold")],
)
def test_a_switch_goes_on_and_off_again(key: str, address: str) -> None:
    desk = Desk()
    keyboard = Keyboard(desk)

    assert keyboard.press(key)
    assert desk.get(address) is True
    keyboard.press(key)
    assert desk.get(address) is False


def test_the_arrows_move_gain_and_blend() -> None:
    desk = Desk()
    keyboard = Keyboard(desk)
    for key in ("up", "up", "down", "right", "right", "left"):
        keyboard.press(key)

    assert desk.get("/audio/gain") == 1.0
    assert desk.get("/latent/blend") == 0.05


@pytest.mark.parametrize(("key", "address"), [("up", "/audio/gain"), ("right", "/latent/blend")])
def test_an_arrow_stops_exactly_at_the_end_of_the_range(key: str, address: str) -> None:
    desk = Desk()
    for _ in range(100):
        Keyboard(desk).press(key)

    assert desk.get(address) == PARAMETERS[address].high


def test_a_digit_goes_to_a_preset() -> None:
    desk = Desk()

    assert Keyboard(desk, ["gallery", "performance"]).press("2")
    assert desk.get("/show/preset") == "performance"


@pytest.mark.parametrize("key", ["escape", "q", "3", "0", ""])
def test_a_key_without_a_meaning_is_left_to_others(key: str) -> None:
    assert not Keyboard(Desk(), ["gallery", "performance"]).press(key)


def test_the_help_names_every_key() -> None:
    assert all(key.name in HELP and key.does in HELP for key in KEYS)
