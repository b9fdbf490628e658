"""How large the picture is that all outputs show: another shape is taken while nobody sees it. Pure."""

from collections.abc import Mapping
from typing import Final

from installation.outputs.fitting import Size, picture_size
from installation.outputs.motion import OutputMotion

_ROUNDING: Final = 0.005


class PictureShape:
    """Belongs to the thread that draws. `size` is in pixels, none of its sides above `most_px`."""

    def __init__(self, size: Size, most_px: int) -> None:
        self.size = size
        self.is_pending = False
        """Whether another shape waits until all outputs are dark."""
        self._most_px = most_px
        self._known: Mapping[str, Size] = {}

    def stay(self, name: str, size: Size) -> None:
        """The one output `name` shows the picture as it is, in a window of that size."""
        self.size, self._known, self.is_pending = size, {name: size}, False

    def follow(self, motion: OutputMotion, known: Mapping[str, Size]) -> None:
        """Take the size that the outputs need, whose own are `known`: in the dark where its shape is another, unless it
        is so because a window was made larger.
        """
        wanted = picture_size(motion.placed, known, self._most_px)
        is_resized = any(self._known.get(name, own) != own for name, own in known.items())
        self.is_pending = bool(self._known) and not is_resized and not _is_alike(wanted, self.size)
        if motion.reframe(wanted=self.is_pending) or not self.is_pending:
            self.size, self._known, self.is_pending = wanted, dict(known), False


def _is_alike(one: Size, other: Size) -> bool:
    """Return whether two sizes have the same shape, but for what rounding makes of it."""
    return abs(one[0] * other[1] / (one[1] * other[0]) - 1.0) < _ROUNDING
