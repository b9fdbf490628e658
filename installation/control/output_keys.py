"""The keys that fit an output to the wall: a mode of the keyboard, in which arrows move a corner. Pure.

What a corner is moved by is told in pixels of the output, and kept in shares of its sides by the store.
"""

import logging
from collections.abc import Callable, Mapping
from typing import Final

from installation.control_status import OutputState
from installation.desk import Desk
from installation.outputs.layout import CORNER_RANGE, UNPINNED, LayoutError, Output, Point
from installation.outputs.marks import Marking, Selection
from installation.outputs.store import LayoutStore

log = logging.getLogger(__name__)

ORIGIN: Final = "keyboard"
PATTERN: Final = "/show/pattern"
COARSE: Final = 20
"""Pixels a press with Shift, one without."""
_USUAL_PX: Final = (1920, 1080)
_ARROWS: Final[Mapping[str, tuple[int, int]]] = {"left": (-1, 0), "right": (1, 0), "up": (0, -1), "down": (0, 1)}
_LEAVING: Final = ("o", "return", "enter", "escape")

LABELS: Final = (
    ("O", "fit an output to the wall, by the keys of the four lines below; O, Enter or Esc: done"),
    ("Tab  1 … 4", "the next corner; that corner, from the top left clockwise"),
    ("arrows", f"move the corner by a pixel, with Shift by {COARSE}"),
    ("Backspace", "put the corner back into the monitor's"),
    ("N  P  G", "next output, previous output; test pattern on and off"),
)
"""What the keys do, as the list over the picture has them."""


class OutputKeys:
    """The show's thread. While `active` every key is this one's."""

    def __init__(
        self, desk: Desk, store: LayoutStore, marking: Marking, states: Callable[[], tuple[OutputState, ...]]
    ) -> None:
        self._desk, self._store, self._marking, self._states = desk, store, marking, states

    @property
    def active(self) -> bool:
        """Whether a corner is selected."""
        return self._marking.selection is not None

    def enter(self) -> None:
        """Select the top left corner of the first output."""
        self._marking.selection = Selection(self._store.get().outputs[0].name, 0)

    def press(self, name: str, *, repeat: bool, shift: bool) -> bool:
        """The key `name` goes down, or is held if `repeat`; return whether it means anything here."""
        selection = self._selection()
        if name in _ARROWS:
            self._move(selection, _ARROWS[name], COARSE if shift else 1)
        elif repeat:
            return False
        elif name in _LEAVING:
            self._marking.selection = None
        elif name == "tab":
            self._marking.selection = Selection(selection.output, (selection.corner + (-1 if shift else 1)) % 4)
        elif name in ("1", "2", "3", "4"):
            self._marking.selection = Selection(selection.output, int(name) - 1)
        elif name in ("n", "p"):
            self._go_on(selection, 1 if name == "n" else -1)
        elif name == "backspace":
            self._put(selection, UNPINNED[selection.corner])
        elif name == "g":
            self._desk.post(PATTERN, "grid" if self._desk.get(PATTERN) == "none" else "none", ORIGIN)
        else:
            return False
        return True

    def _selection(self) -> Selection:
        """Return what is selected; where its output is gone by now, the first one."""
        selection, names = self._marking.selection, [output.name for output in self._store.get().outputs]
        if selection is None or selection.output not in names:
            selection = self._marking.selection = Selection(names[0], 0)
        return selection

    def _go_on(self, selection: Selection, steps: int) -> None:
        names = [output.name for output in self._store.get().outputs]
        name = names[(names.index(selection.output) + steps) % len(names)]
        self._marking.selection = Selection(name, selection.corner)

    def _move(self, selection: Selection, way: tuple[int, int], pixels: int) -> None:
        corner = self._store.get().output(selection.output).corners[selection.corner]
        width, height = self._size_px(selection.output)
        low, high = CORNER_RANGE
        x, y = corner.x + way[0] * pixels / width, corner.y + way[1] * pixels / height
        self._put(selection, Point(min(max(x, low), high), min(max(y, low), high)))

    def _put(self, selection: Selection, place: Point) -> None:
        output: Output = self._store.get().output(selection.output)
        one, two, three, four = (
            place if number == selection.corner else point for number, point in enumerate(output.corners)
        )
        try:
            self._store.change(selection.output, corners=(one, two, three, four))
        except LayoutError as error:  # it would cross another one: it stays
            log.info("%s", error)

    def _size_px(self, name: str) -> tuple[int, int]:
        sizes = [(state.width, state.height) for state in self._states() if state.name == name]
        return sizes[0] if sizes and min(sizes[0]) > 0 else _USUAL_PX
