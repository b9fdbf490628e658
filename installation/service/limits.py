"""When a show is restarted, how soon, and when not. Pure; systemd's unit and the parent of our own keep to the same."""

from dataclasses import dataclass
from typing import Final

from installation.exit_codes import ExitCode

RESTART_CODE: Final = 75
"""A show that wants to be started again, as every night (`EX_TEMPFAIL` of sysexits.h). Not one of its failures."""


@dataclass(frozen=True, slots=True)
class Limits:
    """In seconds. A show that has shown pictures and shows none for `hang_s` hangs, and so does one that shows none
    within `start_s`, when it still compiles shaders for a new driver. Asked to end it has `stop_s` for its films, and
    what it leaves in good order, the process that clears its shared memory, `tidy_s`. `waits_s` are the pauses before
    each start in a row; the last one counts from then on, for ever. A show that ran for `well_s` begins with the first
    again.
    """

    hang_s: float = 10.0
    start_s: float = 180.0
    stop_s: float = 30.0
    tidy_s: float = 2.0
    waits_s: tuple[float, ...] = (1.0, 2.0, 5.0, 10.0, 30.0)
    well_s: float = 60.0


LIMITS: Final = Limits()


class Restarts:
    """What is done after each end. `count` is how often a show was started again."""

    def __init__(self, limits: Limits = LIMITS) -> None:
        self._limits = limits
        self._in_a_row = 0
        self.count = 0

    def wait_s(self, exit_code: int, lived_s: float, *, was_ready: bool) -> float | None:
        """Return how long to wait before the next start, None where there shall be none.

        There is none after a wanted end (0); nor where the very first start is refused for its arguments (2), which
        whoever typed them wants to hear. All else may be cured by then: a display, a disk, a device that comes late.
        """
        if exit_code == ExitCode.OK or (exit_code == ExitCode.USAGE and self.count == 0 and not was_ready):
            return None
        self.count += 1
        if exit_code == RESTART_CODE and was_ready:
            self._in_a_row = 0
            return 0.0
        waits_s = self._limits.waits_s
        self._in_a_row = 0 if lived_s >= self._limits.well_s else self._in_a_row
        wait_s = waits_s[min(self._in_a_row, len(waits_s) - 1)]
        self._in_a_row += 1
        return wait_s
