"""Which scene the world's painter shows, and how far it has come out of the generator's picture.

Pure; seconds come in as an argument. One scene never fades into another: what is there goes back into the generator's
picture, which is at home between all scenes, and the next one comes out of it.
"""

from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Final

from installation.render.crossfade import Ramp

FADE_S: Final = 1.6
"""Each way: one scene has become another after twice this."""
SETTLE_S: Final = 1.5
"""A new name has to be heard for so long without a break."""
LONGEST_TAKE_S: Final = 180.0
"""Then the same scene comes anew, another take: an hour of one picture is dull, and shaders count in 32 bits."""


@dataclass(slots=True)
class Settling:
    """A name that changes only once another has been heard for `SETTLE_S` without a break."""

    name: str | None = None
    _candidate: str | None = None
    _heard_s: float = 0.0

    def update(self, heard: str | None, dt_s: float) -> str | None:
        """Take in what was heard for the last `dt_s` seconds; return the name that counts."""
        if heard == self.name or heard != self._candidate:
            self._candidate, self._heard_s = heard, 0.0
        if heard != self.name:
            self._heard_s += dt_s
            if self._heard_s >= SETTLE_S:
                self.name = heard
        return self.name


@dataclass(slots=True)
class Crossing:
    """`scene` is what is painted now, None before the first; `take` counts the pictures begun, from 1."""

    scene: str | None = None
    take: int = 0
    age_s: float = 0.0
    _fade: Ramp = field(default_factory=lambda: Ramp(FADE_S))

    def update(self, wanted: str | None, dt_s: float, is_ready: Callable[[str], bool]) -> float:
        """Go on for `dt_s` seconds towards `wanted`, None for the generator's picture; return the scene's share 0..1.

        A scene that is not ready to be painted is waited for in the generator's picture.
        """
        self.age_s += dt_s
        ready = wanted is not None and is_ready(wanted)
        leaves = wanted != self.scene or self.age_s > LONGEST_TAKE_S
        share = self._fade.update(ready and not leaves, dt_s)
        if leaves and self._fade.value == 0.0 and (ready or wanted is None):
            self.scene, self.age_s = wanted, 0.0
            self.take += wanted is not None
        return share
