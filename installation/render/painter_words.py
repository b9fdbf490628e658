"""Whose picture is on the wall, in words and numbers. Pure."""

from dataclasses import dataclass

from installation.render.layers import unknown_names
from installation.render.world_scene import WorldPicture
from installation.status import HeardStatus, PainterStatus


@dataclass(slots=True)
class SeenTime:
    """For how long each painter's picture has been seen; while both are, each counts by its share."""

    generator_s: float = 0.0
    world_s: float = 0.0

    def add(self, world_share: float, dt_s: float) -> None:
        """Take in `dt_s` seconds in which `world_share` 0..1 of the picture was the world's."""
        self.generator_s += (1.0 - world_share) * dt_s
        self.world_s += world_share * dt_s

    def rounded(self) -> "SeenTime":
        """Return both to a hundredth of a second."""
        return SeenTime(round(self.generator_s, 2), round(self.world_s, 2))


def painter_status(world_share: float, picture: WorldPicture, reason: str = "") -> PainterStatus:
    """Return what is seen; `reason` says why the world's painter is not, where it was asked for."""
    scenes = tuple(part.scene for part in picture.parts) if world_share > 0.0 else ()
    return PainterStatus(round(world_share, 3), scenes, _words(world_share, scenes, reason))


def reason_against(picture: WorldPicture, heard: HeardStatus, problem: str) -> str:
    """Return why the world's painter, which was asked for, is not seen now."""
    unknown = unknown_names(heard.sources)
    if unknown and len(unknown) == len(heard.sources):
        return f"the world has no scene for {' or '.join(map(repr, unknown))}"
    if problem:
        return problem
    return "one scene goes over into another" if picture.parts else "no scene is there yet"


def _words(world_share: float, scenes: tuple[str, ...], reason: str) -> str:
    if world_share <= 0.0:
        return f"the generator's picture: {reason}" if reason else "the generator's picture"
    named = " over ".join(reversed(scenes))
    if world_share >= 1.0:
        return f"the world's own shaders: {named}"
    return f"{world_share:.0%} the world's own shaders ({named}), the rest the generator's picture"
