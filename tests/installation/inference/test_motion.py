from itertools import pairwise

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from installation.inference.motion import Anchors, Motion, WanderingNoise, blend, edited, slerp, unit
from installation.parameters import DEFAULTS
from installation.values import Controls, Latent

H_DIM, Z_DIM = 64, 32
NO_ANCHOR = Anchors()


def direction(seed: int) -> np.ndarray:
    return unit(np.abs(np.random.default_rng(seed).standard_normal(H_DIM)).astype(np.float32))


def controls(**values: float | bool) -> Controls:
    return Controls({**DEFAULTS, **{f"/latent/{name}": value for name, value in values.items()}})


def travel(fps: int, duration_s: float, **values: float | bool) -> Latent:
    motion = Motion(H_DIM, Z_DIM, seed=3)
    motion.aim(direction(0))
    motion.advance(0.0, controls(**values), NO_ANCHOR)
    motion.aim(direction(1))
    for step in range(1, round(fps * duration_s) + 1):
        latent = motion.advance(step / fps, controls(**values), NO_ANCHOR)
    return latent


def test_the_path_is_the_same_at_30_and_144_hertz() -> None:
    slow, fast = travel(30, 1.5, glide=2.0, drift=0.6), travel(144, 1.5, glide=2.0, drift=0.6)
    np.testing.assert_allclose(slow.h, fast.h, atol=2e-5)
    np.testing.assert_allclose(slow.z, fast.z, atol=1e-5)


def test_after_one_time_constant_63_percent_of_the_angle_is_done() -> None:
    start, end = direction(0), direction(1)
    whole = np.arccos(np.dot(start, end))
    left = np.arccos(np.clip(np.dot(travel(60, 2.0, glide=2.0).h, end), -1, 1))
    assert left / whole == pytest.approx(np.exp(-1.0), abs=1e-3)


@pytest.mark.parametrize("remembered", [False, True])
def test_the_first_sound_is_shown_at_once_and_a_memory_is_gone_to(remembered: bool) -> None:
    motion = Motion(H_DIM, Z_DIM, seed=3, start=direction(0))
    motion.aim(direction(1), remembered=remembered)
    first = motion.advance(0.0, controls(), NO_ANCHOR)
    np.testing.assert_array_equal(first.h, direction(0 if remembered else 1))
    later = motion.advance(60.0, controls(), NO_ANCHOR)
    np.testing.assert_allclose(later.h, direction(1), atol=1e-3)


def test_no_glide_arrives_at_once_and_exactly() -> None:
    np.testing.assert_array_equal(travel(60, 0.1, glide=0.0).h, direction(1))


def test_hold_stops_both_the_feature_and_the_noise() -> None:
    motion = Motion(H_DIM, Z_DIM, seed=3)
    motion.aim(direction(0))
    before = motion.advance(0.0, controls(hold=True, drift=1.0), NO_ANCHOR)
    motion.aim(direction(1))
    after = motion.advance(5.0, controls(hold=True, drift=1.0), NO_ANCHOR)
    np.testing.assert_array_equal(before.h, after.h)
    np.testing.assert_array_equal(before.z, after.z)


def test_without_drift_the_noise_stands_and_with_it_the_noise_wanders_smoothly() -> None:
    noise = WanderingNoise(Z_DIM, seed=1)
    steps = [float(np.linalg.norm(noise.at(t + 0.01) - noise.at(t))) for t in np.arange(0.0, 60.0, 0.5)]
    assert max(steps) < 0.1 * np.sqrt(Z_DIM)
    assert float(np.linalg.norm(noise.at(10.0) - noise.at(0.0))) > 1.0


def test_the_noise_is_standard_normal_at_any_time() -> None:
    noise = WanderingNoise(2000, seed=1)
    for phase_s in (0.0, 3.3, 1e4):
        z = noise.at(phase_s)
        assert abs(float(z.mean())) < 0.1 and float(z.std()) == pytest.approx(1.0, abs=0.08)


def test_truncation_scales_the_noise() -> None:
    whole, half = travel(60, 0.5, truncation=1.0), travel(60, 0.5, truncation=0.5)
    np.testing.assert_allclose(half.z, 0.5 * whole.z, atol=1e-6)


def test_blend_ends_are_exact_and_its_middle_is_the_papers() -> None:
    sound, image = direction(5), direction(6)
    assert blend(sound, image, 0.0) is sound and blend(sound, image, 1.0) is image
    expected = 0.3 * image + 0.7 * sound
    np.testing.assert_allclose(blend(sound, image, 0.3), expected / np.linalg.norm(expected), atol=1e-6)


