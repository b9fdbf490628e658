"""What the world's painter shows of what is heard, minutes of show played in a moment."""

from collections.abc import Callable
from itertools import pairwise

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from installation.parameters import DEFAULTS
from installation.render.crossing import FADE_S, SETTLE_S
from installation.render.world_scene import WorldPicture, WorldScene
from installation.status import HeardSource, HeardStatus
from installation.values import Controls, Doing, ParameterValue

STEP_S = 0.05
SHOWN_S = SETTLE_S + FADE_S + 0.2


def heard(
    *names: str,
    presence: float = 0.9,
    nearness: float = 0.5,
    hour: float = 12.0,
    firmness: float = 1.0,
    doing: Doing = Doing.PAINTING,
) -> HeardStatus:
    sources = tuple(HeardSource(name, presence, nearness) for name in names)
    return HeardStatus(sources, 0.9, hour, firmness, doing)


class Played:
    """A scene of the world over time; `play` returns the last picture."""

    def __init__(self, seed: int = 1, is_ready: Callable[[str], bool] = lambda _scene: True) -> None:
        self.scene, self.is_ready = WorldScene(seed, wall_hour=lambda: 3.25), is_ready
        self.settings: dict[str, ParameterValue] = {}

    def play(self, what: HeardStatus, duration_s: float) -> WorldPicture:
        controls = Controls({**DEFAULTS, **self.settings})
        for _ in range(round(duration_s / STEP_S)):
            picture = self.scene.update(what, controls, STEP_S, self.is_ready)
        return picture


def scenes(picture: WorldPicture) -> list[str]:
    return [part.scene for part in picture.parts]


def test_nothing_is_painted_before_a_scene_was_heard() -> None:
    assert Played().play(HeardStatus(), 10.0) == WorldPicture()
    assert Played().play(heard(doing=Doing.DRIFTING), 10.0) == WorldPicture()
    assert Played().play(heard("rain", doing=Doing.REMEMBERING), 10.0) == WorldPicture()


def test_what_is_heard_is_painted_wholly_there_and_moves() -> None:
    played = Played()
    picture = played.play(heard("train", nearness=0.8), SHOWN_S)
    assert scenes(picture) == ["train"] and picture.share == 1.0
    assert picture.parts[0].presence == 1.0 and picture.parts[0].nearness == pytest.approx(0.8)
    later = played.play(heard("train", nearness=0.8), 2.0)
    assert later.parts[0].seconds == pytest.approx(picture.parts[0].seconds + 2.0)
    assert later.parts[0].seed == picture.parts[0].seed


def test_a_new_scene_has_a_new_seed_and_one_show_seed_gives_one_evening() -> None:
    def evening(seed: int) -> list[int]:
        played = Played(seed)
        return [played.play(heard(name), 2 * SHOWN_S).parts[0].seed for name in ("rain", "train", "rain")]

    assert len(set(evening(1))) == 3
    assert evening(1) == evening(1) != evening(2)


def test_nearness_glides_and_does_not_jump() -> None:
    played = Played()
    played.play(heard("train", nearness=0.2), SHOWN_S)
    path = [played.play(heard("train", nearness=0.9), STEP_S).parts[0].nearness for _ in range(300)]
    assert path == sorted(path) and path[-1] == pytest.approx(0.9, abs=0.01)
    assert max(b - a for a, b in pairwise(path)) < 0.03


def test_the_hour_glides_over_midnight_the_short_way() -> None:
    played = Played()
    played.play(heard("owl", hour=23.0), SHOWN_S + 60.0)
    hours = [played.play(heard("owl", hour=1.0), STEP_S).parts[0].hour for _ in range(600)]
    assert hours[-1] == pytest.approx(1.0, abs=0.1)
    assert all(hour >= 22.9 or hour <= 1.1 for hour in hours)


def test_a_sound_that_says_nothing_of_the_hour_leaves_it() -> None:
    played = Played()
    before = played.play(heard("rain", hour=9.0, firmness=0.0), SHOWN_S).parts[0].hour
    assert played.play(heard("rain", hour=21.0, firmness=0.0), 60.0).parts[0].hour == before


