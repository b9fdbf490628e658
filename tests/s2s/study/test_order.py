"""Where pictures lie and in which order questions come: balanced over participants, and for each of them."""

from collections import Counter
from itertools import permutations

from hypothesis import given, settings
from hypothesis import strategies as st

from s2s.study.order import PLACES, AskedQuestion, questions_for
from tests.s2s.study.studies import study_of

STUDY = study_of(20)
names = st.text("0123456789abcdef", min_size=16, max_size=16)


def of(experiment: str, asked: list[AskedQuestion]) -> list[AskedQuestion]:
    return [one for one in asked if one.experiment == experiment]


@settings(max_examples=10, deadline=None)
@given(names, st.integers(0, PLACES - 1), st.integers(0, 1000))
def test_for_one_participant_the_right_pictures_lie_everywhere_equally_often(name: str, place: int, seed: int) -> None:
    asked = questions_for(STUDY.model_copy(update={"seed": seed}), name, place)
    pairs = Counter((one.shown.index(0), one.shown.index(1)) for one in of("i", asked))
    assert pairs == Counter(permutations(range(5), 2))
    assert Counter(one.shown.index(0) for one in of("ii", asked)) == dict.fromkeys(range(4), 5)


def test_over_all_places_every_picture_lies_at_every_position_equally_often_in_both_orders() -> None:
    for begins_with in (0, 1):
        lies: Counter[tuple[str, int, int]] = Counter()
        for place in range(begins_with, PLACES, 2):
            for one in questions_for(STUDY, f"{place}", place):
                lies.update((one.question.id, picture, position) for position, picture in enumerate(one.shown))
        assert {lies[key] for key in lies if key[0].startswith("i-")} == {PLACES // 2 // 5}
        assert {lies[key] for key in lies if key[0].startswith("ii-")} == {PLACES // 2 // 4}


@settings(max_examples=25, deadline=None)
@given(names, st.integers(0, 200))
def test_every_question_is_asked_once_experiment_by_experiment_and_each_picture_shown_once(
    name: str, place: int
) -> None:
    asked = questions_for(STUDY, name, place)
    assert len({one.question.id for one in asked}) == len(asked) == 40
    blocks = [one.experiment for one in asked]
    assert blocks == sorted(blocks, reverse=place % 2 == 1)
    assert all(sorted(one.shown) == list(range(len(one.question.pictures))) for one in asked)


def test_the_order_of_questions_is_each_participants_own_and_the_same_when_they_come_back() -> None:
    one, again, other = ([q.question.id for q in questions_for(STUDY, name, 0)] for name in ("a", "a", "b"))
    assert one == again != other


def test_a_question_comes_early_as_often_as_late() -> None:
    """Of 400 orders, question 1 comes in the first half of its block about 200 times: 5 standard deviations are 50."""
    early = 0
    for number in range(400):
        block = of("i", questions_for(STUDY, f"{number}", 0))
        early += [one.question.id for one in block].index("i-01") < 10
    assert 150 < early < 250
