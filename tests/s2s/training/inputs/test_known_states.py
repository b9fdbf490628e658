"""What is known of remembered moments: their states, and the line by which a sound tells how near its thing is."""

import numpy as np
import pytest
import torch
import torch.nn.functional as F
from scipy.stats import spearmanr
from torch.testing import assert_close

from s2s.models.memory_generator import STATES
from s2s.training.inputs.known_states import even_ranks, nearness_line, states_of, warmth
from s2s.world.painter import Painter
from s2s.world.state import SCENES
from s2s.world.takes import WorldCounts


@pytest.mark.gl
def test_the_hour_is_that_of_the_worlds_takes_and_what_covers_more_looks_nearer() -> None:
    counts = WorldCounts(32, 0, first_seed=7, num_scenes=2)
    pictures = np.random.default_rng(0).integers(0, 256, (counts.num_pictures, 8, 8, 3), np.uint8)
    states = states_of(counts, pictures)
    assert STATES == ("nearness", "hour", "warmth") and states.shape == (counts.num_pictures, 3)
    takes = [counts.state(index) for index in range(counts.num_pictures)]
    assert_close(states[:, 1], torch.tensor([take.hour / 24.0 for take in takes]))
    with Painter(72) as painter:
        covered = [shares[0] for shares in painter.coverage([(take,) for take in takes])]
    for scene in (0, 1):
        assert spearmanr(states[scene::2, 0], covered[scene::2])[0] > 0.9, SCENES[scene]
        assert spearmanr(states[scene::2, 2], warmth(pictures)[scene::2])[0] > 0.99, SCENES[scene]


def test_gold_is_warm_ice_is_cool_and_grey_is_neither_by_day_or_night() -> None:
    colours = np.array([[230, 170, 60], [60, 120, 230], [128, 128, 128], [3, 3, 3], [115, 85, 30]], np.uint8)
    gold, ice, grey, night, dim_gold = warmth(np.broadcast_to(colours[:, None, None], (5, 16, 32, 3)))
    assert ice < 0.0 == grey == night < dim_gold
    assert dim_gold == pytest.approx(gold, rel=0.1)


def test_ranks_are_spread_evenly_within_a_scene_and_equals_share_theirs() -> None:
    ranks = even_ranks(np.array([0.5, 0.01, 0.1, 0.02, 0.1, 0.9]), np.array([0, 1, 0, 1, 0, 0]))
    assert ranks.tolist() == pytest.approx([0.625, 0.25, 0.25, 0.75, 0.25, 0.875])


def test_the_line_finds_what_a_sound_tells_of_nearness_and_spreads_two_thirds_as_far() -> None:
    torch.manual_seed(0)
    nearness, direction = torch.rand(600), F.normalize(torch.randn(32), dim=0)
    h = F.normalize(torch.randn(600, 32) * 0.1 + nearness[:, None] * direction, dim=1)
    line = nearness_line(h[:400], nearness[:400])
    found = h[400:] @ line[:-1] + line[-1]
    assert spearmanr(found, nearness[400:])[0] > 0.9
    assert float(found.std()) == pytest.approx(2 / 3 * float(nearness.std()), rel=0.15)
    assert float(found.mean()) == pytest.approx(0.5, abs=0.05)
