"""A venue that the default model has never heard, for real: minutes of films, minutes of training."""

import json
from pathlib import Path

import pytest

from s2s.__main__ import main
from s2s.card import read_card

FESTIVAL = "strings,drums,applause,fireworks,crowd,dog"
"""Five of these six the default model was never shown; a place has a handful of sounds, not all of the world's."""


@pytest.mark.slow
def test_sixty_films_of_a_festival_make_the_default_model_better_at_it(tmp_path: Path) -> None:
    films, out = tmp_path / "festival", tmp_path / "out"
    kind = ["--clips", "60", "--px", "128", "--seed", "9000100", "--scenes", FESTIVAL]
    assert main(["world", str(films), *kind]) == 0
    assert main(["retrain", str(films), str(out), "--minutes", "8", "--consent", "The world has no visitors"]) == 0
    report = json.loads((out / "report.json").read_text())
    assert report["verdict"]["word"] == "better", report
    assert report["promoted"] is True
    assert read_card(out / "model").version == "1.venue-1"
    assert read_card(out / "previous").version == "1"
