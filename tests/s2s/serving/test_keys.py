import pytest

from s2s.serving.access import Access
from s2s.serving.keys import Key, Keyring, Role, Tokens, View, is_token, new_token

TOKENS = Tokens("f" * 32, "r" * 32)


@pytest.mark.parametrize(
    ("view", "offered", "role"),
    [
        (View.NONE, [TOKENS.full], Role.FULL),
        (View.NONE, [TOKENS.read], None),
        (View.NONE, [], None),
        (View.TOKEN, [TOKENS.read], Role.READ),
        (View.TOKEN, ["guess", TOKENS.read], Role.READ),
        (View.TOKEN, [TOKENS.read, TOKENS.full], Role.FULL),
        (View.TOKEN, ["guess"], None),
        (View.TOKEN, [], None),
        (View.OPEN, [], Role.READ),
        (View.OPEN, ["guess"], Role.READ),
        (View.OPEN, [TOKENS.full], Role.FULL),
        (View.NONE, ["\udc80"], None),
    ],
)
def test_a_token_opens_as_far_as_the_preset_says(view: View, offered: list[str], role: Role | None) -> None:
    key = Keyring(TOKENS, lambda: view).admit(offered)

    assert (None if key is None else key.role) is role


def test_new_tokens_shut_everybody_else_out() -> None:
    keys = Keyring(TOKENS, lambda: View.TOKEN)
    new = Tokens.new()
    keys.replace(new)

    assert keys.admit([TOKENS.full]) is None and keys.admit([TOKENS.read]) is None
    assert keys.admit([new.full]) == Key(Role.FULL, new.full)


def test_a_view_that_is_withdrawn_counts_no_more() -> None:
    views = [View.OPEN]
    keys = Keyring(TOKENS, lambda: views[0])
    assert keys.admit([]) is not None
    views[0] = View.NONE
    assert keys.admit([]) is None and keys.admit([TOKENS.read]) is None


def test_no_token_shows_itself_by_accident() -> None:
    shown = repr((TOKENS, Key(Role.FULL, TOKENS.full), Access("0.0.0.0", TOKENS.full)))

    assert TOKENS.full not in shown and TOKENS.read not in shown


def test_a_token_is_long_and_fits_an_address() -> None:
    assert is_token(new_token()) and new_token() != new_token()
    assert [text for text in ("", "short", "a b" * 20, "ü" * 40, "x" * 300) if is_token(text)] == []


def test_a_keyring_is_asked_before_anything_else_and_loopback_asks_for_nothing() -> None:
    keys = Keyring(TOKENS)
    wide = Access.of("0.0.0.0", keys)
    assert wide.asks and wide.token is None
    assert wide.admits([TOKENS.full]) and not wide.admits([]) and wide.knows("192.168.1.5:8080")
    near = Access.of("127.0.0.1", keys)
    assert not near.asks and near.admit([]) == Key(Role.FULL) and not near.knows("192.168.1.5")
