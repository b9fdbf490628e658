"""Which scenes can be painted together: one owns the place, the thing of the other is laid over it. Pure data."""

from itertools import product

from s2s.world.state import LAID_OVER, SCENES, SHELTERED


def composes(place: str, thing: str) -> bool:
    """Return whether the thing of scene `thing` can be laid over `place`: no weather comes into a shelter."""
    return place in SCENES and thing in LAID_OVER and place not in SHELTERED and place != thing


def in_order(first: str, second: str) -> tuple[str, str] | None:
    """Return which of two scenes is the place and which is laid over it; the first where both can be, None for none."""
    return next((pair for pair in ((first, second), (second, first)) if composes(*pair)), None)


def composable_pairs() -> list[tuple[str, str]]:
    """Return every place with every thing that can be laid over it, in the order of `SCENES`."""
    return [(place, thing) for place, thing in product(SCENES, SCENES) if composes(place, thing)]
