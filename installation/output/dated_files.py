"""Names of what a show saves while it runs: the local date and time, in letters that every file system takes."""

from datetime import datetime
from pathlib import Path
from typing import Final

_MOST_A_SECOND: Final = 1_000


def local_now() -> datetime:
    """Return the time on the wall."""
    return datetime.now().astimezone()


def dated_name(moment: datetime, ending: str, number: int = 1) -> str:
    """Return `2026-11-29_21-47-05.png`, for the second of one second `2026-11-29_21-47-05_2.png`.

    Digits, `-`, `_` and a dot: no colon, which FAT, NTFS and SMB refuse, and names sort as the time goes.
    """
    return f"{moment:%Y-%m-%d_%H-%M-%S}{'' if number == 1 else f'_{number}'}{ending}"


def claim(folder: Path, moment: datetime, ending: str) -> Path:
    """Make an empty file of a name that was free, and `folder` where it is missing; return its path.

    Raises OSError where that cannot be. May take as long as a disk does.
    """
    folder.mkdir(parents=True, exist_ok=True)
    for number in range(1, _MOST_A_SECOND):
        path = folder / dated_name(moment, ending, number)
        try:
            path.open("xb").close()
        except FileExistsError:
            continue
        return path
    raise OSError(f"{folder} holds {_MOST_A_SECOND - 1} files of the second {dated_name(moment, '')}")
