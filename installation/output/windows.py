"""Several windows that show one picture: each output's part of it, on the output's own monitor.

Lives on the show's main thread. The first window's OpenGL context is the one that the show draws in; the others share
its pictures. While there is one output that shows the picture as it is, that window is drawn on directly and nothing
here costs anything. What draws an output, and keeps pictures for those that are delayed, is given from outside.
"""

import logging
import time
from collections.abc import Callable, Mapping
from typing import Final

import moderngl

from installation.control_status import OutputState
from installation.output.monitor_watch import MonitorWatch
from installation.output.surface import KeyEvent
from installation.output.window import DEFAULT_SIZE, WindowSurface, open_window
from installation.output.windows_drawing import OutputDrawer, Pictures, Shown
from installation.output.windows_places import CLOSED_BY_HAND, Place, WindowWishes, places_of
from installation.outputs.layout import Layout, Output
from installation.outputs.marks import Marking, Marks
from installation.outputs.monitors import Monitor
from installation.outputs.motion import OutputMotion, Seen
from installation.outputs.picture_shape import PictureShape
from s2s.files.quote import one_line

log = logging.getLogger(__name__)

_UNSEEN_TURN_S: Final = 1 / 60


class OutputWindows:
    """The windows of a layout, as one surface."""

    def __init__(
        self,
        home: WindowSurface,
        layout: Layout,
        marking: Marking,
        *,
        pictures: Callable[[moderngl.Context], Pictures],
        drawer: Callable[[moderngl.Context], OutputDrawer],
        wishes: WindowWishes,
        home_monitor: int | str,
        home_is_seen: bool = True,
        watches_monitors: bool = True,
    ) -> None:
        """`home` is on `home_monitor`, that of the first output, unless it is not seen yet. Without `watches_monitors`
        it is left to itself until the layout is changed.
        """
        self.context = home.context
        self._layout = layout
        self._motion = OutputMotion(layout)
        self._home, self._marking, self._wishes = home, marking, wishes
        self._pictures, self._new_drawer = pictures(home.context), drawer
        self._home_drawer: OutputDrawer | None = None
        self._shown: dict[str, Shown] = {}
        self._problems: dict[str, str] = {}
        self._closed_by_hand: set[str] = set()
        self._sizes: dict[str, tuple[int, int]] = {}
        self._arranged: Layout | None = None
        self._monitors_arranged: dict[str, int | str] = {}
        self._watch = MonitorWatch(home.connection)
        self._direct = home_is_seen and layout.is_plain
        self._presented_at = 0.0
        self._closed = False
        self._watches_monitors = watches_monitors
        self._shape = PictureShape(home.size, int(home.context.info["GL_MAX_TEXTURE_SIZE"]))
        self._first = Place(home_monitor, (0, 0, 0, 0)) if home_is_seen else None
        if not self._direct:
            self._arrange()
        self._follow_size()

    @property
    def size(self) -> tuple[int, int]:
        """Width and height of the whole picture."""
        return self._home.size if self._direct else self._shape.size

    @property
    def target(self) -> moderngl.Framebuffer:
        return self._home.target if self._direct else self._pictures.target

    @property
    def closed(self) -> bool:
        return self._home.closed or self._closed

    @property
    def monitors(self) -> tuple[Monitor, ...]:
        """The monitors that are on. Any thread."""
        return self._watch.monitors

    def follow(self, layout: Layout) -> None:
        """Show `layout` from the next poll on. Any thread."""
        self._layout = layout

    def poll(self) -> list[KeyEvent]:
        keys = self._home.poll()
        for shown in self._others():
            keys += shown.window.poll()
        self._notice_closed()
        if not self.closed:
            self._motion.move(self._layout, time.monotonic())
            if self._monitors_changed() or self._must_arrange():
                self._arrange()
            self._follow_size()
            self._go_direct(self._is_plain and self._home_shows_all() and not self._shape.is_pending)
        return keys

    def toggle_fullscreen(self) -> None:
        for window in self._windows():
            window.toggle_fullscreen()

    def present(self) -> None:
        if self._direct:
            self._home.present()
            return
        if self.closed:
            return
        there = [(seen, self._shown[seen.output.name]) for seen in self._motion.seen if seen.output.name in self._shown]
        try:
            for seen, shown in reversed(there):  # the first waits for its display, and so comes last
                shown.window.make_current()
                shown.draw(self._pictures.picture(seen.output.delay_frames), seen, self._marks(seen, shown))
                shown.window.present()
        finally:
            self._home.make_current()
            self._pictures.advance()
        if not there:  # nothing sets the pace where nobody sees it
            time.sleep(max(_UNSEEN_TURN_S - (time.monotonic() - self._presented_at), 0.0))
            self._presented_at = time.monotonic()

    @property
    def spent_s(self) -> float:
        """What drawing the outputs took of the last turn; 0 where the picture is drawn on its window directly."""
        return 0.0 if self._direct else sum(shown.drawer.draw_s for shown in self._shown.values())

    def states(self) -> tuple[OutputState, ...]:
        """Return where each output is shown, or why it is not. Any thread."""
        return tuple(self._state(output) for output in self._layout.outputs)

    def close(self) -> None:
        if not self._home.connection.lost:
            for name in list(self._shown):
                if self._shown[name].window is not self._home:
                    self._close(name)
            if not self._home.closed:
                self._home.make_current()
                self._pictures.release()
                if self._home_drawer is not None:
                    self._home_drawer.release()
        self._home.close()

    def _state(self, output: Output) -> OutputState:
        shown = self._shown.get(output.name)
        on_home = shown is None and self._arranged is None and self._first is not None
        width, height = self._home.size if on_home else self._sizes.get(output.name, (0, 0))
        there = on_home or shown is not None
        return OutputState(
            output.name,
            str(output.monitor),
            width if there else 0,
            height if there else 0,
            self._problems.get(output.name, ""),
        )

    @property
    def _is_plain(self) -> bool:
        """Whether there is one output that shows the picture as it is, and nothing on its way."""
        return self._layout.is_plain and self._motion.is_at_rest and not self._marking.is_on

    @property
    def _monitors_seen(self) -> dict[str, int | str]:
        """On which monitor each output is to be seen now; one that goes elsewhere does so in the dark."""
        return {seen.output.name: seen.output.monitor for seen in self._motion.seen}

    def _marks(self, seen: Seen, shown: Shown) -> Marks:
        """Return what is marked: where the hand is, and not where the picture has come to on its way after it."""
        width, height = shown.window.size
        output = next((one for one in self._layout.outputs if one.name == seen.output.name), seen.output)
        return self._marking.marks(output, (f"{output.monitor}  {width} x {height}",))

    def _others(self) -> list[Shown]:
        return [shown for shown in self._shown.values() if shown.window is not self._home]

    def _windows(self) -> list[WindowSurface]:
        return [shown.window for shown in self._shown.values()] or ([self._home] if self._first else [])

    def _must_arrange(self) -> bool:
        """Whether the windows are not those of the layout; one that is as it was opened needs nothing."""
        if self._first is not None and self._is_plain:
            return self._layout.outputs[0].monitor != self._first.monitor
        return self._layout != self._arranged or self._monitors_seen != self._monitors_arranged

    def _go_direct(self, direct: bool) -> None:
        if direct and not self._direct:
            self._pictures.release()
        self._direct = direct

    def _home_shows_all(self) -> bool:
        if self._arranged is None:
            return self._first is not None
        first = self._shown.get(self._layout.outputs[0].name)
        return first is not None and first.window is self._home

    def _follow_size(self) -> None:
        for name, shown in self._shown.items():
            self._sizes[name] = shown.window.size
        placed = self._motion.placed
        if self._direct:
            self._shape.stay(placed.outputs[0].name, self._home.size)
            if self._is_plain:
                return
        known = dict(self._sizes)
        if not self._shown and self._first is not None:
            known = {placed.outputs[0].name: self._home.size}
        if not any(output.name in known for output in placed.outputs):
            known = {output.name: self._wishes.size or DEFAULT_SIZE for output in placed.outputs}
        self._shape.follow(self._motion, known)
        self._pictures.prepare(self._shape.size, max(output.delay_frames for output in placed.outputs))

    def _monitors_changed(self) -> bool:
        if self._first is not None and not self._watches_monitors:
            return False
        changed = self._watch.changed(one_is_missing=bool(self._problems) and not self._closed_by_hand)
        if changed:
            self._closed_by_hand.clear()
        return changed

    def _notice_closed(self) -> None:
        """Let the show go on without a window that somebody closed, while there is another one."""
        gone = [name for name, shown in self._shown.items() if shown.window.closed]
        if len(gone) == len(self._shown):
            self._closed = bool(gone)
            return
        for name in gone:
            log.warning("output %s: %s", name, CLOSED_BY_HAND)
            self._closed_by_hand.add(name)
            self._problems[name] = CLOSED_BY_HAND
            self._close(name)
        self._share_vsync()

    def _arrange(self) -> None:
        """Put a window on the monitor of every output, and take away those that have none any more."""
        before, self._arranged = self._arranged, self._layout
        kept = before.outputs if before is not None else self._layout.outputs
        self._closed_by_hand -= {output.name for output in self._layout.outputs if output not in kept}
        placed, self._monitors_arranged = self._motion.placed, self._monitors_seen
        wanted, problems = places_of(placed, fullscreen=self._wishes.fullscreen, closed_by_hand=self._closed_by_hand)
        if self._first is not None:  # as it was opened, the window is the first output's
            name = placed.outputs[0].name
            place = wanted.get(name, self._first)
            if place.monitor == self._first.monitor:  # it is there already, where a hand may have moved it
                self._first = place
            self._shown[name] = Shown(self._home, self._drawer_of_home(), self._first)
            self._first = None
        if wanted or not self._shown:
            for name in [name for name in self._shown if name not in wanted]:
                self._leave(name, wanted)
            for name, place in wanted.items():
                if (problem := self._put(name, place)) is not None:
                    problems[name] = problem
        names = [output.name for output in self._layout.outputs]
        self._tell({name: problem for name, problem in problems.items() if name in names})
        self._share_vsync()

    def _leave(self, name: str, wanted: Mapping[str, Place]) -> None:
        """Let go of an output; where it only has another name by now, its window stays."""
        place = self._shown[name].place
        heir = next((new for new, there in wanted.items() if there == place and new not in self._shown), None)
        if heir is None:
            self._close(name)
        else:
            self._shown[heir] = self._shown.pop(name)

    def _put(self, name: str, place: Place) -> str | None:
        """Show an output at `place`; return why it cannot be."""
        shown = self._shown.get(name)
        if shown is not None and shown.place == place:
            return None
        try:
            if shown is None:
                shown = self._opened(place)
                self._motion.come(name)
            else:
                self._move(shown.window, place)
        except Exception as error:  # a driver that has no room for one more must not take the picture from the others
            return one_line(str(error)) or type(error).__name__
        shown.place = place
        self._shown[name] = shown
        return None

    def _opened(self, place: Place) -> Shown:
        if all(shown.window is not self._home for shown in self._shown.values()):
            self._move(self._home, place)
            return Shown(self._home, self._drawer_of_home(), place)
        wishes = self._wishes
        try:
            window = open_window(
                monitor=place.monitor,
                size=wishes.size,
                fullscreen=wishes.fullscreen,
                vsync=False,
                title=wishes.title,
                beside=self._home,
            )
            return Shown(window, self._new_drawer(window.context), place)
        finally:
            self._home.make_current()

    def _move(self, window: WindowSurface, place: Place) -> None:
        if self._wishes.fullscreen:
            window.cover(place.monitor)
        else:
            window.stand_on(place.monitor, self._wishes.size or DEFAULT_SIZE)

    def _drawer_of_home(self) -> OutputDrawer:
        if self._home_drawer is None:
            self._home_drawer = self._new_drawer(self._home.context)
        return self._home_drawer

    def _close(self, name: str) -> None:
        shown = self._shown.pop(name)
        if shown.window is self._home:
            self._home.put_aside()
            return
        shown.window.make_current()
        shown.drawer.release()
        shown.window.close()
        self._home.make_current()

    def _share_vsync(self) -> None:
        """Let the first window that is seen wait for its display, and no other: two would wait one after the other."""
        waits = True
        for seen in self._motion.seen:
            if (shown := self._shown.get(seen.output.name)) is not None:
                shown.window.make_current()
                shown.window.set_vsync(waits)
                waits = False
        self._home.make_current()

    def _tell(self, problems: dict[str, str]) -> None:
        for name, problem in problems.items():
            if self._problems.get(name) != problem:
                log.warning("output %s: %s", name, problem)
        for name in self._problems.keys() - problems.keys():
            if name in self._shown:
                log.info("output %s is shown again", name)
        self._problems = problems
