"""Writes what a command prints, and says in one line when it cannot be written: a full disk, a closed pipe."""

import os
import sys
from typing import Final, TextIO

from installation.exit_codes import ExitCode


class OutputError(Exception):
    """Standard output does not take what is printed; one line."""

    exit_code: Final = ExitCode.USAGE


def print_out(text: str) -> None:
    """Write `text` to standard output, all of it, letters that its encoding lacks as escapes. Raises OutputError."""
    out: TextIO | None = sys.stdout
    if out is None:
        raise OutputError("nothing is printed: there is no standard output")
    encoding = out.encoding or "utf-8"
    try:
        out.write(text.encode(encoding, "backslashreplace").decode(encoding))
        out.flush()
    except OSError as error:
        _forget(out)
        raise OutputError(f"standard output cannot be written: {error.strerror}") from error


def _forget(out: TextIO) -> None:
    """Let what is still held go nowhere: Python would try to write it once more at the end, and fail once more."""
    nowhere = os.open(os.devnull, os.O_WRONLY)
    try:
        os.dup2(nowhere, out.fileno())
    except (OSError, ValueError):  # no file of the system's
        return
    finally:
        os.close(nowhere)
