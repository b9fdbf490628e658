import stat
from pathlib import Path

import pytest

from s2s.serving.keys import Tokens
from s2s.serving.token_file import kept_tokens, write_tokens


def test_who_was_let_in_before_a_restart_is_let_in_after_it(tmp_path: Path) -> None:
    path = tmp_path / "venue" / "token"
    first = kept_tokens(path)

    assert kept_tokens(path) == first and first.full != first.read
    assert stat.S_IMODE(path.stat().st_mode) == 0o600
    assert [file.name for file in path.parent.iterdir()] == ["token"]


def test_a_deleted_file_makes_new_tokens(tmp_path: Path) -> None:
    path = tmp_path / "token"
    first = kept_tokens(path)
    path.unlink()

    assert kept_tokens(path).full != first.full


@pytest.mark.parametrize("text", ["", "\n\n", "short\nalso\n", "x" * 5000, "with a space in between the letters\n"])
def test_what_is_no_token_is_replaced(tmp_path: Path, text: str) -> None:
    path = tmp_path / "token"
    path.write_text(text)

    assert kept_tokens(path) == kept_tokens(path)
    assert path.read_text() != text


def test_a_token_of_ones_own_stays_and_the_views_is_added(tmp_path: Path) -> None:
    path = tmp_path / "token"
    path.write_text("a-token-of-ones-own-with-enough-letters")

    tokens = kept_tokens(path)
    assert tokens.full == "a-token-of-ones-own-with-enough-letters" and kept_tokens(path) == tokens


def test_a_file_that_others_may_read_is_closed_to_them(tmp_path: Path) -> None:
    path = tmp_path / "token"
    write_tokens(path, Tokens.new())
    path.chmod(0o644)
    kept_tokens(path)

    assert stat.S_IMODE(path.stat().st_mode) == 0o600


def test_a_place_that_cannot_be_written_is_an_error(tmp_path: Path) -> None:
    (tmp_path / "venue").write_text("a file where the folder should be")
    with pytest.raises(OSError):
        kept_tokens(tmp_path / "venue" / "token")
