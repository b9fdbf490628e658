"""Objectives against values that can be worked out by hand."""

import math
from collections.abc import Callable

import pytest
import torch
from torch.testing import assert_close

from s2s.training.losses import objectives as losses


def test_embeddings_that_are_all_alike_cost_the_logarithm_of_the_batch() -> None:
    same = torch.ones(64, 8)
    assert float(losses.audio_visual_info_nce(same, same)) == pytest.approx(math.log(64), abs=1e-5)


def test_perfect_pairs_with_orthogonal_negatives_cost_what_the_published_loss_says() -> None:
    eye = torch.eye(64)
    assert float(losses.audio_visual_info_nce(eye, eye)) == pytest.approx(2.792, abs=1e-3)


def test_the_loss_forgets_the_length_of_embeddings() -> None:
    audio, image = torch.rand(8, 16), torch.rand(8, 16)
    assert_close(losses.audio_visual_info_nce(audio, image), losses.audio_visual_info_nce(7 * audio, image / 3))


def test_the_loss_is_symmetric_in_sound_and_picture() -> None:
    audio, image = torch.rand(8, 16), torch.rand(8, 16)
    assert_close(losses.audio_visual_info_nce(audio, image), losses.audio_visual_info_nce(image, audio))


def test_a_low_temperature_widens_the_range() -> None:
    eye = torch.eye(64)
    assert float(losses.audio_visual_info_nce(eye, eye, 0.1)) < 0.01


def test_the_loss_has_a_finite_slope_where_pairs_agree() -> None:
    audio = torch.eye(4, requires_grad=True)
    losses.audio_visual_info_nce(audio, torch.eye(4), 0.1).backward()
    assert audio.grad is not None
    assert bool(torch.isfinite(audio.grad).all())


def test_cosines_that_are_all_alike_cost_the_logarithm_of_the_batch() -> None:
    same = torch.ones(64, 8)
    assert float(losses.cosine_info_nce(same, same)) == pytest.approx(math.log(64), abs=1e-5)


def test_perfect_pairs_with_orthogonal_negatives_cost_by_cosines_what_the_definition_says() -> None:
    eye = torch.eye(64)
    wanted = math.log(1 + 63 * math.exp(-1))
    assert float(losses.cosine_info_nce(eye, eye)) == pytest.approx(wanted, abs=1e-4)
    assert float(losses.cosine_info_nce(eye, eye, 0.1)) == pytest.approx(math.log1p(63 * math.exp(-10)), abs=1e-4)


def test_the_cosine_loss_forgets_length_and_is_symmetric() -> None:
    audio, image = torch.rand(8, 16), torch.rand(8, 16)
    loss = losses.cosine_info_nce(audio, image, 0.5)
    assert_close(loss, losses.cosine_info_nce(7 * audio, image / 3, 0.5))
    assert_close(loss, losses.cosine_info_nce(image, audio, 0.5))


def test_the_cosine_loss_of_two_pairs_is_what_a_hand_works_out() -> None:
    audio, image = torch.tensor([[1.0, 0.0], [0.0, 2.0]]), torch.tensor([[3.0, 4.0], [0.0, 1.0]])
    # Cosines by row: 0.6, 0 and 0.8, 1.
    rows = math.log(1 + math.exp(0.0 - 0.6)) + math.log(1 + math.exp(0.8 - 1.0))
    columns = math.log(1 + math.exp(0.8 - 0.6)) + math.log(1 + math.exp(0.0 - 1.0))
    assert float(losses.cosine_info_nce(audio, image)) == pytest.approx((rows + columns) / 4, abs=1e-6)


@pytest.mark.parametrize("loss", [losses.audio_visual_info_nce, losses.cosine_info_nce])
def test_an_embedding_that_died_has_a_finite_loss_and_slope(loss: Callable[..., torch.Tensor]) -> None:
    audio = torch.zeros(4, 8, requires_grad=True)
    value = loss(audio, torch.eye(4, 8), 0.1)
    value.backward()
    assert bool(torch.isfinite(value)) and audio.grad is not None
    assert bool(torch.isfinite(audio.grad).all())


def test_views_that_are_all_alike_cost_the_logarithm_of_the_other_views() -> None:
    same = torch.ones(8, 4)
    assert float(losses.nt_xent(same, same)) == pytest.approx(math.log(15), abs=1e-5)


def test_partners_cost_less_than_strangers() -> None:
    one, other = torch.eye(8), torch.eye(8).roll(1, dims=0)
    assert float(losses.nt_xent(one, one)) < float(losses.nt_xent(one, other))


def test_the_hinge_is_silent_once_real_and_fake_are_one_apart_from_zero() -> None:
    real, fake = [torch.full((2, 3, 3), 1.5)], [torch.full((2, 3, 3), -2.0)]
    assert float(losses.hinge_discriminator(real, fake)) == 0
    assert float(losses.hinge_discriminator(fake, real)) == pytest.approx(3.0 + 2.5)
    assert float(losses.hinge_generator(fake)) == 2


def test_the_divergence_is_nothing_for_standard_noise_and_known_for_a_shift() -> None:
    zero = torch.zeros(2, 3)
    assert float(losses.kl_to_standard_normal(zero, zero)) == 0
    assert float(losses.kl_to_standard_normal(zero + 2, zero)) == pytest.approx(3 * 2.0)


def test_feature_distance_ignores_scale_and_sees_direction() -> None:
    maps = [torch.rand(2, 4, 3, 3)]
    assert float(losses.feature_distance(maps, [5 * maps[0]])) == pytest.approx(0, abs=1e-6)
    assert float(losses.feature_distance(maps, [-maps[0]])) == pytest.approx(4, abs=1e-4)
