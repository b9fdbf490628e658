"""What the program's exit code tells whoever started it. Pure; the one list of them."""

from enum import IntEnum


class ExitCode(IntEnum):
    """The exit codes of `run_show.py`. An exception class names its own as `exit_code`."""

    OK = 0
    """The show ended as wanted, also by a signal or by the window's close."""
    UNEXPECTED = 1
    """Something nobody foresaw; the traceback says what."""
    USAGE = 2
    """An argument, a preset, or a file to be written that cannot be used."""
    MODEL = 3
    SOURCE = 4
    """A source that was demanded on the command line, or a sound to be rendered, cannot be opened."""
    DISPLAY = 5
    WORKER = 6
    """A worker that never came alive failed for good."""
    RESTART = 75
    """The show wants to be started again: whoever watches it does so at once. `EX_TEMPFAIL` of sysexits.h."""
