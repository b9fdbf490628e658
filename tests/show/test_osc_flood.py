"""A flood of OSC on the real program. What it does to the display `python -m tests.benchmarks.osc_flood` measures."""

from pathlib import Path

import pytest

from tests.benchmarks.osc_flood import flood_show


@pytest.mark.slow
def test_a_flood_ends_with_its_last_value_and_is_told_in_a_few_lines(tmp_path: Path, tiny_model: Path) -> None:
    stage = ("--source", "demo", "--output", "headless", "--size", "320x180", "--model", str(tiny_model))
    outcome = flood_show(tmp_path, *stage, calm_s=3.0)

    assert outcome.last_held == outcome.last_said
    assert len([line for line in outcome.lines if "OSC" in line]) <= 5
    assert "Traceback" not in "".join(outcome.lines)
    assert len(outcome.osc["errors"]) == 1
