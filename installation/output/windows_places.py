"""On which monitor each output goes, and why another goes on none. Asks the window system, opens nothing."""

from collections.abc import Collection
from dataclasses import dataclass
from typing import Final

from installation.output.surface import DisplayError
from installation.output.window_screens import choose_screen, rectangle
from installation.outputs.layout import Layout

CLOSED_BY_HAND: Final = "its window was closed; it opens again with its monitor, or when the output is edited"


@dataclass(frozen=True, slots=True)
class WindowWishes:
    """How windows are opened: covering their monitors, or of `size`."""

    fullscreen: bool = True
    size: tuple[int, int] | None = None
    title: str = ""


@dataclass(slots=True)
class Place:
    """Where a window is: the monitor as the output names it, and width, height, x, y of that one."""

    monitor: int | str | None
    rectangle: tuple[int, int, int, int]


def places_of(
    layout: Layout, *, fullscreen: bool, closed_by_hand: Collection[str]
) -> tuple[dict[str, Place], dict[str, str]]:
    """Return where the outputs of `layout` go, and in words why others go nowhere, both by name."""
    places, problems = dict[str, Place](), dict[str, str]()
    for output in layout.outputs:
        try:
            place = Place(output.monitor, rectangle(choose_screen(output.monitor)))
        except DisplayError as error:
            problems[output.name] = str(error)
            continue
        if output.name in closed_by_hand:
            problems[output.name] = CLOSED_BY_HAND
        elif fullscreen and any(place.rectangle == other.rectangle for other in places.values()):
            problems[output.name] = f"monitor {output.monitor} shows another output already"
        else:
            places[output.name] = place
    return places, problems
