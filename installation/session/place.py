"""The folder of sessions: a folder each, named by date and time. Who names it means the newest in it.

Only what a log consists of is ever deleted; whatever else lies there stays, and keeps its folder.
"""

from contextlib import suppress
from datetime import datetime
from pathlib import Path
from typing import Final

from installation.clock import unix_time_s
from installation.output.dated_files import dated_name
from installation.session.header import FILE, SessionError
from s2s.files.quote import one_line

TURNS: Final = "turns.log"
SOUND: Final = "sound"
_MOST_A_SECOND: Final = 1_000
_DAY_S: Final = 86_400.0


def claim_folder(folder: Path, moment: datetime) -> Path:
    """Make a folder in `folder` for a session that begins at `moment`; return its path. Raises OSError."""
    folder.mkdir(parents=True, exist_ok=True)
    for number in range(1, _MOST_A_SECOND):
        path = folder / dated_name(moment, "", number)
        try:
            path.mkdir()
        except FileExistsError:
            continue
        return path
    raise OSError(f"{folder} holds {_MOST_A_SECOND - 1} sessions of one second")


def find_session(folder: Path) -> Path:
    """Return `folder` where it is a session, else the newest one in it. Raises SessionError."""
    try:
        if (folder / FILE).is_file():
            return folder
        found = sorted(path for path in folder.iterdir() if (path / FILE).is_file())
    except OSError:
        found = []
    if not found:
        raise SessionError(f"there is no session log in {one_line(folder, 200)} (looked for {FILE})")
    return found[-1]


def forget_older(folder: Path, days: float) -> list[str]:
    """Delete the sessions in `folder` that ended more than `days` ago; return their names. Raises OSError."""
    gone = []
    for session in sorted(path for path in folder.iterdir() if (path / FILE).is_file()):
        log = session / TURNS
        ended = (log if log.is_file() else session / FILE).stat().st_mtime
        if unix_time_s() - ended <= days * _DAY_S:
            continue
        for path in (*(session / SOUND).glob("*.flac"), log, session / FILE):
            path.unlink(missing_ok=True)
        gone.append(session.name)
        with suppress(OSError):  # somebody keeps something of his own there
            if (session / SOUND).is_dir():
                (session / SOUND).rmdir()
            session.rmdir()
    return gone
