"""How long to wait before a worker is started again: soon at first, seldom after many failures, never not. Pure."""

from typing import Final

FIRST_S: Final = (0.2, 1.0, 2.0, 4.0, 5.0)
ALIVE_S: Final = 2.0
"""At most so long is waited after a child that had come alive: what it needs is there, or was a moment ago."""
_MANY: Final = 20
_MANY_S: Final = 10.0
_VERY_MANY: Final = 100
_VERY_MANY_S: Final = 30.0
"""A start takes the processor from the picture for seconds: what fails all night is not tried ten times a minute."""


def wait_s(failures: int, *, was_alive: bool) -> float:
    """Return the seconds to wait after that many `failures` in a row, the last of a child that `was_alive` or not."""
    if failures > _VERY_MANY:
        return _VERY_MANY_S
    if failures > _MANY:
        return _MANY_S
    back_off_s = FIRST_S[min(max(failures, 1), len(FIRST_S)) - 1]
    return min(back_off_s, ALIVE_S) if was_alive else back_off_s
