"""The new bundle's name and what its card tells."""

import shutil
from datetime import date
from pathlib import Path

import numpy as np
import pytest

from s2s.bundle import load
from s2s.card import AUDIO_ENCODER
from s2s.retrain.candidate import NO_CONSENT, Learnt, Story, assemble, command_line, next_version
from s2s.retrain.dataset import VenueDataset
from s2s.retrain.layout import Layout
from tests.fakes import write_naming_bundle
from tests.s2s.training.made_up_pairs import tiny_pairs


@pytest.mark.parametrize(
    ("before", "after"),
    [("1", "1.venue-1"), ("1.venue-1", "1.venue-2"), ("2.0.venue-9", "2.0.venue-10"), ("1.venue-x", "1.venue-1")],
)
def test_every_evening_has_a_version_of_its_own(before: str, after: str) -> None:
    assert next_version(before) == after


def test_the_command_is_told_without_anybodys_paths() -> None:
    summary = command_line("an evening", "OUT", {"minutes": "20", "forget": True})
    assert summary == "python -m s2s retrain 'an evening' OUT --minutes 20 --forget"


def test_consent_is_told_or_its_absence_is() -> None:
    given = Story(date(2024, 5, 18), "evening", "…", "A sign at the door.")
    assert given.consent_in_words == "Consent note: A sign at the door."
    assert Story(date(2024, 5, 18), "evening", "…").consent_in_words == NO_CONSENT


def test_a_retrained_model_names_no_sources_for_it_would_be_unsure_of_the_venues(tmp_path: Path) -> None:
    noise = np.random.default_rng(0).standard_normal(16_000).astype(np.float32)
    start = write_naming_bundle(tmp_path / "start", known=0.1 * noise, unknown=-np.abs(noise))
    layout = Layout(tmp_path / "out")
    layout.mixed.parent.mkdir(parents=True)
    shutil.copyfile(start / AUDIO_ENCODER, layout.mixed)
    dataset = VenueDataset(tiny_pairs(6, num_held_out=2), np.empty((0, 8, 8, 3), np.uint8), ("a",), 1, 0.1)
    assemble(layout, start, dataset, Story(date(2024, 5, 18), "evening", "…"), Learnt(0.5))
    model = load(layout.candidate)
    assert model.source_heads is None and "It names no sources" in model.card.provenance