def test_nearness_and_hour_are_held_by_hand_as_firmly_as_told() -> None:
    played = Played()
    played.play(heard("train", nearness=0.2, hour=8.0), SHOWN_S + 60.0)
    played.settings = {"/scene/nearness": 1.0, "/scene/nearness_hold": 1.0}
    assert played.play(heard("train", nearness=0.2, hour=8.0), STEP_S).parts[0].nearness == 1.0
    played.settings = {
        "/scene/nearness": 1.0,
        "/scene/nearness_hold": 0.5,
        "/scene/hour": 12.0,
        "/scene/hour_hold": 1.0,
    }
    state = played.play(heard("train", nearness=0.2, hour=8.0), STEP_S).parts[0]
    assert state.nearness == pytest.approx(0.6, abs=0.01) and state.hour == pytest.approx(12.0)
    played.settings = {"/scene/clock": True}
    hours = [played.play(heard("train", hour=8.0), STEP_S).parts[0].hour for _ in range(100)]
    assert hours[-1] == 3.25 and max(abs(np.diff(hours))) < 0.5  # half a day goes by, and does not leap


def test_a_second_thing_comes_into_the_place_and_goes_without_a_crossing() -> None:
    played = Played()
    place = played.play(heard("sea"), SHOWN_S)
    comes = [played.play(heard("sea", "helicopter"), STEP_S) for _ in range(160)]
    assert scenes(comes[-1]) == ["sea", "helicopter"] and {picture.share for picture in comes} == {1.0}
    presences = [picture.parts[1].presence for picture in comes if len(picture.parts) == 2]
    assert presences == sorted(presences) and presences[0] < 0.1 and presences[-1] > 0.95
    goes = played.play(heard("sea"), SETTLE_S + 8.0)
    assert scenes(goes) == ["sea"] and goes.parts[0].seed == place.parts[0].seed


def test_one_thing_over_the_place_goes_before_another_comes() -> None:
    played = Played()
    played.play(heard("sea", "helicopter"), 2 * SHOWN_S + 5.0)
    seen = [scenes(played.play(heard("sea", "birds"), STEP_S)) for _ in range(400)]
    assert seen[0] == ["sea", "helicopter"] and seen[-1] == ["sea", "birds"]
    assert ["sea"] in seen and all(len(names) <= 2 for names in seen)


@pytest.mark.parametrize("doing", [Doing.DRIFTING, Doing.REMEMBERING])
def test_while_the_show_drifts_or_remembers_what_is_there_stays_and_goes_on_moving(doing: Doing) -> None:
    played = Played()
    before = played.play(heard("sea", "helicopter"), 2 * SHOWN_S + 10.0)
    after = played.play(heard("train", doing=doing), 60.0)
    assert scenes(after) == ["sea", "helicopter"] and after.share == 1.0
    assert after.parts[0].seconds == pytest.approx(before.parts[0].seconds + 60.0)
    assert after.parts[1].presence == before.parts[1].presence


def test_a_name_that_the_world_does_not_have_leaves_the_generators_picture() -> None:
    played = Played()
    played.play(heard("rain"), SHOWN_S)
    assert played.play(heard("other"), SHOWN_S).share == 0.0


def test_a_second_thing_that_is_not_ready_stays_away_and_the_place_stays() -> None:
    played = Played(is_ready=lambda scene: scene != "helicopter")
    picture = played.play(heard("sea", "helicopter"), 2 * SHOWN_S)
    assert scenes(picture) == ["sea"] and picture.share == 1.0


NAMES = st.lists(st.sampled_from(["rain", "sea", "helicopter", "choir", "other"]), max_size=2, unique=True)
HEARD = st.builds(
    heard,
    presence=st.floats(0.0, 1.0),
    nearness=st.floats(0.0, 1.0),
    hour=st.floats(0.0, 24.0),
    firmness=st.floats(0.0, 1.0),
    doing=st.sampled_from(Doing),
)


@given(st.lists(st.tuples(NAMES, HEARD, st.floats(0.0, 0.25)), max_size=60))
def test_whatever_is_heard_the_states_are_of_the_world(
    moments: list[tuple[list[str], HeardStatus, float]],
) -> None:
    scene = WorldScene(0, wall_hour=lambda: 0.0)
    for names, rest, dt_s in moments:
        sources = tuple(HeardSource(name, 0.5, 1.0) for name in names)
        what = HeardStatus(sources, rest.certainty, rest.hour, rest.hour_firmness, rest.doing)
        picture = scene.update(what, Controls(DEFAULTS), dt_s, lambda _scene: True)  # SceneState checks its ranges
        assert 0.0 <= picture.share <= 1.0
