"""Which of the things that are heard the world can paint in one picture, and which of them owns the place. Pure."""

from collections.abc import Sequence

from installation.status import HeardSource
from s2s.world.composition import composes
from s2s.world.state import SCENES


def layers_of(sources: Sequence[HeardSource], place: str | None = None) -> tuple[HeardSource, ...]:
    """Return what of `sources`, the likeliest first, is painted: nothing, a place, or a place and what is over it.

    Names that the world does not have are left out. Of two the first owns the place unless only the other order can be
    composed; where both can, a scene that is the `place` already stays it. Where neither can, the first is alone.
    """
    known = [source for source in sources if source.name in SCENES][:2]
    pairs = [pair for pair in (tuple(known), tuple(known[::-1])) if len(pair) == 2]
    composed = [pair for pair in pairs if composes(pair[0].name, pair[1].name)]
    stay = [pair for pair in composed if pair[0].name == place]
    return next(iter([*stay, *composed]), tuple(known[:1]))


def unknown_names(sources: Sequence[HeardSource]) -> tuple[str, ...]:
    """Return the names among `sources` that the world has no scene for."""
    return tuple(source.name for source in sources if source.name not in SCENES)
