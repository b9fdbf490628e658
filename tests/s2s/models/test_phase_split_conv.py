"""Convolutions with fewer multiplications, and the products they are made of: equal to torch's own."""

import pytest
import torch
import torch.nn.functional as F
from torch import Tensor
from torch.testing import assert_close

from s2s.models import packed_matmul, phase_split_conv
from s2s.models.packed_matmul import packed, product
from s2s.models.phase_split_conv import DoubledConv, PhaseConv


def values(*shape: int, seed: int) -> Tensor:
    return torch.randn(*shape, generator=torch.Generator().manual_seed(seed))


def channels_first(x: Tensor) -> Tensor:
    return x.permute(0, 3, 1, 2)


def framed(x: Tensor) -> Tensor:
    return F.pad(x, (0, 0, 1, 1, 1, 1))


def whole(parts: Tensor) -> Tensor:
    """The picture [b, 2h, 2w, c] that the quarters hold."""
    _, _, b, h, w, c = parts.shape
    picture = parts.new_empty(b, 2 * h - 2, 2 * w - 2, c)
    for r in (0, 1):
        for s in (0, 1):
            picture[:, r::2, s::2] = parts[r, s, :, r : r + h - 1, s : s + w - 1]
    return picture


def quartered(picture: Tensor) -> Tensor:
    """The quarters of a picture [b, 2h, 2w, c], with their padding."""
    rows = [F.pad(picture[:, 0::2], (0, 0, 0, 0, 0, 1)), F.pad(picture[:, 1::2], (0, 0, 0, 0, 1, 0))]
    places = [[F.pad(row[:, :, 0::2], (0, 0, 0, 1)), F.pad(row[:, :, 1::2], (0, 0, 1, 0))] for row in rows]
    return torch.stack([torch.stack(row) for row in places])


@pytest.fixture(params=[True, False], ids=["onednn", "plain"])
def _with_and_without_onednn(request: pytest.FixtureRequest, monkeypatch: pytest.MonkeyPatch) -> None:
    if not request.param:
        monkeypatch.setattr(packed_matmul, "_has_onednn", lambda: False)


@pytest.fixture(params=[1, 60, 1 << 40], ids=["row by row", "strips", "whole"])
def _in_strips(request: pytest.FixtureRequest, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(phase_split_conv, "_STRIP_VALUES", request.param)


@pytest.mark.usefixtures("_with_and_without_onednn")
@pytest.mark.parametrize("with_bias", [True, False])
@pytest.mark.parametrize("with_plus", [True, False])
def test_a_product_is_a_linear_layer(with_bias: bool, with_plus: bool) -> None:
    x, weight = values(2, 3, 5, 7, seed=0), values(4, 7, seed=1)
    bias = values(4, seed=2) if with_bias else None
    plus = values(2, 3, 5, 4, seed=3) if with_plus else None
    expected = F.linear(x, weight, bias) + (0 if plus is None else plus)
    before = None if plus is None else plus.clone()
    for order in (weight, packed(weight, 30)):
        assert_close(product(x, order, bias, plus), expected, rtol=0, atol=1e-5)
    assert plus is None or before is None or torch.equal(plus, before), "what is added must stay as it was"


@pytest.mark.usefixtures("_in_strips")
@pytest.mark.parametrize(("batch", "height", "width"), [(1, 4, 4), (2, 5, 3), (1, 1, 1)])
def test_nine_products_are_a_doubling_and_a_convolution(batch: int, height: int, width: int) -> None:
    x, weight = values(batch, height, width, 6, seed=0), values(5, 6, 3, 3, seed=1)
    scale, shift = values(batch, 1, 1, 5, seed=2), values(batch, 1, 1, 5, seed=3)
    doubled = F.interpolate(channels_first(x), scale_factor=2, mode="nearest")
    convolved = F.conv2d(doubled, weight, padding=1)
    expected = F.relu(convolved * channels_first(scale) + channels_first(shift))
    parts = DoubledConv(weight, height)(framed(x), scale, shift)
    assert_close(channels_first(whole(parts)), expected, rtol=0, atol=1e-4)
    assert torch.equal(parts, quartered(whole(parts))), "the padding is zero"


@pytest.mark.usefixtures("_in_strips")
@pytest.mark.parametrize(("batch", "height", "width"), [(1, 4, 4), (2, 5, 3), (1, 1, 1)])
def test_sixteen_products_are_a_convolution(batch: int, height: int, width: int) -> None:
    picture, weight = values(batch, 2 * height, 2 * width, 6, seed=0), values(5, 6, 3, 3, seed=1)
    plus = values(batch, height, width, 5, seed=2)
    doubled = F.interpolate(channels_first(plus), scale_factor=2, mode="nearest")
    expected = F.conv2d(channels_first(picture), weight, padding=1) + doubled
    ours = PhaseConv(weight, height)(quartered(picture), plus)
    assert_close(channels_first(ours), expected, rtol=0, atol=1e-4)
