"""How far a film is: a bar on a terminal, lines elsewhere."""

import io
import logging

import pytest

from installation.output.film_progress import FilmProgress, progress_line


class Terminal(io.StringIO):
    def isatty(self) -> bool:
        return True


def test_a_terminal_gets_a_bar_with_the_time_left() -> None:
    terminal = Terminal()
    progress = FilmProgress(4, terminal)
    for _ in range(4):
        progress.update()
    progress.close()
    assert "rendering: 100%" in terminal.getvalue() and "4/4" in terminal.getvalue() and "<" in terminal.getvalue()


def test_anything_else_gets_a_line_now_and_then(caplog: pytest.LogCaptureFixture) -> None:
    caplog.set_level(logging.INFO)
    moments = iter(range(100))
    progress, stream = FilmProgress(40, plain := io.StringIO(), lambda: float(next(moments))), plain
    for _ in range(40):
        progress.update()
    progress.close()
    lines = [record.message for record in caplog.records]
    assert stream.getvalue() == "" and len(lines) == 4
    assert lines[:2] == ["rendering: 2 of 40 pictures, 5 %, 38 s left", "rendering: 12 of 40 pictures, 30 %, 28 s left"]


def test_long_times_are_hours_and_minutes() -> None:
    assert progress_line(10, 20_000, 10.0).endswith("0 %, 5:33:10 left")
