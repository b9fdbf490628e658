"""A listener's tokens in a file that its owner alone can read, so that whoever was let in once stays in over a restart.

Deleting the file makes the next start ask for new ones.
"""

import os
import stat
from pathlib import Path
from typing import Final

from s2s.files.names import beside
from s2s.serving.keys import Tokens, is_token

_OWNER_ALONE: Final = 0o600
_MOST_BYTES: Final = 1024


def kept_tokens(path: Path) -> Tokens:
    """Return the tokens in `path`; where there are none, or what is no token, new ones are made and written there.

    Raises OSError where the file can be neither read nor written.
    """
    found = _read(path)
    if found is None:
        found = Tokens.new()
        write_tokens(path, found)
    return found


def write_tokens(path: Path, tokens: Tokens) -> None:
    """Write the file anew, whole or not at all. Raises OSError."""
    path.parent.mkdir(parents=True, exist_ok=True)
    partial = beside(path, ".part")
    partial.unlink(missing_ok=True)  # of one that was killed; nobody else's file is ever written into
    file = os.open(partial, os.O_WRONLY | os.O_CREAT | os.O_EXCL, _OWNER_ALONE)
    with os.fdopen(file, "w", encoding="ascii") as written:
        written.write(f"{tokens.full}\n{tokens.read}\n")
        written.flush()
        os.fsync(file)  # a power cut must not lock out who was let in
    partial.replace(path)


def _read(path: Path) -> Tokens | None:
    try:
        with path.open("rb") as file:
            text = file.read(_MOST_BYTES).decode("ascii", "replace")
            if stat.S_IMODE(os.fstat(file.fileno()).st_mode) & ~_OWNER_ALONE:
                path.chmod(_OWNER_ALONE)  # copied here by hand, from a disk that knows no owners
    except FileNotFoundError:
        return None
    full, _, rest = text.partition("\n")
    read = rest.partition("\n")[0]
    if not is_token(full.strip()):
        return None
    if not is_token(read.strip()):  # a token of one's own, written by hand
        tokens = Tokens(full.strip(), Tokens.new().read)
        write_tokens(path, tokens)
        return tokens
    return Tokens(full.strip(), read.strip())
