"""The user whom the programs run for, as far as the machine knows one: containers often run without an account."""

import getpass
import os
import tempfile
from pathlib import Path


def cache_folder(of: str) -> Path:
    """Return where what is computed is kept for next time: `sound-to-scene/OF` in XDG_CACHE_HOME, or in ~/.cache.

    A user without a home has a folder of their own among the temporary files.
    """
    named = Path(os.environ.get("XDG_CACHE_HOME", ""))
    # The XDG specification: a relative path there is invalid and to be ignored.
    return (named if named.is_absolute() else _own_cache()) / "sound-to-scene" / of


def name_user() -> None:
    """Give a user whom the system has no name for one, for this process and its children: torch asks for it."""
    try:
        getpass.getuser()
    except (KeyError, OSError):  # OSError from Python 3.13 on
        os.environ["USER"] = f"user-{os.getuid()}"


def _own_cache() -> Path:
    try:
        return Path.home() / ".cache"
    except RuntimeError:
        return Path(tempfile.gettempdir()) / f"cache-of-user-{os.getuid()}"
