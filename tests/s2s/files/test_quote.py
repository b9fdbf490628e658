"""What an error says to an operator: words and the file, and no number of the system's."""

import errno

import pytest

from s2s.files.quote import why


@pytest.mark.parametrize(
    ("error", "words"),
    [
        (OSError(errno.ENOSPC, "No space left on device"), "No space left on device"),
        (NotADirectoryError(errno.ENOTDIR, "Not a directory", "/venue/films"), "Not a directory: /venue/films"),
        (ValueError("two\nlines"), "two lines"),
        (RuntimeError(), "RuntimeError"),
    ],
    ids=["no file", "a file", "two lines", "nothing said"],
)
def test_an_error_is_told_in_words(error: Exception, words: str) -> None:
    assert why(error) == words
