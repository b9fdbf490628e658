"""Opens what the show draws on: off-screen, or a window on each monitor that the venue's `outputs.yaml` names."""

import logging
from collections.abc import Callable
from dataclasses import dataclass
from typing import Final

from installation.control.output_keys import OutputKeys
from installation.control_status import OutputState
from installation.desk import Desk
from installation.followed_file import FollowedFile
from installation.options import ShowConfig
from installation.output.headless import open_headless
from installation.output.surface import DisplayError, Surface
from installation.output.window import WindowSurface, open_hidden_window, open_window
from installation.output.window_screens import primary_number
from installation.output.windows import OutputWindows
from installation.output.windows_places import WindowWishes
from installation.outputs.deeds import OutputDeeds
from installation.outputs.layout import Layout, Output, read_layout
from installation.outputs.marks import Marking
from installation.outputs.monitors import Monitor
from installation.outputs.store import LayoutStore
from installation.render.output_pass import OutputPass
from installation.render.output_ring import PictureRing
from installation.render.pipeline import Renderer

log = logging.getLogger(__name__)

HEADLESS_SIZE: Final = (1280, 720)


@dataclass(frozen=True, slots=True)
class Fitting:
    """The outputs of a show: the surface that shows them, and what changes them."""

    surface: Surface
    store: LayoutStore
    file: FollowedFile[Layout | None]
    marking: Marking
    states: Callable[[], tuple[OutputState, ...]]
    monitors: Callable[[], tuple[Monitor, ...]] = tuple

    def deeds(self, desk: Desk, renderer: Renderer) -> OutputDeeds:
        """Return the outputs as a control surface; `renderer` leaves them the time that they take."""

        def leave_time() -> None:
            renderer.aside_s = self.surface.spent_s if isinstance(self.surface, OutputWindows) else 0.0

        return OutputDeeds(desk, self.store, self.file, self.marking, self.states, leave_time)

    def keys(self, desk: Desk) -> OutputKeys:
        """Return the keys that move corners."""
        return OutputKeys(desk, self.store, self.marking, self.states)


def open_outputs(config: ShowConfig) -> Fitting:
    """Open what `--output` and the venue's outputs ask for: `auto` takes a window where there is a display.

    Raises DisplayError.
    """
    file: FollowedFile[Layout | None] = FollowedFile(config.venue.outputs, read_layout, None)
    file.start()
    output, marking = config.arguments.output, Marking()
    number = output.partition(":")[2]
    store = LayoutStore(config.venue.outputs, Layout((Output("wall", _usual_monitor(output)),)))
    store.follow(file.value)
    if output != "headless":
        try:
            if file.value is None:
                windows = _open_usual(config, store.get(), marking, int(number) if number else None)
            else:
                if number:
                    log.warning("%s says which monitors: --output %s counts where there is none", file.name, output)
                windows = _open_said(config, store.get(), marking)
        except DisplayError as error:
            if output != "auto":
                raise
            log.warning("no window (%s): running headless", error)
        else:
            store.watch(windows.follow)
            return Fitting(windows, store, file, marking, windows.states, lambda: windows.monitors)
    surface = open_headless(config.arguments.size or HEADLESS_SIZE)
    return Fitting(surface, store, file, marking, lambda: _unseen(store.get()))


def _usual_monitor(output: str) -> int:
    """Return the number of the monitor that a show without `outputs.yaml` covers."""
    number = output.partition(":")[2]
    if number or output == "headless":
        return int(number or 0)
    try:
        return primary_number()
    except DisplayError:  # said when the window is opened
        return 0


def _open_usual(config: ShowConfig, layout: Layout, marking: Marking, demanded: int | None) -> OutputWindows:
    wishes = _wishes(config)
    home = open_window(monitor=demanded, size=wishes.size, fullscreen=wishes.fullscreen, vsync=True, title=wishes.title)
    return _windows(home, layout, marking, wishes, watches_monitors=False)


def _open_said(config: ShowConfig, layout: Layout, marking: Marking) -> OutputWindows:
    """Open the windows of `outputs.yaml`; a monitor that only the file names may be switched on later."""
    wishes, monitor = _wishes(config), layout.outputs[0].monitor
    try:
        home = open_window(
            monitor=monitor, size=wishes.size, fullscreen=wishes.fullscreen, vsync=True, title=wishes.title
        )
    except DisplayError:
        home = open_hidden_window(fullscreen=wishes.fullscreen, title=wishes.title)
        return _windows(home, layout, marking, wishes, home_is_seen=False)
    return _windows(home, layout, marking, wishes)


def _wishes(config: ShowConfig) -> WindowWishes:
    size = config.arguments.size
    return WindowWishes(config.preset.fullscreen and size is None, size, config.preset.name)


def _windows(
    home: WindowSurface,
    layout: Layout,
    marking: Marking,
    wishes: WindowWishes,
    *,
    home_is_seen: bool = True,
    watches_monitors: bool = True,
) -> OutputWindows:
    return OutputWindows(
        home,
        layout,
        marking,
        pictures=PictureRing,
        drawer=OutputPass,
        wishes=wishes,
        home_monitor=layout.outputs[0].monitor,
        home_is_seen=home_is_seen,
        watches_monitors=watches_monitors,
    )


def _unseen(layout: Layout) -> tuple[OutputState, ...]:
    return tuple(OutputState(output.name, str(output.monitor)) for output in layout.outputs)
