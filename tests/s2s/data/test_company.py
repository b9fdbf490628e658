"""Ranks that know of each other by files alone; time is the test's."""

from pathlib import Path

import pytest

from s2s.data.journal import Journal
from s2s.data.outcome import Outcome
from s2s.data.ranks import Rank
from s2s.data.rendezvous import Rendezvous


class Clock:
    """Time that passes only in sleep; `then` happens at given seconds."""

    def __init__(self, then: dict[int, object] | None = None) -> None:
        self.now = 0.0
        self.then = then or {}

    def __call__(self) -> float:
        return self.now

    def sleep(self, seconds: float) -> None:
        self.now += seconds
        happens = self.then.pop(int(self.now), None)
        if callable(happens):
            happens()


def note(folder: Path, rank: int, name: str) -> None:
    with Journal(folder, rank) as journal:
        journal.append(Outcome(name, f"{name}.mp4", "train", name))


def test_rank_0_waits_until_every_film_is_noted_however_long_it_takes(tmp_path: Path) -> None:
    rendezvous = Rendezvous(tmp_path, Rank(0, 2))
    note(tmp_path, 0, "a")
    clock = Clock({500: lambda: note(tmp_path, 1, "b"), 900: lambda: note(tmp_path, 1, "c")})
    rendezvous.await_others({"a", "b", "c"}, clock, clock.sleep)
    assert clock.now == 900


def test_a_film_of_nobody_is_noticed_once_all_have_ended(tmp_path: Path) -> None:
    for rank in (0, 1):
        rendezvous = Rendezvous(tmp_path, Rank(rank, 2))
        rendezvous.join()
        note(tmp_path, rank, str(rank))
        rendezvous.leave()
    clock = Clock()
    with pytest.raises(ValueError, match="1 films are nobody's: the ranks list different films"):
        Rendezvous(tmp_path, Rank(0, 2)).await_others({"0", "1", "2"}, clock, clock.sleep)
    assert clock.now > 60


def test_a_mark_of_an_earlier_run_is_no_end(tmp_path: Path) -> None:
    Rendezvous(tmp_path, Rank(1, 2)).leave()
    rendezvous = Rendezvous(tmp_path, Rank(0, 2))
    rendezvous.leave()
    begins = Rendezvous(tmp_path, Rank(1, 2))
    clock = Clock({30: begins.join, 600: lambda: note(tmp_path, 1, "a")})
    rendezvous.await_others({"a"}, clock, clock.sleep)
    assert clock.now == 600


def test_alone_there_is_nobody_to_wait_for(tmp_path: Path) -> None:
    note(tmp_path, 0, "a")
    clock = Clock()
    Rendezvous(tmp_path, Rank()).await_others({"a"}, clock, clock.sleep)
    assert clock.now == 0
