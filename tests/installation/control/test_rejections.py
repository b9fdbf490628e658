import logging
from functools import partial

import pytest

from installation.control.rejections import RejectionCounter, why_unknown

log = logging.getLogger(__name__)


def test_a_flood_of_refusals_is_one_line_now_and_then(caplog: pytest.LogCaptureFixture) -> None:
    rejections = RejectionCounter("OSC", log)
    for turn in range(600):  # ten seconds at 60 Hz
        rejections.add(f"reason {turn}")
        rejections.report(turn / 60)

    assert rejections.count == 600
    assert rejections.last == "reason 599"
    assert [record.getMessage() for record in caplog.records] == [
        "OSC refused 1, the last: reason 0",
        "OSC refused 300, the last: reason 300",
    ]


def test_a_flood_that_never_ends_leaves_a_log_that_a_disk_can_hold(caplog: pytest.LogCaptureFixture) -> None:
    rejections = RejectionCounter("OSC", log)
    for second in range(7 * 24 * 3600):
        rejections.add("another one")
        rejections.report(float(second))

    assert 7 * 24 <= len(caplog.records) < 8 * 24  # about one an hour, for a week


def test_a_reason_of_a_new_kind_has_a_line_of_its_own_and_is_then_counted_with_the_others(
    caplog: pytest.LogCaptureFixture,
) -> None:
    rejections = RejectionCounter("OSC", log)
    for second in range(24 * 3600):
        rejections.add("/accxyz is no parameter", "/accxyz")
        if second >= 1000:
            rejections.add("/audio/gian is no parameter", "/audio/gian")
        rejections.report(float(second))

    lines = [record.getMessage() for record in caplog.records]
    assert lines[0] == "OSC refused 1, the last: /accxyz is no parameter"
    assert sum("/audio/gian" in line and "refused 3" in line for line in lines) == 1  # told as soon as it came
    assert len(lines) < 40


def test_ever_new_kinds_of_reasons_do_not_fill_the_log(caplog: pytest.LogCaptureFixture) -> None:
    rejections = RejectionCounter("OSC", log)
    for second in range(24 * 3600):
        rejections.add(f"reason {second}", second)
        rejections.report(float(second))

    assert len(caplog.records) < 100


def test_a_foreign_message_now_and_then_is_no_new_flood_each_time(caplog: pytest.LogCaptureFixture) -> None:
    rejections = RejectionCounter("OSC", log)
    for second in range(24 * 3600):
        if second % 60 == 0:
            rejections.add("a stray message")
        rejections.report(float(second))

    assert len(caplog.records) < 40


def test_after_a_calm_a_new_flood_is_told_at_once_and_as_often_as_the_first(caplog: pytest.LogCaptureFixture) -> None:
    rejections = RejectionCounter("OSC", log)
    for second in [*range(1000), *range(5000, 5012)]:
        rejections.add(f"second {second}")
        rejections.report(float(second))

    told_at_s = [int(record.getMessage().rpartition(" ")[2]) for record in caplog.records]
    assert told_at_s[:3] == [0, 5, 15]
    assert told_at_s[-3:] == [635, 5000, 5005]


def test_nothing_refused_is_nothing_logged(caplog: pytest.LogCaptureFixture) -> None:
    RejectionCounter("OSC", log).report(1.0)

    assert caplog.records == []


def test_the_words_for_a_refusal_are_found_only_when_someone_reads_them() -> None:
    asked: list[int] = []

    def words(turn: int) -> str:
        asked.append(turn)
        return f"reason {turn}"

    rejections = RejectionCounter("OSC", log)
    for turn in range(1000):
        rejections.add(partial(words, turn))

    assert rejections.last == rejections.last == "reason 999"
    assert asked == [999]


def test_a_reason_is_cut_to_one_readable_line() -> None:
    rejections = RejectionCounter("OSC", log)
    rejections.add("x" * 10_000)

    assert len(rejections.last) <= 201


def test_an_unknown_address_is_answered_with_the_nearest() -> None:
    assert why_unknown("/audio/gian") == "there is no parameter '/audio/gian', did you mean '/audio/gain'?"


def test_even_an_endless_address_gets_a_short_answer() -> None:
    assert len(why_unknown("/audio/gain" * 1000)) < 200
