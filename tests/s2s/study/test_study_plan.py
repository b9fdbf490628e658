"""What a study asks is drawn by seed, and balanced as its docstring says."""

from collections import Counter
from dataclasses import replace

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from s2s.study.plan import EXPERIMENTS, plan_study
from tests.s2s.study.studies import CATEGORIES, listed

seeds = st.integers(0, 2**32)


@settings(max_examples=30, deadline=None)
@given(seeds, st.integers(1, 30))
def test_the_first_experiment_has_one_right_picture_by_each_method_and_three_of_other_categories(
    seed: int, num_questions: int
) -> None:
    for question in plan_study(listed(10), num_questions, seed).questions["i"]:
        right, others = question.pictures[:2], question.pictures[2:]
        assert [(one.method, one.clip, one.right) for one in right] == [
            ("ours", question.clip, True),
            ("baseline", question.clip, True),
        ]
        labels = [one.clip.label for one in others]
        assert len(set(labels)) == 3 and question.clip.label not in labels
        assert not any(one.right for one in others)


@settings(max_examples=30, deadline=None)
@given(seeds)
def test_the_second_experiment_has_four_pictures_by_ours_of_four_categories(seed: int) -> None:
    for question in plan_study(listed(10), 20, seed).questions["ii"]:
        assert [one.method for one in question.pictures] == ["ours"] * 4
        assert [one.right for one in question.pictures] == [True, False, False, False]
        assert question.pictures[0].clip == question.clip
        assert len({one.clip.label for one in question.pictures}) == 4


@settings(max_examples=30, deadline=None)
@given(seeds, st.integers(4, 30))
def test_categories_are_heard_and_seen_equally_often_and_methods_shown_so(seed: int, num_questions: int) -> None:
    plan = plan_study(listed(10), num_questions, seed)
    for experiment in EXPERIMENTS:
        questions = plan.questions[experiment]
        heard = Counter(question.clip.label for question in questions)
        assert spread([heard[label] for label in CATEGORIES]) <= 1
        others = Counter(one.clip.label for question in questions for one in question.pictures if not one.right)
        assert spread([others[label] for label in CATEGORIES]) <= 2
    methods = Counter(one.method for question in plan.questions["i"] for one in question.pictures)
    assert abs(methods["ours"] - methods["baseline"]) <= 1


def spread(counts: list[int]) -> int:
    return max(counts) - min(counts)


@settings(max_examples=20, deadline=None)
@given(seeds)
def test_no_recording_is_heard_twice_where_there_are_enough(seed: int) -> None:
    windows = [replace(clip, id=f"{clip.id}-{n}") for clip in listed(10) for n in range(3)]
    plan = plan_study(windows, 20, seed)
    heard = [question.clip.recording for experiment in EXPERIMENTS for question in plan.questions[experiment]]
    assert plan.apart and len(set(heard)) == 40


def test_with_too_few_recordings_for_two_both_experiments_play_the_same_and_it_is_said() -> None:
    plan = plan_study(listed(4), 20, 0)
    heard = [[question.clip.id for question in plan.questions[experiment]] for experiment in EXPERIMENTS]
    assert not plan.apart and heard[0] == heard[1]


def test_a_seed_makes_the_same_study_and_another_seed_another() -> None:
    one, again, other = (plan_study(listed(10), 20, seed) for seed in (1, 1, 2))
    assert one == again and one != other


def test_the_order_in_which_clips_are_listed_within_a_category_changes_no_balance() -> None:
    plan = plan_study(list(reversed(listed(10))), 18, 3)
    heard = Counter(question.clip.label for question in plan.questions["i"])
    assert set(heard.values()) == {3}


def test_too_few_sounds_or_categories_are_refused_with_what_would_do() -> None:
    with pytest.raises(ValueError, match="at least 20 held-out sounds, got 12: give --questions 12"):
        plan_study(listed(2), 20, 0)
    with pytest.raises(ValueError, match="at least 4 categories, got 3: dog, rain, train"):
        plan_study(listed(10, ("rain", "train", "dog")), 20, 0)
