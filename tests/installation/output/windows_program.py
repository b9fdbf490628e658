"""A program whose picture lies on several monitors, for the tests to look at: `python -m … LAYOUT`, as JSON.

The picture's left half is red, its right half green. Says in lines of JSON where its outputs are.
S swaps the monitors of two outputs, F flips the first, M moves a corner of it, P shows half of the picture there,
A takes the last away, Q ends it; at the end it says how each was seen, turn by turn.
"""

import json
import sys
import time
from dataclasses import replace

import moderngl

from installation.output.surface import DisplayError
from installation.output.window import open_hidden_window, open_window
from installation.output.windows import OutputWindows
from installation.output.windows_places import WindowWishes
from installation.outputs.layout import Layout, Point, parse_layout
from installation.outputs.marks import Marking, Marks
from installation.outputs.motion import Seen
from installation.render.output_pass import OutputPass
from installation.render.output_ring import PictureRing

_GIVE_UP_AFTER_S = 40.0
SEEN: list[tuple[str, int, str, float, float]] = []
"""Name, the picture's width, flip, place of the first corner, and light of each output, turn by turn."""


def say(**what: object) -> None:
    sys.stdout.write(json.dumps(what) + "\n")
    sys.stdout.flush()


class Noted(OutputPass):
    """Draws an output, and keeps how it was seen."""

    def draw(self, target: moderngl.Framebuffer, picture: moderngl.Texture, seen: Seen, marks: Marks) -> None:
        super().draw(target, picture, seen, marks)
        output = seen.output
        SEEN.append((output.name, picture.size[0], output.flip, output.corners[0].x, round(seen.light, 4)))


def edited(layout: Layout, key: str) -> Layout:
    """Return `layout` as a key changes it."""
    first, *others = layout.outputs
    match key:
        case "s":
            return swapped(layout)
        case "f":
            return Layout((replace(first, flip="horizontal"), *others))
        case "m":
            return Layout((replace(first, corners=(Point(0.25, 0.0), *first.corners[1:])), *others))
        case "p":
            return Layout((replace(first, part=(0.0, 0.0, 0.5, 1.0)), *others))
        case "a":
            return Layout(layout.outputs[:-1])
    return layout


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
        drawer=Noted,
        wishes=WindowWishes(title="outputs"),
        home_monitor=monitor,
        home_is_seen=seen,
    )
    told, give_up_at = None, time.monotonic() + _GIVE_UP_AFTER_S
    while not surface.closed and time.monotonic() < give_up_at:
        pressed = {key.name for key in surface.poll() if key.down}
        if "q" in pressed:
            break
        for key in pressed:
            layout = edited(layout, key)
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
    say(closed=surface.closed, seen=SEEN)
    surface.close()
    surface.close()
    return 0


if __name__ == "__main__":
    sys.exit(main())
