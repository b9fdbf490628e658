"""A show is started again for ever, and never so often that it hurts."""

import pytest

from installation.service.limits import LIMITS, RESTART_CODE, Restarts


def test_the_pauses_grow_and_then_stay() -> None:
    restarts = Restarts()
    assert [restarts.wait_s(1, 0.5, was_ready=False) for _ in range(7)] == [1, 2, 5, 10, 30, 30, 30]


def test_it_is_never_given_up() -> None:
    restarts = Restarts()
    waits_s = [restarts.wait_s(5, 3.0, was_ready=False) for _ in range(10_000)]
    assert set(waits_s[4:]) == {30.0} and restarts.count == 10_000


def test_a_show_that_ran_well_begins_anew() -> None:
    restarts = Restarts()
    for _ in range(5):
        restarts.wait_s(-9, 1.0, was_ready=True)
    assert restarts.wait_s(-9, LIMITS.well_s, was_ready=True) == LIMITS.waits_s[0]


def test_a_wanted_end_is_the_end() -> None:
    assert Restarts().wait_s(0, 3600.0, was_ready=True) is None


def test_arguments_that_cannot_be_used_are_told_to_who_typed_them() -> None:
    assert Restarts().wait_s(2, 0.3, was_ready=False) is None


def test_later_they_may_be_mended() -> None:
    restarts = Restarts()
    restarts.wait_s(-9, 100.0, was_ready=True)
    assert restarts.wait_s(2, 0.3, was_ready=False) is not None


@pytest.mark.parametrize("code", [1, 3, 4, 5, 6, -6, -9, -11])
def test_whatever_else_a_machine_that_boots_may_cure(code: int) -> None:
    assert Restarts().wait_s(code, 0.3, was_ready=False) is not None


def test_the_restart_at_night_is_at_once_and_no_failure() -> None:
    restarts = Restarts()
    restarts.wait_s(-9, 1.0, was_ready=True)
    assert restarts.wait_s(RESTART_CODE, 30.0, was_ready=True) == 0
    assert restarts.wait_s(-9, 1.0, was_ready=True) == LIMITS.waits_s[0]


def test_a_show_that_asks_for_restarts_without_ever_showing_anything_waits_like_the_others() -> None:
    restarts = Restarts()
    assert [restarts.wait_s(RESTART_CODE, 0.1, was_ready=False) for _ in range(3)] == [1, 2, 5]
