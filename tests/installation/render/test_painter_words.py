"""Whose picture is on the wall, in words."""

import pytest

from installation.render.painter_words import SeenTime, painter_status, reason_against
from installation.render.world_scene import WorldPicture
from installation.status import HeardSource, HeardStatus, PainterStatus, PhotographStatus
from s2s.world.state import SceneState

SEA = SceneState("sea", 1, 0.5, 12.0)
HELICOPTER = SceneState("helicopter", 2, 0.5, 12.0)
OTHER = HeardStatus((HeardSource("other", 0.9),))


@pytest.mark.parametrize(
    ("share", "parts", "words"),
    [
        (1.0, (SEA,), "the world's own shaders: sea"),
        (1.0, (SEA, HELICOPTER), "the world's own shaders: helicopter over sea"),
        (0.25, (SEA,), "25% the world's own shaders (sea), the rest the generator's picture"),
        (0.0, (SEA,), "the generator's picture"),
    ],
)
def test_who_is_seen_is_said_in_words(share: float, parts: tuple[SceneState, ...], words: str) -> None:
    status = painter_status(share, WorldPicture(parts, share))
    assert status.words == words and status.world_share == share
    assert status.scenes == (tuple(part.scene for part in parts) if share else ())


def test_without_the_worlds_painter_the_generator_is_seen() -> None:
    assert painter_status(0.0, WorldPicture()) == PainterStatus()


def test_why_the_worlds_painter_is_not_seen_is_said() -> None:
    both = HeardStatus((HeardSource("other", 0.9), HeardSource("sea", 0.5)))
    assert reason_against(WorldPicture(), OTHER, "") == "the world has no scene for 'other'"
    assert reason_against(WorldPicture(), both, "no OpenGL") == "no OpenGL"
    assert reason_against(WorldPicture(), HeardStatus(), "") == "no scene is there yet"
    assert reason_against(WorldPicture((SEA,)), both, "") == "one scene goes over into another"
    assert painter_status(0.0, WorldPicture(), "of a reason").words == "the generator's picture: of a reason"


def test_while_both_are_seen_each_counts_by_its_share() -> None:
    seen = SeenTime()
    for share in (0.0, 0.25, 1.0):
        seen.add(PainterStatus(share), 2.0)
    assert seen.rounded() == SeenTime(generator_s=3.5, world_s=2.5)


@pytest.mark.parametrize(
    ("share", "world", "words"),
    [
        (1.0, 0.0, "a photograph of the place: bar.mp4, 3 s"),
        (0.004, 0.0, "the generator's picture"),
        (0.997, 0.0, "a photograph of the place: bar.mp4, 3 s"),
        (0.4, 0.0, "40% a photograph of the place (bar.mp4, 3 s), the rest the generator's picture"),
        (
            0.4,
            0.6,
            "16% a photograph of the place (bar.mp4, 3 s), 60% the world's own shaders (sea), "
            "the rest the generator's picture",
        ),
    ],
)
def test_a_photograph_of_the_place_is_named(share: float, world: float, words: str) -> None:
    status = painter_status(world, WorldPicture((SEA,)), photograph=PhotographStatus(share, "bar.mp4, 3 s"))
    assert status.words == words
    assert status.photograph_share == pytest.approx(share * (1.0 - world))
    seen = SeenTime()
    seen.add(status, 10.0)
    assert seen.rounded().photograph_s == pytest.approx(10 * share * (1.0 - world))


def test_why_no_photograph_is_seen_is_said() -> None:
    status = painter_status(0.0, WorldPicture(), photograph=PhotographStatus(problem="there is none"))
    assert status == PainterStatus(words="the generator's picture: there is none")
