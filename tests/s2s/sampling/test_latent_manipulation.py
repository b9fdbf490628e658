"""Section 5.2 as arithmetic: what holds for any embeddings, however the model sees and hears."""

import pytest
import torch
from hypothesis import given, settings
from hypothesis import strategies as st
from torch import Tensor

from s2s.sampling.embed import unit
from s2s.sampling.manipulate import blend, edit
from tests.rounding import rounding

AMOUNTS = st.floats(-3, 3, allow_nan=False, width=32)
SHARES = st.floats(0, 1, allow_nan=False, width=32)
SEEDS = st.integers(0, 2**31)
PATIENT = settings(max_examples=50, deadline=None)
SIZES = st.integers(2, 300)


def some(seed: int, size: int, rows: int = 1) -> Tensor:
    return unit(torch.randn(rows, size, generator=torch.Generator().manual_seed(seed)))


@given(SEEDS, SIZES)
@PATIENT
def test_a_blend_ends_at_exactly_the_sound_and_exactly_the_image(seed: int, size: int) -> None:
    image, sound = some(seed, size), some(seed + 1, size)
    assert torch.equal(blend(image, sound, 0.0), sound)
    assert torch.equal(blend(image, sound, 1.0), image)


@given(SEEDS, SIZES, SHARES)
@PATIENT
def test_a_blend_is_of_unit_length_and_no_farther_from_either_than_they_are_apart(
    seed: int, size: int, amount: float
) -> None:
    image, sound = some(seed, size), some(seed + 1, size)
    if float(image @ sound.T) < -0.99:  # next to cancelling, where the direction is rounding
        return
    found = blend(image, sound, amount)
    assert abs(float(found.norm()) - 1.0) < 1e-6
    apart = float((image - sound).norm()) + 1e-5
    assert float((found - image).norm()) <= apart
    assert float((found - sound).norm()) <= apart


def test_a_blend_half_way_lies_in_the_middle() -> None:
    image, sound = torch.eye(4)[:1], torch.eye(4)[1:2]
    assert torch.allclose(blend(image, sound, 0.5), torch.tensor([[0.5**0.5, 0.5**0.5, 0.0, 0.0]]))


@given(SEEDS, SIZES, AMOUNTS)
@PATIENT
def test_an_edit_with_equal_sounds_is_the_image_itself(seed: int, size: int, amount: float) -> None:
    image, sound = some(seed, size), some(seed + 1, size)
    assert torch.equal(edit(image, sound, sound, amount), image)


@given(SEEDS, SIZES)
@PATIENT
def test_an_edit_by_nothing_is_the_image_itself(seed: int, size: int) -> None:
    image, louder, quieter = some(seed, size), some(seed + 1, size), some(seed + 2, size)
    assert torch.equal(edit(image, louder, quieter, 0.0), image)


@given(SEEDS, AMOUNTS)
@PATIENT
def test_an_edit_is_of_unit_length_and_turns_round_with_its_sounds(seed: int, amount: float) -> None:
    image, louder, quieter = some(seed, 64), some(seed + 1, 64), some(seed + 2, 64)
    found = edit(image, louder, quieter, amount)
    assert abs(float(found.norm()) - 1.0) < 1e-6
    assert torch.allclose(found, edit(image, quieter, louder, -amount), atol=1e-6)


def test_an_edit_goes_towards_the_louder_sound_and_back() -> None:
    image, louder, quieter = torch.eye(4)[:1], torch.eye(4)[1:2], torch.eye(4)[2:3]
    assert float(edit(image, louder, quieter, 1.0) @ louder.T) > 0.5
    assert float(edit(image, louder, quieter, -1.0) @ louder.T) < -0.5


@pytest.mark.parametrize("amount", [0.0, 0.3, 1.0])
def test_one_image_serves_many_sounds_and_one_sound_many_images(amount: float) -> None:
    one, many = some(1, 16), some(2, 16, rows=5)
    assert blend(one, many, amount).shape == blend(many, one, amount).shape == (5, 16)
    torch.testing.assert_close(blend(one, many, amount)[3:4], blend(one, many[3:4], amount), **rounding())


@pytest.mark.parametrize("amount", [0.0, -0.7, 2.0])
def test_one_image_takes_many_edits_and_those_by_equal_sounds_leave_it_alone(amount: float) -> None:
    image, louder, quieter = some(1, 16), some(2, 16, rows=5), some(3, 16, rows=5)
    quieter[2] = louder[2]
    found = edit(image, louder, quieter, amount)
    assert found.shape == (5, 16)
    assert torch.equal(found[2], image[0])
    torch.testing.assert_close(found[4:5], edit(image, louder[4:5], quieter[4:5], amount), **rounding())


def test_what_is_given_is_never_changed() -> None:
    image, sound = some(1, 8), some(2, 8)
    before = image.clone(), sound.clone()
    for found in (blend(image, sound, 1.0), blend(image, sound, 0.0), edit(image, sound, sound, 1.0)):
        found.zero_()
    assert torch.equal(image, before[0])
    assert torch.equal(sound, before[1])


@pytest.mark.parametrize("amount", [-0.01, 1.01, float("nan"), float("inf")])
def test_a_blend_outside_0_to_1_is_refused(amount: float) -> None:
    with pytest.raises(ValueError, match=r"0\.\.1"):
        blend(some(1, 4), some(2, 4), amount)


@pytest.mark.parametrize("amount", [float("nan"), float("inf"), -float("inf")])
def test_an_edit_without_measure_is_refused(amount: float) -> None:
    with pytest.raises(ValueError, match="finite"):
        edit(some(1, 4), some(2, 4), some(3, 4), amount)


def test_what_cancels_out_has_no_direction_and_is_refused() -> None:
    h = torch.eye(4)[:1]
    with pytest.raises(ValueError, match="no direction"):
        blend(h, -h, 0.5)
    with pytest.raises(ValueError, match="no direction"):
        edit(h, -h, torch.zeros(1, 4), 1.0)
