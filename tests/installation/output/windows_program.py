"""A program whose picture lies on several monitors, for the tests to look at: `python -m … LAYOUT`, as JSON.

The picture's left half is red, its right half green. Says in lines of JSON where its outputs are.
S swaps the monitors of two outputs, Q ends it.
"""

import json
import sys
import time
from dataclasses import replace

from installation.output.surface import DisplayError
from installation.output.window import open_hidden_window, open_window
from installation.output.windows import OutputWindows
from installation.output.windows_places import WindowWishes
from installation.outputs.layout import Layout, parse_layout
from installation.outputs.marks import Marking
from installation.render.output_pass import OutputPass
from installation.render.output_ring import PictureRing

_GIVE_UP_AFTER_S = 40.0


def say(**what: object) -> None:
    sys.stdout.write(json.dumps(what) + "\n")
    sys.stdout.flush()


def swapped(layout: Layout) -> Layout:
    """Return a layout of two outputs, each on the other's monitor."""
    one, other = layout.outputs
    return Layout((replace(one, monitor=other.monitor), replace(other, monitor=one.monitor)))


def main() -> int:
    layout = parse_layout(json.loads(sys.argv[1]))
    monitor = layout.outputs[0].monitor
    try:
        home, seen = open_window(monitor=monitor, size=None, fullscreen=True, vsync=True, title="outputs"), True
    except DisplayError:
        home, seen = open_hidden_window(fullscreen=True, title="outputs"), False
    surface = OutputWindows(
        home,
        layout,
        Marking(),
        pictures=PictureRing,
        drawer=OutputPass,
        wishes=WindowWishes(title="outputs"),
        home_monitor=monitor,
        home_is_seen=seen,
    )
    told, give_up_at = None, time.monotonic() + _GIVE_UP_AFTER_S
    while not surface.closed and time.monotonic() < give_up_at:
        pressed = {key.name for key in surface.poll() if key.down}
        if "q" in pressed:
            break
        if "s" in pressed:
            layout = swapped(layout)
            surface.follow(layout)
        if surface.closed:
            break
        width, height = surface.target.size
        surface.target.clear(0.0, 1.0, 0.0)
        surface.target.clear(1.0, 0.0, 0.0, viewport=(0, 0, width // 2, height))
        surface.context.finish()
        surface.present()
        states = [[state.name, state.width, state.height, state.problem] for state in surface.states()]
        if told != (states, surface.size):
            told = states, surface.size
            say(outputs=states, size=surface.size)
        time.sleep(0.01)
    say(closed=surface.closed)
    surface.close()
    surface.close()
    return 0


if __name__ == "__main__":
    sys.exit(main())
