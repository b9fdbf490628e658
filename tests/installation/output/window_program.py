"""A program with a window and nothing else, for the tests to look at: `python -m … '{"fullscreen": true, …}'`.

Draws its left half red and its right half green, and says in lines of JSON what happens to it. F covers the monitor
and uncovers it, Q ends it.
"""

import json
import sys
import time

from installation.output.surface import DisplayError, KeyEvent, Surface
from installation.output.window import open_window

_GIVE_UP_AFTER_S = 30.0


def say(**what: object) -> None:
    sys.stdout.write(json.dumps(what) + "\n")
    sys.stdout.flush()


def take(key: KeyEvent, surface: Surface) -> None:
    if key.name == "q" and key.down:
        surface.close()
    elif key.name == "f" and key.down and not key.repeat:
        surface.toggle_fullscreen()
    elif key.down and not key.repeat:
        say(key=key.name)
    elif key.name == "escape":
        say(repeat="escape") if key.down else say(up="escape")


def main() -> int:
    wanted = {"monitor": None, "size": None, "fullscreen": True, "vsync": True, **json.loads(sys.argv[1])}
    if wanted["size"] is not None:
        wanted["size"] = tuple(wanted["size"])
    try:
        surface = open_window(title="A window under test", **wanted)
    except DisplayError as error:
        say(error=str(error))
        return error.exit_code
    size, give_up_at = None, time.monotonic() + _GIVE_UP_AFTER_S
    while not surface.closed and time.monotonic() < give_up_at:
        for key in surface.poll():
            take(key, surface)
        if surface.closed:
            break
        width, height = surface.target.size
        surface.target.clear(0.0, 1.0, 0.0)
        surface.target.clear(1.0, 0.0, 0.0, viewport=(0, 0, width // 2, height))
        surface.present()
        if size != surface.size:
            size = surface.size
            say(size=surface.target.size)
        time.sleep(0.01)
    say(closed=surface.closed)
    surface.close()
    surface.close()
    return 0


if __name__ == "__main__":
    sys.exit(main())
