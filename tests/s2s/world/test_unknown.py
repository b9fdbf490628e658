"""Sounds of no scene: what every kind keeps to, and that no kind is one sound over and over."""

import numpy as np
import pytest

from s2s.world.sounds import UNKNOWN_KINDS, synthesize_unknown
from s2s.world.state import SCENES


def level_dbfs(sound: np.ndarray) -> float:
    return float(10 * np.log10(np.mean(np.square(sound, dtype=np.float64))))


def test_no_kind_bears_the_name_of_a_scene() -> None:
    assert len(UNKNOWN_KINDS) == 8
    assert not set(UNKNOWN_KINDS) & set(SCENES)


@pytest.mark.parametrize("kind", UNKNOWN_KINDS)
@pytest.mark.parametrize(("duration_s", "rate_hz"), [(1.3, 16_000), (0.0721, 4_000), (0.3, 48_000)])
def test_every_kind_has_the_length_asked_for_and_stays_within_bounds(
    kind: str, duration_s: float, rate_hz: int
) -> None:
    for seed in range(4):
        sound = synthesize_unknown(seed, kind=kind, duration_s=duration_s, sample_rate_hz=rate_hz)
        assert sound.shape == (round(duration_s * rate_hz),)
        assert sound.dtype == np.float32
        assert np.isfinite(sound).all()
        assert np.abs(sound).max() <= 1.0
        assert sound.any()


@pytest.mark.parametrize("kind", UNKNOWN_KINDS)
def test_one_seed_gives_one_sound_and_another_seed_another(kind: str) -> None:
    first, again, other = (synthesize_unknown(seed, kind=kind, duration_s=1.0) for seed in (7, 7, 8))
    np.testing.assert_array_equal(first, again)
    assert abs(np.corrcoef(first, other)[0, 1]) < 0.5


def test_the_kinds_take_turns_by_seed() -> None:
    for seed in range(16, 16 + len(UNKNOWN_KINDS)):
        named = synthesize_unknown(seed, kind=UNKNOWN_KINDS[seed % len(UNKNOWN_KINDS)], duration_s=0.2)
        np.testing.assert_array_equal(synthesize_unknown(seed, duration_s=0.2), named)


@pytest.mark.parametrize("kind", [kind for kind in UNKNOWN_KINDS if kind != "room_tone"])
def test_every_kind_is_heard_from_far_and_from_near(kind: str) -> None:
    levels_dbfs = [level_dbfs(synthesize_unknown(seed, kind=kind, duration_s=2.0)) for seed in range(8)]
    assert min(levels_dbfs) > -65.0  # of events the loud moments are at -42 or more, the whole lies below them
    assert max(levels_dbfs) < -8.0
    assert max(levels_dbfs) - min(levels_dbfs) > 6.0


def test_a_room_tone_is_faint() -> None:
    for seed in range(8):
        assert -70.1 < level_dbfs(synthesize_unknown(seed, kind="room_tone", duration_s=1.0)) < -44.9


def test_a_kind_that_is_not_there_is_refused_by_naming_those_that_are() -> None:
    with pytest.raises(ValueError, match=r"speech, cry_or_laugh, music, .*; got 'rain'"):
        synthesize_unknown(0, kind="rain")


@pytest.mark.parametrize(("duration_s", "rate_hz"), [(0.0, 16_000), (1.0, 3_999)])
def test_a_length_or_rate_that_no_sound_has_is_refused(duration_s: float, rate_hz: int) -> None:
    with pytest.raises(ValueError, match="must"):
        synthesize_unknown(0, duration_s=duration_s, sample_rate_hz=rate_hz)
