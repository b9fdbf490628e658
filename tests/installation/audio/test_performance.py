"""The built-in performance, read as the capture process reads it but as fast as it can be made."""

from collections.abc import Callable, Iterator
from itertools import groupby

import numpy as np
import pytest
from numpy.typing import NDArray

from installation.audio import performance
from installation.audio.performance import FADE_S, HEADROOM, Performance, Score, render
from s2s.world.state import SCENES, SceneState

pytestmark = pytest.mark.heavy

RATE_HZ = 8_000  # half the show's: half the work, the same joins
Open = Callable[[int], Performance]


@pytest.fixture
def opened(monkeypatch: pytest.MonkeyPatch) -> Iterator[Open]:
    """Return performances of short scenes, all closed in the end."""
    monkeypatch.setattr(performance, "SCENE_S", (7.0, 9.0))
    monkeypatch.setattr(performance, "OPENING_S", 7.0)
    all_opened: list[Performance] = []

    def open_one(seed: int) -> Performance:
        all_opened.append(Performance(seed, RATE_HZ))
        return all_opened[-1]

    yield open_one
    for one in all_opened:
        one.close()


def test_one_seed_gives_one_performance_and_another_seed_another(opened: Open) -> None:
    first, again, other = (opened(seed).read(20 * RATE_HZ) for seed in (3, 3, 4))
    np.testing.assert_array_equal(first, again)
    assert not np.array_equal(first, other)


def test_the_size_of_the_blocks_does_not_matter(opened: Open) -> None:
    whole = opened(5).read(15 * RATE_HZ)
    piecewise = opened(5)
    sizes = [100, 1, 0, 160, 8_000, 4_321]
    blocks = [piecewise.read(size) for _ in range(15 * RATE_HZ // sum(sizes)) for size in sizes]
    heard = np.concatenate(blocks)
    assert heard.size > 14 * RATE_HZ - sum(sizes)
    np.testing.assert_array_equal(heard, whole[: heard.size])


def test_scenes_change_and_none_follows_itself(opened: Open) -> None:
    show = opened(1)
    names = []
    for _ in range(100):
        show.read(RATE_HZ)
        names.append(show.scene)
    runs = [(name, len(list(seconds))) for name, seconds in groupby(names)]
    changes = [name for name, _ in runs]
    assert set(changes) <= set(SCENES)
    assert len(changes) >= 10
    assert len(set(changes[:16])) == len(changes[:16]), "every scene sounds before one returns"
    assert max(seconds for _, seconds in runs) <= 9, "no scene outlasts its length"


def test_the_level_stays_within_bounds_and_never_falls_silent(opened: Open) -> None:
    heard = opened(2).read(60 * RATE_HZ)
    assert heard.dtype == np.float32
    assert np.isfinite(heard).all()
    assert np.abs(heard).max() <= 1.0
    seconds_db = 20 * np.log10(np.sqrt(np.mean(heard.reshape(-1, RATE_HZ).astype(np.float64) ** 2, axis=1)))
    assert seconds_db.max() < -6.0
    assert np.median(seconds_db) > -40.0
    assert seconds_db.min() > -80.0


def test_a_scene_enters_and_leaves_without_a_click() -> None:
    state = SceneState("rain", 1, 0.4, 12.0)
    score = Score(state, SceneState("rain", 1, 0.9, 12.0), 8.0, (0.2, 1.0, 0.4, 0.6))
    scene = render(score, RATE_HZ)
    edge, fade = RATE_HZ // 100, round(FADE_S * RATE_HZ)
    body = np.abs(scene[fade:-fade])
    assert np.abs(scene).max() <= HEADROOM
    assert np.abs(scene[:edge]).max() < 0.02 * body.max()
    assert np.abs(scene[-edge:]).max() < 0.02 * body.max()


def test_the_mix_follows_the_approach_from_far_to_near() -> None:
    far, near = SceneState("sea", 1, 0.2, 12.0), SceneState("sea", 1, 0.95, 12.0)
    away, close = (render(Score(far, near, 8.0, (share, share)), RATE_HZ) for share in (0.0, 1.0))
    assert np.std(close) > 4 * np.std(away)


def test_two_scenes_cross_at_steady_power(opened: Open, monkeypatch: pytest.MonkeyPatch) -> None:
    def hiss(state: SceneState, *, duration_s: float, sample_rate_hz: int) -> NDArray[np.float32]:
        rng = np.random.default_rng(state.seed)
        return 0.2 * rng.standard_normal(round(duration_s * sample_rate_hz), np.float32)

    monkeypatch.setattr(performance, "synthesize", hiss)
    show = opened(9)
    show.read(3 * RATE_HZ)  # past the first entrance
    heard = show.read(20 * RATE_HZ)
    power = np.mean(heard.reshape(-1, RATE_HZ // 4).astype(np.float64) ** 2, axis=1)
    assert power.max() / power.min() < 1.3


def test_a_negative_count_is_refused(opened: Open) -> None:
    with pytest.raises(ValueError, match="0 or more, got -1"):
        opened(0).read(-1)