def test_blend_reaches_the_latent_through_the_controls() -> None:
    motion = Motion(H_DIM, Z_DIM, seed=3)
    motion.aim(direction(0))
    latent = motion.advance(0.0, controls(blend=1.0), Anchors(image=direction(9)))
    np.testing.assert_array_equal(latent.h, direction(9))


@given(st.integers(0, 10_000), st.integers(0, 10_000), st.floats(0, 1))
def test_slerp_stays_on_the_sphere(a: int, b: int, fraction: float) -> None:
    assert np.linalg.norm(slerp(direction(a), direction(b), fraction)) == pytest.approx(1.0, abs=1e-5)


def test_slerp_between_opposites_takes_one_way_always_the_same() -> None:
    start = direction(2)
    middle = slerp(start, -start, 0.5)
    assert abs(float(np.dot(middle, start))) < 1e-5
    np.testing.assert_array_equal(middle, slerp(start, -start, 0.5))


@pytest.mark.parametrize("bad", [np.zeros(4), np.full(4, np.nan), np.full(4, np.inf)])
def test_a_vector_without_direction_is_refused(bad: np.ndarray) -> None:
    with pytest.raises(ValueError, match="finite length above 0"):
        unit(bad.astype(np.float32))


def noise_vector(seed: int) -> np.ndarray:
    return np.random.default_rng(seed).standard_normal(Z_DIM).astype(np.float32)


def settled(anchors: Anchors, volume_direction: np.ndarray | None = None, **values: float | bool) -> Latent:
    """Return the latent long after sound 0 and `anchors` arrived."""
    motion = Motion(H_DIM, Z_DIM, seed=3)
    for second in range(60):
        motion.aim(direction(0), volume_direction)
        latent = motion.advance(float(second), controls(**values), anchors)
    return latent


def test_at_full_blend_the_picture_is_the_inverted_image_noise_and_all() -> None:
    latent = settled(Anchors(direction(9), noise_vector(9)), blend=1.0, drift=1.0)
    np.testing.assert_array_equal(latent.h, direction(9))
    np.testing.assert_array_equal(latent.z, noise_vector(9))


def test_without_blend_the_images_noise_is_not_seen() -> None:
    with_image, without = settled(Anchors(direction(9), noise_vector(9))), settled(NO_ANCHOR)
    np.testing.assert_array_equal(with_image.z, without.z)
    np.testing.assert_array_equal(with_image.h, without.h)


def test_halfway_the_noise_keeps_its_variance() -> None:
    wide = Motion(H_DIM, 4000, seed=1)
    image_noise = np.random.default_rng(4).standard_normal(4000).astype(np.float32)
    latent = wide.advance(0.0, controls(blend=0.5), Anchors(direction(9), image_noise))
    assert float(latent.z.std()) == pytest.approx(1.0, abs=0.05)


def test_an_inversion_that_ends_while_the_image_is_shown_does_not_jump() -> None:
    motion = Motion(H_DIM, Z_DIM, seed=3)
    motion.aim(direction(0))
    showing = controls(blend=1.0, drift=0.0)
    placed = motion.advance(0.0, showing, Anchors(direction(8)))
    inverted = Anchors(direction(9), noise_vector(9))
    steps = [placed, *(motion.advance(tick / 60, showing, inverted) for tick in range(1, 1200))]
    moved = [float(np.linalg.norm(b.h - a.h)) for a, b in pairwise(steps)]
    turned = [float(np.linalg.norm(b.z - a.z)) for a, b in pairwise(steps)]
    assert max(moved) < 0.02 and max(turned) < 0.03 * np.linalg.norm(noise_vector(9))
    np.testing.assert_allclose(steps[-1].h, direction(9), atol=1e-4)
    np.testing.assert_allclose(steps[-1].z, noise_vector(9), atol=1e-3)


def test_the_edit_is_the_papers_at_full_blend() -> None:
    volume_direction = 0.3 * (direction(1) - direction(2))
    latent = settled(Anchors(direction(9), noise_vector(9)), volume_direction, blend=1.0, edit=-1.5, glide=0.0)
    expected = direction(9) - 1.5 * volume_direction
    np.testing.assert_allclose(latent.h, expected / np.linalg.norm(expected), atol=1e-6)
    np.testing.assert_array_equal(latent.z, noise_vector(9))


