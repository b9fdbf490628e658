import pytest

from installation.output.held_keys import HeldKeys
from installation.output.surface import KeyEvent
from installation.output.x11_keys import monotonic_s, place


def test_a_key_is_pressed_once_repeats_and_comes_up_under_its_first_name() -> None:
    held = HeldKeys()
    assert held.down(61, "question", 1.0) == KeyEvent("question", at=1.0)
    assert held.down(61, "slash", 1.5) == KeyEvent("question", repeat=True, at=1.5)  # Shift was let go of first
    assert held.up(61, 1.6) == KeyEvent("question", down=False, at=1.6)
    assert held.up(61, 1.7) is None
    assert held.down(61, "slash", 2.0) == KeyEvent("slash", at=2.0)


def test_a_window_that_loses_the_keyboard_lets_go_of_all_that_is_held() -> None:
    held = HeldKeys()
    held.down(9, "escape", 1.0)
    held.down(50, "", 1.0)  # Shift
    assert held.lose_focus() == [KeyEvent("escape", down=False)]
    assert held.lose_focus() == []


def test_a_key_that_went_down_elsewhere_means_nothing_until_it_was_let_go_of() -> None:
    held = HeldKeys()
    held.gain_focus([41])  # F is still held when the window is full-screen
    assert held.down(41, "f", 1.0) is None
    assert held.up(41, 1.1) is None
    assert held.down(41, "f", 1.2) == KeyEvent("f", at=1.2)


@pytest.mark.parametrize(
    ("name", "key"),
    [
        ("AB05", "b"),
        ("AC04", "f"),
        ("AE01", "1"),
        ("AE09", "9"),
        ("AB10", "slash"),
        ("KP1", "1"),
        ("FK01", "f1"),
        ("FK11", "f11"),
        ("SPCE", "space"),
        ("ESC", "escape"),
        ("RGHT", "right"),
        ("LFSH", ""),
        ("KPDL", ""),
        ("AE13", ""),
        ("", ""),
    ],
)
def test_a_key_is_called_by_its_place_as_x_names_it(name: str, key: str) -> None:
    assert place(name) == key


def test_a_servers_clock_is_believed_where_it_is_this_machines() -> None:
    now = 5_000_000.25  # beyond 32 bits of milliseconds
    server_ms = round(now * 1e3) % (1 << 32)
    assert monotonic_s(server_ms - 40, now) == pytest.approx(now - 0.04)
    assert monotonic_s(server_ms + 3, now) == now
    assert monotonic_s(server_ms - 60_000, now) is None
    assert monotonic_s((server_ms + 60_000) % (1 << 32), now) is None
