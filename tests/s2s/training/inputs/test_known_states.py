"""What is known of remembered moments: their states, and the line by which a sound tells how near its thing is."""

import pytest
import torch
import torch.nn.functional as F
from scipy.stats import spearmanr

from s2s.models.memory_generator import STATES
from s2s.training.inputs.known_states import nearness_line, states_of
from s2s.world.takes import WorldCounts


def test_states_are_those_of_the_worlds_takes() -> None:
    counts = WorldCounts(40, 0, first_seed=7)
    states = states_of(counts)
    assert STATES == ("nearness", "hour") and states.shape == (40, 2)
    assert states[30].tolist() == pytest.approx([counts.state(30).nearness, counts.state(30).hour / 24.0])


def test_the_line_finds_what_a_sound_tells_of_nearness_and_spreads_as_far() -> None:
    torch.manual_seed(0)
    nearness, direction = torch.rand(600), F.normalize(torch.randn(32), dim=0)
    h = F.normalize(torch.randn(600, 32) * 0.1 + nearness[:, None] * direction, dim=1)
    line = nearness_line(h[:400], nearness[:400])
    found = h[400:] @ line[:-1] + line[-1]
    assert spearmanr(found, nearness[400:])[0] > 0.9
    assert float(found.std()) == pytest.approx(float(nearness.std()), rel=0.15)
    assert float(found.mean()) == pytest.approx(0.5, abs=0.05)
