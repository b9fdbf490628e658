"""From a hand to the picture: how long each kind of surface waits until what it asked for is shown. Show's thread."""

from collections.abc import Iterable, Mapping
from typing import Final

from installation.desk import Post
from installation.histogram import Histogram
from installation.parameters import DEEDS
from installation.status import Percentiles

SURFACES: Final = ("osc", "midi", "page", "keyboard")
"""Told in every report, also of runs in which nobody touched them."""
_MOST_ORIGINS: Final = 16


class ControlLatency:
    """Follows what the desk took in until a picture that was drawn with it has been presented.

    An operator's deeds (go to a preset, save, …) are left out: they are done beside the pictures, in their own time.
    """

    def __init__(self) -> None:
        self._ms: dict[str, Histogram] = {origin: Histogram() for origin in SURFACES}
        self._taken: list[Post] = []
        self._drawn: list[Post] = []

    def took(self, posts: Iterable[Post]) -> None:
        """The controls of the next picture hold `posts`. One that is not drawn counts with the first that is."""
        known = {(post.address, post.origin) for post in self._taken}
        self._taken += [p for p in posts if p.address not in DEEDS and (p.address, p.origin) not in known]

    def drawn(self) -> None:
        """A picture was drawn with everything that was taken in."""
        self._drawn, self._taken = self._drawn + self._taken, []

    def presented(self, now: float) -> None:
        """The picture drawn last is seen from `now` on, in monotonic seconds."""
        for post in self._drawn:
            if post.origin in self._ms or len(self._ms) < _MOST_ORIGINS:
                self._ms.setdefault(post.origin, Histogram()).add((now - post.at) * 1e3)
        self._drawn = []

    def percentiles(self) -> Mapping[str, Percentiles]:
        """Return the median and the 95th percentile by kind of surface, in ms."""
        return {origin: taken.percentiles() for origin, taken in self._ms.items()}
