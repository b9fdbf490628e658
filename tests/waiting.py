"""Waits for what another thread or process brings about: as short as possible, and with an end."""

import time
from collections.abc import Callable


def wait_until(condition: Callable[[], object], *, within_s: float = 10.0, every_s: float = 0.01) -> bool:
    """Return True as soon as `condition` holds, False when it does not within `within_s` seconds."""
    give_up_at = time.monotonic() + within_s
    while not condition():
        if time.monotonic() > give_up_at:
            return False
        time.sleep(every_s)
    return True
