"""The same pictures as `BigGanGenerator` for a third of the arithmetic: on a CPU, in float32, without gradients.

Made by `prepare_for_inference` and called by the generator's `forward`, in the calling thread. Activations are
[b, h, w, channels] throughout; the weights are copies, so a change of the generator's is not seen here.
"""

from typing import Final

import torch
import torch.nn.functional as F
from torch import Tensor, nn

from s2s.models.attention import Attention
from s2s.models.biggan import EPS, START_PX, BatchNorm, BigGanGenerator, ConditionalBatchNorm, UpBlock
from s2s.models.packed_matmul import packed, product
from s2s.models.phase_split_conv import DoubledConv, PhaseConv

_QUERIES: Final = 1024
"""Places that look at all others at a time: their 1024 × 1024 answers stay in the caches."""


def prepare_for_inference(generator: BigGanGenerator) -> None:
    """Make `generator` paint the same pictures in a fraction of the time, its weights fixed from now on.

    Folds the spectral norm and lays the weights out as convolutions read them. On a CPU also gives it a second form
    of them, about as large as the first, which paints wherever no gradient with respect to z or h is asked for.
    Raises ValueError in training mode.
    """
    generator.fold_spectral_norm()
    generator.requires_grad_(False)
    generator.to(memory_format=torch.channels_last)  # type: ignore[call-overload]  # torch's stubs know tensors only
    weight = generator.linear.weight
    if weight.device.type == "cpu" and weight.dtype == torch.float32:
        generator.inference_form = PreparedBigGan(generator)


class PreparedBigGan:
    """A folded generator in evaluation mode, ready to paint: G(z, h)."""

    @torch.no_grad()
    def __init__(self, generator: BigGanGenerator) -> None:
        self._shared, self._linear = generator.shared_feat, generator.linear
        self._piece_dim = generator.piece_dim
        self._blocks = [_Block(stage, START_PX << level) for level, stage in enumerate(generator.blocks)]
        norm, _, self._to_rgb = generator.output_layer
        self._scale, self._shift = _affine(norm)

    def __call__(self, z: Tensor, h: Tensor) -> Tensor:
        """[b, z_dim], [b, h_dim] -> pictures [b, 3, resolution, resolution]."""
        shared = self._shared(h)  # [b, shared]
        first, *pieces = torch.split(z, self._piece_dim, dim=1)
        x = self._linear(first).view(len(z), -1, START_PX, START_PX).permute(0, 2, 3, 1)
        for block, piece in zip(self._blocks, pieces, strict=True):
            x = block(x, torch.cat([shared, piece], dim=1))
        x = torch.addcmul(self._shift, x, self._scale).clamp_(min=0)
        rgb: Tensor = self._to_rgb(x.permute(0, 3, 1, 2))
        return rgb.tanh_().contiguous()


class _Block:
    """`UpBlock`, and the attention after it if there is one."""

    def __init__(self, stage: nn.Module, px: int) -> None:
        """`px` is the side before the doubling."""
        assert isinstance(stage, nn.ModuleList)
        block, *attention = stage
        assert isinstance(block, UpBlock)
        self._norms = _Norms(block)
        self._conv1 = DoubledConv(block.conv1.weight, px)
        self._conv2 = PhaseConv(block.conv2.weight, px)
        assert block.conv_sc.bias is not None and block.conv2.bias is not None
        self._shortcut = packed(block.conv_sc.weight.flatten(1), px * px)
        self._bias = block.conv_sc.bias + block.conv2.bias  # both are added to every place
        self._attention = [_Attention(module, 2 * px) for module in attention]

    def __call__(self, x: Tensor, condition: Tensor) -> Tensor:
        """[b, px, px, in], [b, condition] -> [b, 2 px, 2 px, out]."""
        scale1, shift1, scale2, shift2 = self._norms(condition)
        phases = self._conv1(_framed(x, scale1, shift1), scale2, shift2)
        x = self._conv2(phases, product(x, self._shortcut, self._bias))
        for attention in self._attention:
            x = attention(x)
        return x


