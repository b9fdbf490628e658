"""What is painted of what is heard: one thing, or two that can be seen together. Pure."""

from dataclasses import dataclass

from installation.inference.motion import Vector
from s2s.sampling.sources import Hearing
from s2s.world.composition import in_order


@dataclass(frozen=True, slots=True, eq=False)
class Scene:
    """A place in the latent space, `h` `[h_dim]` of unit length, and `beside` `[h_dim]` what is laid over it, if
    anything.
    """

    h: Vector
    beside: Vector | None = None


def scene_of(hearing: Hearing, *, paints_two: bool) -> Scene:
    """Return what to paint of `hearing`, by a generator that can paint two things or one.

    Of one thing it is z_A, what the whole sound is like; of two it is what would be seen of each by itself, and where
    they do not compose, of the likelier. Which is the place the world's rules say, for from it two things were learnt:
    the likelier, unless only the other order can be painted.
    """
    if not paints_two or len(hearing.sources) < 2 or not all(source.h.any() for source in hearing.sources):
        return Scene(hearing.h)  # a head that answers with nothing has no direction
    first, second = hearing.sources
    names = in_order(first.name, second.name)
    if names is None:
        return Scene(first.h)
    return Scene(first.h, second.h) if names[0] == first.name else Scene(second.h, first.h)
