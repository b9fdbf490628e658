"""A hall that the default model has never heard, for real: minutes of films, minutes of training."""

import json
from pathlib import Path

import pytest

from s2s.__main__ import main
from s2s.card import DEFAULT_BUNDLE, read_card
from tests.s2s.retrain.room import Room, evening_in


@pytest.mark.proc
@pytest.mark.slow
def test_sixty_films_of_a_hall_make_the_default_model_hear_better_in_it(tmp_path: Path) -> None:
    films, out = evening_in(Room(), tmp_path / "films", count=60, first_seed=9_000_200), tmp_path / "out"
    assert main(["retrain", str(films), str(out), "--minutes", "8", "--consent", "The world has no visitors"]) == 0
    report = json.loads((out / "report.json").read_text())
    before, after = report["before"], report["after"]
    assert after["mean cosine"] > before["mean cosine"] and after["mean place"] < before["mean place"], report
    # By the class of the nearest picture, of some eleven clips: as many may be right as before.
    assert report["verdict"]["gain"] >= 0 and report["verdict"]["word"] != "worse", report
    # Of so few clips even a clear gain need not be certain; what is not is not promoted.
    assert report["promoted"] == (report["verdict"]["word"] == "better")
    version = read_card(DEFAULT_BUNDLE).version
    assert read_card(out / "model").version == (f"{version}.venue-1" if report["promoted"] else version)
