"""Heads that know the sounds of a place: they are sure of what is like them, and of little else."""

import numpy as np
import pytest
import torch
from numpy.typing import NDArray
from torch import Tensor

from s2s.models.source_heads import SourceHeads
from s2s.retrain.familiar import MOST_UNKNOWN, SURE, Certain, FamiliarPlace, know_place

HIDDEN, RECORDINGS, EACH = 8, 12, 3


def heads(of_place: int = 0) -> SourceHeads:
    """Heads that are sure of nothing by its name."""
    made = SourceHeads(("rain", "train"), map_dim=4, h_dim=3, hidden=HIDDEN, of_place=of_place)
    made.odds.copy_(torch.tensor([-9.0, 0.0, 0.0]))
    return made.requires_grad_(False)


def sounds(count: int, at: float, seed: int) -> Tensor:
    """What heads make of sounds around one place of their space."""
    return at + torch.rand(count, HIDDEN, generator=torch.Generator().manual_seed(seed))


def as_sure_as(made: SourceHeads, heard: Tensor) -> Certain:
    return Certain(heard, made.logit_of_certainty(made.read(heard)))


def place_of(own: Tensor, recordings: NDArray[np.int64], others: Tensor) -> FamiliarPlace:
    return know_place(heads(), as_sure_as(heads(), own), recordings, as_sure_as(heads(), others))


@pytest.fixture(scope="module")
def known() -> FamiliarPlace:
    """Twelve recordings of three clips each, those of one recording all but the same."""
    apart = sounds(RECORDINGS, 2.0, 1).repeat_interleave(EACH, 0)
    clips = apart + 1e-3 * sounds(RECORDINGS * EACH, 0.0, 2)
    return place_of(clips, np.repeat(np.arange(RECORDINGS), EACH), sounds(40, 0.0, 3))


def certainty(known: FamiliarPlace, heard: Tensor) -> Tensor:
    taught = heads(of_place=len(known.sounds))
    taught.place.copy_(known.sounds)
    taught.place_odds.copy_(known.odds)
    return taught.certainty(taught.read(heard))


def test_another_recording_of_the_place_is_known_and_a_sound_of_elsewhere_is_not(known: FamiliarPlace) -> None:
    assert float((certainty(known, sounds(20, 2.0, 4)) >= SURE).float().mean()) >= 0.8
    assert float((certainty(known, sounds(20, 0.0, 5)) >= SURE).float().mean()) <= 0.1


def test_what_is_told_of_it_is_measured_from_other_recordings(known: FamiliarPlace) -> None:
    # From its own recording every clip is a thousandth away: then nothing further off would be sure.
    assert known.sure[0] == 0.0 and known.sure[1] >= 0.8
    assert known.sure_of_unknown[0] == 0.0 and known.sure_of_unknown[1] <= 0.1
    assert float(certainty(known, known.sounds).min()) >= SURE


def test_a_place_whose_sounds_are_no_more_alike_than_any_makes_nothing_surer() -> None:
    place = place_of(sounds(40, 0.0, 9), np.arange(40), sounds(60, 0.0, 10))
    assert place.sure_of_unknown[1] <= MOST_UNKNOWN + 0.02
    assert float((certainty(place, sounds(60, 0.0, 11)) >= SURE).float().mean()) <= 2 * MOST_UNKNOWN


def test_heads_that_know_no_place_are_as_sure_as_before() -> None:
    plain, heard = heads(), sounds(4, 2.0, 6)
    assert plain.read(heard).from_place is None
    torch.testing.assert_close(plain.certainty(plain.read(heard)), torch.full((4,), 1.0 / (1.0 + np.exp(9.0))))


def test_of_many_clips_some_are_kept_evenly_spread() -> None:
    clips = sounds(600, 2.0, 7)
    kept = place_of(clips, np.arange(600), sounds(20, 0.0, 8)).sounds
    assert len(kept) == 512
    assert torch.equal(kept[0], clips[0]) and torch.equal(kept[-1], clips[-1])
