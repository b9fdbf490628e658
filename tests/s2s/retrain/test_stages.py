"""What a retraining says of its stages, and where it stops for want of time."""

import pytest

from s2s.retrain.budget import Budget
from s2s.retrain.stages import Stages, in_words


class Clock:
    """Stands still until it is told otherwise."""

    now_s = 0.0

    def __call__(self) -> float:
        return self.now_s


@pytest.fixture
def clock() -> Clock:
    return Clock()


@pytest.fixture
def said() -> list[str]:
    return []


@pytest.fixture
def stages(clock: Clock, said: list[str]) -> Stages:
    return Stages(Budget(2.0, clock), 3, said.append)


def test_a_stage_says_what_it_does_and_what_is_left(stages: Stages, said: list[str], clock: Clock) -> None:
    stages.begin("listening to the evening")
    clock.now_s = 45.0
    stages.begin("choosing moments")
    assert said == [
        "1/3 listening to the evening; 2 min left for all of it",
        "2/3 choosing moments; 75 s left for all of it",
    ]


def test_it_says_how_far_it_is_every_ten_seconds_at_most(stages: Stages, said: list[str], clock: Clock) -> None:
    stages.begin("listening")
    for done in range(1, 30):
        clock.now_s += 1.0
        stages.at(done, 40, "recordings")
    assert said[1:] == ["1/3   10 of 40 recordings, about 30 s more", "1/3   20 of 40 recordings, about 20 s more"]


def test_what_does_not_fit_the_time_is_left_out_and_said(stages: Stages, said: list[str], clock: Clock) -> None:
    stages.begin("choosing")
    done = []
    for item in stages.within(range(9), 9, "clips", seconds=3.0, fewest=2):
        clock.now_s += 1.0
        done.append(item)
    assert done == [0, 1, 2]
    assert stages.cut_short == ["6 of 9 clips are left out: their share of the time is over"]
    assert said[-1].endswith("their share of the time is over; --minutes gives more")


def test_the_fewest_are_done_whatever_they_take(stages: Stages, clock: Clock) -> None:
    done = []
    for item in stages.within(range(9), 9, "clips", seconds=0.5, fewest=4):
        clock.now_s += 1.0
        done.append(item)
    assert len(done) == 4


def test_a_stage_has_some_time_even_where_the_others_took_all(stages: Stages, clock: Clock) -> None:
    clock.now_s = 500.0
    assert stages.share_s(0.5) == pytest.approx(2.4)


@pytest.mark.parametrize(("seconds", "words"), [(0.2, "1 s"), (89.0, "89 s"), (150.0, "2 min"), (9000.0, "2.5 h")])
def test_times_are_said_as_people_say_them(seconds: float, words: str) -> None:
    assert in_words(seconds) == words
