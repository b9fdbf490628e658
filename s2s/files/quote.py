"""How messages quote what came from outside: one line, printable, and never more of it than an operator reads.

Pure; a value of any size costs no more than the part that is shown.
"""

import reprlib
from typing import Final

LONGEST_QUOTE: Final = 80
"""Letters."""


def quoted(value: object) -> str:
    """Return `value` as Python writes it, cut to LONGEST_QUOTE letters."""
    try:
        text = _WRITER.repr(value)
    except ValueError:  # Python does not write out integers of more than 4 300 digits
        return f"a very long {type(value).__name__}"
    return text if len(text) <= LONGEST_QUOTE else text[: LONGEST_QUOTE - 1] + "…"


def one_line(text: object, letters: int = LONGEST_QUOTE) -> str:
    """Return the words of `text` on one line of at most `letters`; what cannot be printed is a question mark."""
    words = " ".join(str(text)[: 4 * letters].split())
    printable = "".join(letter if letter.isprintable() else "?" for letter in words)
    return printable if len(printable) <= letters else printable[: letters - 1] + "…"


def why(error: BaseException) -> str:
    """Return what `error` says, on one line; of a system's error its words and the file, without its number."""
    if isinstance(error, OSError) and error.strerror:
        return one_line(error.strerror if error.filename is None else f"{error.strerror}: {error.filename}", 300)
    return one_line(error, 300) or type(error).__name__


def _writer() -> reprlib.Repr:
    writer = reprlib.Repr()
    writer.maxlevel = 3
    writer.maxstring = writer.maxother = writer.maxlong = LONGEST_QUOTE
    return writer


_WRITER: Final = _writer()
