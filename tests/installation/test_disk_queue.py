import threading
from collections.abc import Callable
from contextlib import closing

import pytest

from installation.disk_queue import DiskQueue, why
from tests.waiting import wait_until


def raising(error: Exception) -> Callable[[], None]:
    def work() -> None:
        raise error

    return work


@pytest.mark.parametrize("error", [OSError(28, "No space left on device"), ValueError("no number")])
def test_whatever_one_piece_of_work_raises_is_told_and_the_next_is_done_all_the_same(error: Exception) -> None:
    told: list[Exception] = []
    done = threading.Event()
    with closing(DiskQueue("work", told.append)) as disk:
        assert disk.run(raising(error)) and disk.run(done.set)
        assert done.wait(10.0) and told == [error]


def test_a_disk_that_does_not_answer_costs_no_more_than_what_may_wait_and_ends_without_it() -> None:
    answers, begun = threading.Event(), threading.Event()
    disk = DiskQueue("work", most_waiting=2)

    def stuck() -> None:
        begun.set()
        answers.wait(10.0)

    assert disk.run(stuck) and begun.wait(10.0)
    assert [disk.run(lambda: None) for _ in range(4)] == [True, True, False, False] and disk.lost == 2
    disk.close(wait_s=0.0)  # the queue is full: its end cannot even be asked for
    answers.set()
    assert wait_until(disk._waiting.empty)


def test_what_was_wrong_is_said_as_the_system_says_it_or_in_the_errors_own_words() -> None:
    assert why(OSError(28, "No space left on device", "/venue/logs")) == "No space left on device"
    assert why(ValueError("two\nlines")) == "two lines"
