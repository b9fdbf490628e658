"""The monitors of this machine, by number and by the system's name. One of the two importers of pyglet.

Lives on the show's main thread. Importing this module does nothing; the display is asked in the functions.
"""

import os
import sys
from typing import Any

from installation.output.surface import DisplayError
from installation.outputs.monitors import Monitor


def list_monitors() -> list[str]:
    """Return the monitors in words, in the order of their numbers. Raises DisplayError when there is no display."""
    check_display()
    return [describe(number, screen) for number, screen in enumerate(screens())]


def check_display() -> None:
    """Raise DisplayError where there is none that could be asked."""
    if sys.platform.startswith("linux") and not os.environ.get("DISPLAY"):
        raise DisplayError("there is no display (DISPLAY is not set); log in to a desktop or use --output headless")


def screens() -> list[Any]:
    """Return the monitors that are on, as pyglet has them. Asks the window system: no work for every turn."""
    import pyglet

    # The shadow window would be a second GL context nobody uses; debug_gl asks the driver after every call.
    pyglet.options["shadow_window"] = False
    pyglet.options["debug_gl"] = False
    pyglet.options["audio"] = ("silent",)
    try:
        from pyglet.display import get_display

        return [screen for screen in get_display().get_screens() if screen.width > 0 and screen.height > 0]
    # Each platform of pyglet has exceptions of its own, one of them named alike in two modules; missing system
    # libraries come as ImportError.
    except Exception as error:
        raise DisplayError(f"cannot open the display {os.environ.get('DISPLAY', '')!r} ({error})") from error


def known_monitors() -> tuple[Monitor, ...]:
    """Return the monitors that are on, for those who are no window themselves; none where that cannot be told."""
    try:
        return tuple(Monitor(screen.get_monitor_name(), (screen.width, screen.height)) for screen in screens())
    except DisplayError:
        return ()


def choose_screen(monitor: int | str | None) -> Any:
    """Return the monitor of that number or name, None for the primary one. Raises DisplayError that lists them."""
    there = screens()
    if not there:
        raise DisplayError("the display has no monitor that is switched on")
    if monitor is None:
        return next((screen for screen in there if getattr(screen, "is_primary", False)), there[0])
    if isinstance(monitor, int):
        found = there[monitor : monitor + 1] if monitor >= 0 else []
    else:
        found = [screen for screen in there if screen.get_monitor_name().casefold() == monitor.casefold()]
    if not found:
        listed = "; ".join(describe(number, screen) for number, screen in enumerate(there))
        raise DisplayError(f"there is no monitor {monitor}; there are: {listed}")
    return found[0]


def primary_number() -> int:
    """Return the number of the primary monitor. Raises DisplayError where there is none."""
    check_display()
    primary = rectangle(choose_screen(None))
    return next((number for number, screen in enumerate(screens()) if rectangle(screen) == primary), 0)


def monitor_at(x: int, y: int) -> int | None:
    """Return the number of the monitor that shows the point, None where none does."""
    for number, screen in enumerate(screens()):
        if 0 <= x - screen.x < screen.width and 0 <= y - screen.y < screen.height:
            return number
    return None


def rectangle(screen: Any) -> tuple[int, int, int, int]:
    """Return width, height, x and y of a monitor, in pixels of the desktop."""
    return screen.width, screen.height, screen.x, screen.y


def describe(number: int, screen: Any) -> str:
    """Return a monitor in words: its number, its name, how large it is and where it lies."""
    name = screen.get_monitor_name()
    return f"{number}: {name} {screen.width}x{screen.height} at {screen.x},{screen.y}"
