"""Whose picture is on the wall, in words and numbers. Pure."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final

from installation.render.layers import unknown_names
from installation.render.world_scene import WorldPicture
from installation.status import HeardStatus, PainterStatus, PhotographStatus

NO_PHOTOGRAPH: Final = PhotographStatus()
_TOLD_FROM: Final = 0.005
"""Less of any is 0 % in words, and all but as little is all."""


@dataclass(slots=True)
class SeenTime:
    """For how long each painter's picture, and photographs, have been seen; while several are, each by its share."""

    generator_s: float = 0.0
    world_s: float = 0.0
    photograph_s: float = 0.0

    def add(self, painter: PainterStatus, dt_s: float) -> None:
        """Take in `dt_s` seconds in which the picture was as `painter` says."""
        self.generator_s += (1.0 - painter.world_share - painter.photograph_share) * dt_s
        self.world_s += painter.world_share * dt_s
        self.photograph_s += painter.photograph_share * dt_s

    def rounded(self) -> "SeenTime":
        """Return all to a hundredth of a second."""
        return SeenTime(round(self.generator_s, 2), round(self.world_s, 2), round(self.photograph_s, 2))


def painter_status(
    world_share: float, picture: WorldPicture, reason: str = "", photograph: PhotographStatus = NO_PHOTOGRAPH
) -> PainterStatus:
    """Return what is seen; `reason` says why the world's painter is not, where it was asked for.

    `photograph` is a part of what the world's painter leaves of the picture.
    """
    scenes = tuple(part.scene for part in picture.parts) if world_share > 0.0 else ()
    seen = photograph.share * (1.0 - world_share)
    parts = [(seen, "a photograph of the place", photograph.name)]
    parts += [(world_share, "the world's own shaders", " over ".join(reversed(scenes)))]
    words = _words(parts, "; ".join(filter(None, (reason, photograph.problem))))
    return PainterStatus(round(world_share, 3), round(seen, 3), scenes, words)


def reason_against(picture: WorldPicture, heard: HeardStatus, problem: str) -> str:
    """Return why the world's painter, which was asked for, is not seen now."""
    unknown = unknown_names(heard.sources)
    if unknown and len(unknown) == len(heard.sources):
        return f"the world has no scene for {' or '.join(map(repr, unknown))}"
    if problem:
        return problem
    return "one scene goes over into another" if picture.parts else "no scene is there yet"


def _words(parts: Sequence[tuple[float, str, str]], reason: str) -> str:
    """Return what is seen besides the generator's picture: shares, whose, and what; `reason` why not."""
    for share, whose, what in parts:
        if share > 1.0 - _TOLD_FROM:
            return f"{whose}: {what}"
    listed = [f"{share:.0%} {whose} ({what})" for share, whose, what in parts if share >= _TOLD_FROM]
    if listed:
        return ", ".join([*listed, "the rest the generator's picture"])
    return f"the generator's picture: {reason}" if reason else "the generator's picture"
