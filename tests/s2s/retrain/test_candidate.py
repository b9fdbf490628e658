"""The new bundle's name and what its card tells."""

from dataclasses import replace
from datetime import date
from pathlib import Path

import numpy as np
import pytest

from s2s.bundle import Bundle, load
from s2s.retrain.candidate import NO_CONSENT, Learnt, Story, assemble, command_line, next_version
from s2s.retrain.dataset import VenueDataset
from s2s.retrain.finetune import FinetuneConfig, finetune_audio_encoder
from s2s.retrain.interpolate import MOST_FORGOTTEN
from s2s.retrain.layout import Layout
from s2s.retrain.whole import WHOLES
from s2s.sampling.sources import hear_sound
from tests.fakes import write_naming_bundle
from tests.s2s.retrain.lessons import small_world
from tests.s2s.training.made_up_pairs import pairs_of


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


def test_a_retrained_model_names_what_sounds_as_before_and_sees_it_as_the_venue_has_it(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    small_world(monkeypatch)
    noise = np.random.default_rng(0).standard_normal(16_000).astype(np.float32)
    start = write_naming_bundle(tmp_path / "start", known=0.1 * noise, unknown=-np.abs(noise))
    layout, old = Layout(tmp_path / "out"), load(start)
    dataset = evening(old)
    taught = finetune_audio_encoder(dataset, old, layout, FinetuneConfig(5, 1.0, takes=3))
    assemble(
        layout, start, dataset, Story(date(2024, 5, 18), "evening", "…"), Learnt(1.0, taught.whole, taught.of_place)
    )
    new = load(layout.candidate)
    was, now = hear_sound(old, 0.1 * noise), hear_sound(new, 0.1 * noise)
    assert [(one.name, one.presence, one.nearness) for one in now.sources] == [
        (one.name, one.presence, one.nearness) for one in was.sources
    ]
    assert now.certainty is not None and was.certainty is not None and now.certainty >= was.certainty
    assert (not np.allclose(now.sources[0].h, was.sources[0].h)) == bool(taught.heads_share)
    assert "names what sounds as the model before did" in new.card.provenance
    assert taught.whole in WHOLES and new.card.source_heads is not None and new.card.source_heads.whole == taught.whole
    assert taught.painted is not None and taught.painted[1] >= taught.painted[0] - MOST_FORGOTTEN


def evening(model: Bundle, count: int = 12) -> VenueDataset:
    """Return clips of noise, each of a recording of its own."""
    rng, rows = np.random.default_rng(0), np.arange(count)
    sounds = rng.uniform(0.01, 0.3, (count, 1)) * rng.standard_normal((count, model.spec.clip_samples))
    features = rng.uniform(0.0, 1.0, (count, 2, model.card.generator.h_dim))
    pairs = pairs_of(sounds.clip(-1, 1).astype(np.float32), features, model.spec)
    names = tuple(f"guest-{row}" for row in rows)
    pairs = replace(pairs, train=rows[:6], held_out=rows[6:9], test=rows[9:])
    return VenueDataset(pairs, np.empty((0, 8, 8, 3), np.uint8), names, count, 0.1)
