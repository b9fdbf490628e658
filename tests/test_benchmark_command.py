"""One command measures what is to be fast; here it draws once, so that it does not rot."""

import pytest

from tests.benchmarks.__main__ import pass_lines, passes, show_lines
from tests.benchmarks.drawing import PASSES


@pytest.mark.gl
def test_passes_are_told_one_by_one_beside_none_at_all() -> None:
    rows = passes(1)
    assert [row["name"] for row in rows] == ["no pass", "all passes", *PASSES]
    assert rows[0]["over_none_ms"] == 0.0 and all(row["processor_ms"] > 0.0 for row in rows)
    assert len(pass_lines(rows)) == 1 + len(rows)


def test_the_two_shows_stand_one_above_the_other() -> None:
    report = {
        "display": {"fps": 30.0, "interval_ms": {"p50": 33.0, "p95": 40.0, "p99": 45.0, "max": 60.0}},
        "generator": {"fps": 16.0},
        "render": {"internal_scale": 0.5},
    }
    _, resting, working = show_lines({"inference rests": report, "inference works": report})
    assert resting.split()[2:] == working.split()[2:] == ["30.0", "33.0", "40.0", "45.0", "60.0", "16.0", "0.50"]
