"""Events outlive the run: the last thousand, whatever became of the file; a year of them takes no more room."""

from dataclasses import replace
from pathlib import Path

import pytest

from installation.events import Event
from installation.logs.chronicle import Chronicle
from installation.logs.history import KEPT, HistoryFile, PastEvent, folded
from tests.waiting import wait_until

DAY_S = 86_400.0
PAST = PastEvent(1e9, "sound: the microphone is gone", 1e9 + 5.0, 1, over=False, done="it is looked for")


def test_a_later_line_of_the_same_event_replaces_the_earlier() -> None:
    later = replace(PAST, over=True, times=3)
    other_run = replace(PAST, run=2e9)
    assert folded(event.line().encode() for event in (PAST, other_run, later)) == [other_run, later]
    counting = [replace(PAST, what=f"pictures: none for {second} s") for second in (3, 4, 5)]
    assert folded(event.line().encode() for event in counting) == counting[-1:]


@pytest.mark.parametrize(
    "line",
    [
        b"",
        b"\xff\xfe",
        b"[]",
        b'{"run": "2026-11-30"}',
        PAST.line()[:40].encode(),
        b"{" * 500,
        PAST.line().replace('"times": 1', '"times": "1"').encode(),
        PAST.line().replace("2001-09-09", "20001-09-09").encode(),
        b'{"what": "' + b"x" * 10_000 + b'"}',
    ],
)
def test_a_line_that_is_none_is_passed_over(line: bytes) -> None:
    assert folded([line, PAST.line().encode(), line]) == [PAST]


def test_a_thousand_are_kept() -> None:
    many = [replace(PAST, run=float(number)).line().encode() for number in range(KEPT + 5)]
    assert [event.run for event in folded(many)] == [float(number) for number in range(5, KEPT + 5)]


def test_a_line_that_was_cut_off_does_not_spoil_the_next(tmp_path: Path) -> None:
    path = tmp_path / "events.jsonl"
    path.write_bytes(PAST.line().encode() + b"\n" + PAST.line().encode()[:30])
    file = HistoryFile(path)
    assert file.read() == [PAST]
    second = replace(PAST, what="capture: it is gone")
    file.append([second])
    assert HistoryFile(path).read() == [PAST, second]


def test_the_last_of_a_year_of_nights_are_there_and_the_file_stays_small(tmp_path: Path) -> None:
    path = tmp_path / "events.jsonl"
    for night in range(365):
        file = HistoryFile(path, kept=20)
        file.read()
        begun = [replace(PAST, run=night * DAY_S, what=f"sound: gone the {'x' * n} time") for n in range(6)]
        file.append(begun)
        file.append([replace(event, over=True) for event in begun])
    assert len(path.read_bytes().splitlines()) <= 2 * 20
    left = HistoryFile(path, kept=20).read()
    assert len(left) == 20 and all(event.over for event in left)
    assert left[-1].run == 364 * DAY_S


class Run:
    """One run of a show with a chronicle, on clocks of our own."""

    def __init__(self, path: Path | None, wall_s: float) -> None:
        self.wall_s, self.events = wall_s, [Event("sound: the microphone is gone", 10.0, done="it is looked for")]
        self.chronicle = Chronicle(path, lambda: self.events, lambda: self.wall_s)
        self.chronicle.start()


def test_the_next_run_shows_what_the_last_one_was_like_and_when(tmp_path: Path) -> None:
    path = tmp_path / "venue" / "events.jsonl"
    first = Run(path, wall_s=1e9)
    first.chronicle.poll(20.0)  # it began ten seconds ago
    first.chronicle.close()

    second = Run(path, wall_s=1e9 + 3600.0)
    second.events = []
    second.chronicle.poll(5.0)
    assert wait_until(second.chronicle.shown)
    (event,) = second.chronicle.shown()
    assert (event.what, event.over, event.earlier, event.done) == (first.events[0].what, True, True, "it is looked for")
    assert 5.0 - event.since == pytest.approx(3610.0)
    second.chronicle.close()


def test_only_what_changed_is_written(tmp_path: Path) -> None:
    path = tmp_path / "events.jsonl"
    run = Run(path, wall_s=1e9)
    for second in range(0, 100, 5):
        run.events = [
            Event(f"pictures: no new picture for {second} s", 0.0),
            Event("pictures: the model is starting", 0.0),
        ]
        run.chronicle.poll(float(second))
    run.events = [replace(run.events[0], over=True)]
    run.chronicle.poll(200.0)
    run.chronicle.close()
    assert len(path.read_bytes().splitlines()) == 2


def test_without_a_place_or_with_one_that_cannot_be_written_the_show_goes_on(
    tmp_path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    nowhere = Run(None, wall_s=1e9)
    nowhere.chronicle.poll(0.0)
    nowhere.chronicle.close()
    assert nowhere.chronicle.shown() == nowhere.events

    (tmp_path / "file").write_text("")
    broken = Run(tmp_path / "file" / "events.jsonl", wall_s=1e9)
    for second in range(10):
        broken.events = [replace(broken.events[0], times=second + 1)]
        broken.chronicle.poll(10.0 * second)
    broken.chronicle.close()
    assert [record.message for record in caplog.records if "events are not kept" in record.message][1:] == []
    assert any("events are not kept in" in record.message for record in caplog.records)
    assert broken.chronicle.status().problem == ""