def test_the_edit_follows_the_sound_with_the_glide() -> None:
    motion = Motion(H_DIM, Z_DIM, seed=3)
    motion.aim(direction(0))
    motion.advance(0.0, controls(edit=1.0, glide=2.0), NO_ANCHOR)
    motion.aim(direction(0), direction(1) - direction(2))
    latent = motion.advance(2.0, controls(edit=1.0, glide=2.0), NO_ANCHOR)
    np.testing.assert_allclose(
        latent.h, edited(direction(0), direction(1) - direction(2), 1 - np.exp(-1.0)), rtol=0, atol=1e-6
    )


@given(st.integers(0, 10_000), st.floats(-2, 2))
def test_equal_volumes_or_no_amount_edit_nothing(seed: int, amount: float) -> None:
    here = direction(seed)
    assert edited(here, np.zeros_like(here), amount) is here
    assert edited(here, direction(seed + 1), 0.0) is here


def test_an_edit_that_cancels_the_image_out_leaves_it() -> None:
    np.testing.assert_array_equal(edited(direction(1), -direction(1), 1.0), direction(1))


def two(fps: int, then: np.ndarray | None, duration_s: float, slowness: float = 1.0) -> Latent:
    """Return the latent `duration_s` after a second thing has begun, or become another, or gone."""
    motion = Motion(H_DIM, Z_DIM, seed=3)
    motion.aim(direction(0), beside=direction(1))
    motion.advance(0.0, controls(glide=2.0), NO_ANCHOR)
    motion.aim(direction(0), beside=then, slowness=slowness)
    for step in range(1, round(fps * duration_s) + 1):
        latent = motion.advance(step / fps, controls(glide=2.0), NO_ANCHOR)
    return latent


@pytest.mark.parametrize("then", [None, direction(2)], ids=["goes", "becomes another"])
def test_a_second_thing_takes_the_same_path_at_30_and_144_hertz(then: np.ndarray | None) -> None:
    slow, fast = two(30, then, 1.5), two(144, then, 1.5)
    assert slow.beside is not None and fast.beside is not None
    np.testing.assert_allclose(slow.beside, fast.beside, atol=2e-5)
    assert slow.beside_weight == pytest.approx(fast.beside_weight, abs=1e-6)


def test_a_second_thing_that_goes_fades_where_it_is_with_the_glide() -> None:
    latent = two(60, None, 2.0)
    assert latent.beside is not None
    np.testing.assert_allclose(latent.beside, direction(1), atol=1e-6)
    assert latent.beside_weight == pytest.approx(np.exp(-1.0), abs=1e-4)


def test_what_has_faded_is_no_longer_there() -> None:
    latent = two(30, None, 20.0)
    assert latent.beside is None and latent.beside_weight == 0.0


def test_a_second_thing_comes_where_it_belongs_and_only_its_weight_grows() -> None:
    motion = Motion(H_DIM, Z_DIM, seed=3)
    motion.aim(direction(0))
    assert motion.advance(0.0, controls(glide=2.0), NO_ANCHOR).beside is None
    motion.aim(direction(0), beside=direction(1))
    latent = motion.advance(2.0, controls(glide=2.0), NO_ANCHOR)
    assert latent.beside is not None
    np.testing.assert_array_equal(latent.beside, direction(1))
    assert latent.beside_weight == pytest.approx(1.0 - np.exp(-1.0), abs=1e-6)


def test_while_it_is_seen_a_second_thing_glides_to_another() -> None:
    start, end = direction(1), direction(2)
    latent = two(60, end, 2.0)
    assert latent.beside is not None and latent.beside_weight == 1.0
    left = np.arccos(np.clip(np.dot(latent.beside, end), -1, 1)) / np.arccos(np.dot(start, end))
    assert left == pytest.approx(np.exp(-1.0), abs=1e-3)


def test_a_slow_aim_takes_so_many_times_the_glide() -> None:
    assert two(60, None, 2.0, slowness=4.0).beside_weight == pytest.approx(two(60, None, 0.5).beside_weight, abs=1e-6)


def test_hold_holds_the_second_thing_too() -> None:
    motion = Motion(H_DIM, Z_DIM, seed=3)
    motion.aim(direction(0), beside=direction(1))
    motion.advance(0.0, controls(), NO_ANCHOR)
    motion.aim(direction(0))
    assert motion.advance(9.0, controls(hold=True), NO_ANCHOR).beside_weight == 1.0


def test_nothing_is_laid_over_the_presets_image() -> None:
    motion = Motion(H_DIM, Z_DIM, seed=3)
    motion.aim(direction(0), beside=direction(1))
    half, whole = (motion.advance(0.0, controls(blend=amount), Anchors(direction(9))) for amount in (0.5, 1.0))
    assert half.beside_weight == 0.5 and whole.beside is None
