"""A signal ends the show in order: at once while it runs, after its building while it is being built."""

import signal
from collections.abc import Iterator

import pytest

from installation.main import EndBySignal

NUMBERS = (signal.SIGTERM, signal.SIGINT, signal.SIGHUP)


@pytest.fixture
def end() -> Iterator[EndBySignal]:
    before = {number: signal.getsignal(number) for number in NUMBERS}
    signal.signal(signal.SIGHUP, signal.SIG_DFL)  # these tests may run under nohup, where it would stay ignored
    end = EndBySignal()
    end.listen()
    yield end
    for number, handler in before.items():
        signal.signal(number, handler)


@pytest.mark.parametrize("number", NUMBERS)
def test_it_stops_a_show_that_runs(end: EndBySignal, number: signal.Signals) -> None:
    stopped: list[bool] = []
    end.hand_over(lambda: stopped.append(True))
    signal.raise_signal(number)
    assert stopped == [True]


@pytest.mark.parametrize("number", NUMBERS)
def test_a_show_that_is_being_built_is_built_and_then_stopped(end: EndBySignal, number: signal.Signals) -> None:
    signal.raise_signal(number)
    stopped: list[bool] = []
    end.hand_over(lambda: stopped.append(True))
    assert stopped == [True]


def test_a_building_that_hangs_ends_by_the_second(end: EndBySignal) -> None:
    signal.raise_signal(signal.SIGTERM)
    with pytest.raises(SystemExit) as ended:
        signal.raise_signal(signal.SIGTERM)
    assert ended.value.code == 0
