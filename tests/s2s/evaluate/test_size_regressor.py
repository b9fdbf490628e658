"""The ruler reads sizes of things that it never saw, and ranks them within their class."""

import numpy as np
import pytest

from s2s.evaluate.size_regressor import ranks_within, train_size_regressor, true_sizes
from s2s.metrics.scores import mean_rank_correlation
from s2s.world.painter import Painter
from s2s.world.takes import WorldCounts, WorldTakes

NUM, PX, NUM_SCENES = 96, 64, 2


@pytest.fixture(scope="module")
def data() -> WorldTakes:
    counts = WorldCounts(NUM, 0, PX, num_scenes=NUM_SCENES)
    with Painter(PX) as painter:
        pictures = painter.paint([counts.state(take) for take in range(NUM)])
    return WorldTakes(counts, pictures, np.empty((0, 160_000), np.int16))


def test_ranks_run_from_nothing_to_one_within_each_class() -> None:
    ranks = ranks_within(np.array([0.3, 0.01, 0.1, 0.02, 0.2, 0.03]), np.array([0, 1, 0, 1, 0, 1]))
    assert ranks.tolist() == [1.0, 0.0, 0.0, 0.5, 0.5, 1.0]


@pytest.mark.gl
def test_what_is_nearer_is_truly_larger(data: WorldTakes) -> None:
    takes = np.arange(NUM)
    nearness = np.array([data.counts.state(int(take)).nearness for take in takes])
    assert mean_rank_correlation(true_sizes(data, takes), nearness, data.scenes) > 0.7


@pytest.mark.gl
@pytest.mark.heavy
@pytest.mark.slow
def test_a_ruler_reads_what_it_was_taught(data: WorldTakes) -> None:
    takes = np.arange(NUM)
    size_regressor = train_size_regressor(data, takes, steps=25)
    read = size_regressor.read(data.pictures, data.scenes)
    assert mean_rank_correlation(read, true_sizes(data, takes), data.scenes) > 0.6
