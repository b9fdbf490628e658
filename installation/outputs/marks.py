"""What is drawn over an output while somebody fits it to the wall: the test pattern, and the corner that is moved."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final

from installation.outputs.layout import CORNER_NAMES, Output, Point

_FADE_S: Final = 0.4
"""The pattern comes and goes so slowly that no hand makes it flash."""


@dataclass(frozen=True, slots=True)
class Marks:
    """`pattern` 0..1 of the test pattern instead of the picture; `label` lines in its middle; `cursor` is the corner
    that is being moved, None while none is.
    """

    pattern: float = 0.0
    label: tuple[str, ...] = ()
    cursor: Point | None = None


NO_MARKS = Marks()


@dataclass(frozen=True, slots=True)
class Selection:
    """Which output, by name, and which of its corners, 0 to 3 from the top left clockwise, a hand is moving."""

    output: str
    corner: int


class Marking:
    """What is marked now. The show's thread; `now` is in monotonic seconds."""

    def __init__(self) -> None:
        self.wants_pattern = False
        self.selection: Selection | None = None
        self._share = 0.0
        self._at: float | None = None

    @property
    def is_on(self) -> bool:
        """Whether anything is marked."""
        return self._share > 0.0 or self.selection is not None

    def move(self, now: float) -> None:
        """Let the pattern come or go by as much as the time since the last call asks for."""
        since_s, self._at = 0.0 if self._at is None else now - self._at, now
        step = max(since_s, 0.0) / _FADE_S
        self._share = min(self._share + step, 1.0) if self.wants_pattern else max(self._share - step, 0.0)

    def marks(self, output: Output, words: Sequence[str]) -> Marks:
        """Return what is marked on `output`; `words` are lines that say where it is shown."""
        chosen = self.selection if self.selection is not None and self.selection.output == output.name else None
        if chosen is None:
            return Marks(self._share, (output.name, *words)) if self._share > 0.0 else NO_MARKS
        corner = output.corners[chosen.corner]
        moved = f"{CORNER_NAMES[chosen.corner]}: {corner.x:.4f}, {corner.y:.4f}"
        return Marks(self._share, (output.name, *words, moved), corner)
