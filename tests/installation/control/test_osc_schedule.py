import pytest

from installation.control.osc.allowance import Allowance
from installation.control.osc.messages import OscFormatError
from installation.control.osc.schedule import FARTHEST_S, MOST_HELD, Schedule, seconds_ahead

NOW_S = 1_795_000_000.0  # November 2026
IN_2036_S = 2_085_978_496.0 - 1.0  # a second before the count of NTP begins again


def tag(unix_s: float) -> int:
    return round((unix_s + 2_208_988_800) * 2**32) % 2**64


@pytest.mark.parametrize("time_tag", [0, 1, tag(NOW_S), tag(NOW_S - 0.5), tag(NOW_S - 1e9)])
def test_what_is_for_now_or_past_counts_at_once(time_tag: int) -> None:
    assert seconds_ahead(time_tag, NOW_S) == 0.0


@pytest.mark.parametrize("now_s", [NOW_S, IN_2036_S])
@pytest.mark.parametrize("ahead_s", [0.001, 1.5, FARTHEST_S - 0.1])
def test_what_is_for_later_waits_so_long(now_s: float, ahead_s: float) -> None:
    assert seconds_ahead(tag(now_s + ahead_s), now_s) == pytest.approx(ahead_s, abs=1e-6)


@pytest.mark.parametrize("time_tag", [tag(NOW_S + FARTHEST_S + 1), tag(NOW_S + 86_400), 2**64 - 1])
def test_what_is_for_another_day_is_refused_in_words(time_tag: int) -> None:
    with pytest.raises(OscFormatError, match=r"waits at most 60 s.*do both clocks agree"):
        seconds_ahead(time_tag, NOW_S)


def test_what_waits_comes_in_the_order_of_its_time_and_then_of_its_coming() -> None:
    schedule: Schedule[str] = Schedule()
    for due_at, name in ((3.0, "late"), (1.0, "early"), (2.0, "first"), (2.0, "second")):
        schedule.put(due_at, name)

    assert schedule.wait_s(0.25) == 0.75
    assert schedule.take(0.9) == []
    assert schedule.take(2.0) == ["early", "first", "second"]
    assert schedule.take(9.0) == ["late"]
    assert schedule.wait_s(9.0) is None


def test_only_so_many_wait() -> None:
    schedule: Schedule[int] = Schedule()
    for number in range(MOST_HELD):
        schedule.put(1.0, number)
    with pytest.raises(OscFormatError, match="at most 1024 messages wait"):
        schedule.put(0.5, -1)
    assert len(schedule) == MOST_HELD


def test_who_spends_within_the_allowance_never_rests() -> None:
    allowance = Allowance(100.0, 10.0)
    assert not any(allowance.spend(1.0, step / 100) for step in range(1000))


@pytest.mark.parametrize("cost", [1.0, 7.0, 35.0])
def test_who_spends_more_rests_and_gets_what_was_allowed(cost: float) -> None:
    allowance, now, spent = Allowance(100.0, 10.0), 0.0, 0.0
    while now < 100.0:
        spent += cost
        allowance.spend(cost, now)
        now += allowance.rest_s(now)
    assert spent == pytest.approx(100 * 100, rel=0.02)


def test_a_long_calm_saves_up_no_more_than_a_burst() -> None:
    allowance = Allowance(100.0, 10.0)
    allowance.spend(10.0, 0.0)
    assert allowance.spend(10.0, 1e6)
    assert allowance.rest_s(1e6) == pytest.approx(0.05)