class _Norms:
    """Both conditional batch norms of a block as scales and shifts, all of them from one matrix product.

    gain · (x - mean) / deviation + bias, with gain and bias linear in the condition, is scale · x + shift with
    both linear in the condition. The second one takes in the bias of the convolution before it.
    """

    def __init__(self, block: UpBlock) -> None:
        assert block.conv1.bias is not None
        parts = [_linear_affine(block.bn1, torch.zeros(())), _linear_affine(block.bn2, block.conv1.bias)]
        self._sizes = [len(weight) // 2 for weight, _ in parts for _ in ("scale", "shift")]
        self._weight = packed(torch.cat([weight for weight, _ in parts]), 1)
        self._bias = torch.cat([bias for _, bias in parts])

    def __call__(self, condition: Tensor) -> tuple[Tensor, ...]:
        """[b, condition] -> scale and shift of the first norm, then of the second, [b, 1, 1, channels] each."""
        return torch.split(product(condition, self._weight, self._bias)[:, None, None], self._sizes, dim=-1)


class _Attention:
    """`Attention`: its three projections as one product, its gate as part of the last."""

    def __init__(self, attention: nn.Module, px: int) -> None:
        assert isinstance(attention, Attention)
        inner = [attention.theta.weight, attention.phi.weight, attention.g.weight]
        self._inner = packed(torch.cat(inner).flatten(1), px * px)
        self._outer = packed(attention.o.weight.flatten(1) * attention.gamma, px * px)
        self._key_dim = len(attention.theta.weight)

    def __call__(self, x: Tensor) -> Tensor:
        """[b, h, w, channels] -> the same."""
        query, others = product(x, self._inner).tensor_split([self._key_dim], dim=-1)
        pooled = F.max_pool2d(others.permute(0, 3, 1, 2), 2).flatten(2)  # [b, keys and values, places / 4]
        key, value = pooled.tensor_split([self._key_dim], dim=1)
        seen = [_seen(*one) for one in zip(query.flatten(1, 2), key.mT.contiguous(), value.contiguous(), strict=True)]
        return product(torch.stack(seen).view(*x.shape[:3], -1), self._outer, plus=x)


def _seen(query: Tensor, key: Tensor, value: Tensor) -> Tensor:
    """[places, k], [others, k], [v, others] -> [places, v]."""
    parts = [product(product(part, key).softmax(-1), value) for part in torch.split(query, _QUERIES)]
    return torch.cat(parts)


def _linear_affine(norm: ConditionalBatchNorm, before: Tensor) -> tuple[Tensor, Tensor]:
    """Return weight [2 channels, condition] and bias [2 channels] that give scale and shift of x + `before`."""
    inverse = torch.rsqrt(norm.stored_var + EPS)
    offset = before - norm.stored_mean
    scale = norm.gain.weight * inverse[:, None]
    shift = norm.bias.weight + scale * offset[:, None]
    return torch.cat([scale, shift]), torch.cat([inverse, inverse * offset])


def _affine(norm: nn.Module) -> tuple[Tensor, Tensor]:
    assert isinstance(norm, BatchNorm)
    scale = norm.gain * torch.rsqrt(norm.stored_var + EPS)
    return scale, norm.bias - norm.stored_mean * scale


def _framed(x: Tensor, scale: Tensor, shift: Tensor) -> Tensor:
    """[b, h, w, c] -> relu(scale · x + shift) with one place of zeros around it."""
    b, h, w, c = x.shape
    framed = x.new_empty(b, h + 2, w + 2, c)
    for dim in (1, 2):
        framed.select(dim, 0).zero_()
        framed.select(dim, -1).zero_()
    torch.addcmul(shift, x, scale, out=framed[:, 1:-1, 1:-1]).clamp_(min=0)
    return framed
