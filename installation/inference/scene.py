"""What is painted of what is heard: one thing, or two that can be seen together. Pure."""

from dataclasses import dataclass

from installation.inference.motion import Vector
from s2s.sampling.sources import Hearing, Source
from s2s.world.composition import in_order


@dataclass(frozen=True, slots=True, eq=False)
class Scene:
    """A place in the latent space, `h` `[h_dim]` of unit length, and `beside` `[h_dim]` what is laid over it, if
    anything. `nearness` 0..1 is how near the first sounds, None where nobody knows.
    """

    h: Vector
    beside: Vector | None = None
    nearness: float | None = None


def scene_of(hearing: Hearing, *, paints_two: bool) -> Scene:
    """Return what to paint of `hearing`, by a generator that can paint two things or one.

    Of things that are named it is what would be seen of each by itself, which a judge recognises more often than what
    the whole sound is like, z_A; where two do not compose, of the likelier. Which is the place the world's rules say,
    for from it two things were learnt: the likelier, unless only the other order can be painted.
    """
    if not hearing.sources or not all(source.h.any() for source in hearing.sources):
        return Scene(hearing.h)  # a head that answers with nothing has no direction
    if not paints_two or len(hearing.sources) < 2:
        return _alone(hearing.sources[0])
    first, second = hearing.sources
    names = in_order(first.name, second.name)
    if names is None:
        return _alone(first)
    place, thing = (first, second) if names[0] == first.name else (second, first)
    return Scene(place.h, thing.h, place.nearness)


def _alone(source: Source) -> Scene:
    return Scene(source.h, nearness=source.nearness)
