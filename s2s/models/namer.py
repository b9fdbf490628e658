"""Hears which things sound, one or two at once, in mel bands: a small residual network that is trained on nothing else.

f_A answers with one point of the picture's space and is taught to forget what does not move it; what lies under a
louder thing is such. Here every sound is one of so many sets, a name, two names or none of them, and what is learnt is
how likely each set is: that one thing accounts for what would else be heard as another belongs to it.
"""

from collections.abc import Sequence
from typing import Final, NamedTuple

import torch
import torch.nn.functional as F
from torch import Tensor, nn

CHANNELS: Final = (24, 32, 64, 128, 256)
"""Of the stem and of each block, as shipped: 1.36 million weights, 12 ms for ten seconds on one core."""
_STRIDES: Final[tuple[int | tuple[int, int], ...]] = (2, 2, 2, (2, 1))
"""Over frequency and time, of each block; the last leaves time as it is."""
_MEAN, _DEVIATION = 7.0, 4.5  # of bands, ln(1 + power over the floor), over the world's takes, roundly
_DROPPED: Final = 0.2
_NEVER: Final = -1e4  # a logarithm of odds


class Scores(NamedTuple):
    """Logarithms, up to one constant: that each name is there alone, `each` [b, n]; what two at once have besides the
    sum of their names' and what the two say of each other, `two` [b]; that nothing of it is there, `none` [b].
    """

    each: Tensor
    two: Tensor
    none: Tensor


class _Block(nn.Module):
    """Two 3×3 convolutions around a shortcut that averages what it steps over (He et al. 2019, ResNet-D)."""

    def __init__(self, in_channels: int, channels: int, stride: int | tuple[int, int]) -> None:
        super().__init__()
        self.conv1 = nn.Conv2d(in_channels, channels, 3, stride, padding=1, bias=False)
        self.bn1 = nn.BatchNorm2d(channels)
        self.conv2 = nn.Conv2d(channels, channels, 3, padding=1, bias=False)
        self.bn2 = nn.BatchNorm2d(channels)
        pool = nn.AvgPool2d(stride, ceil_mode=True)
        self.shortcut = nn.Sequential(pool, nn.Conv2d(in_channels, channels, 1, bias=False), nn.BatchNorm2d(channels))

    def forward(self, x: Tensor) -> Tensor:
        y = F.relu(self.bn1(self.conv1(x)))
        return F.relu(self.bn2(self.conv2(y)) + self.shortcut(x))


class Namer(nn.Module):
    """Names up to two of `num_names` things in mel bands [b, 64, t], as `s2s.mel_bands` gives them, of any length.

    `channels` are those of the stem and of the four blocks.
    """

    def __init__(self, num_names: int, channels: Sequence[int] = CHANNELS, hidden: int = 256) -> None:
        super().__init__()
        if len(channels) != 1 + len(_STRIDES):
            raise ValueError(f"expected channels of a stem and {len(_STRIDES)} blocks, got {len(channels)} numbers")
        self.num_names, self.channels = num_names, tuple(channels)
        self.stem = nn.Sequential(
            nn.Conv2d(1, channels[0], 5, stride=2, padding=2, bias=False), nn.BatchNorm2d(channels[0]), nn.ReLU()
        )
        sizes = zip(channels, channels[1:], _STRIDES, strict=False)
        self.blocks = nn.Sequential(*(_Block(before, after, stride) for before, after, stride in sizes))
        self.enter = nn.Linear(2 * channels[-1], hidden)
        self.dropout = nn.Dropout(_DROPPED)
        self.answer = nn.Linear(hidden, num_names + 2)
        self.together = nn.Parameter(torch.zeros(num_names, num_names))

    def forward(self, bands: Tensor) -> Scores:
        """[b, 64, t] -> scores of b sounds."""
        assert bands.ndim == 3, tuple(bands.shape)
        x = ((bands - _MEAN) / _DEVIATION)[:, None].contiguous(memory_format=torch.channels_last)
        over_time = self.blocks(self.stem(x)).mean(dim=2)
        whole = torch.cat([over_time.mean(dim=2), over_time.amax(dim=2)], dim=1)
        answer = self.answer(self.dropout(F.relu(self.enter(whole))))
        return Scores(answer[:, : self.num_names], answer[:, self.num_names], answer[:, self.num_names + 1])

    def beside(self, scores: Scores, first: Tensor) -> Tensor:
        """Return the logarithm of the odds [b, n] of each name with name `first` [b] against that alone."""
        return scores.each + self._affinity()[first] + scores.two[:, None]

    def there(self, scores: Scores) -> Tensor:
        """Return the logit [b, n] that each name is there, alone or with another."""
        pairs = self._pairs(scores)
        with_any = torch.logaddexp(scores.each, pairs.logsumexp(dim=2))
        rest = self.log_likelihood(scores).unsqueeze(1)
        # log p / (1 - p), of p's logarithm, which rounding may have brought to nought.
        log_p = (with_any - rest).clamp_max(-1e-6)
        return log_p - torch.log(-torch.expm1(log_p))

    def log_likelihood(self, scores: Scores) -> Tensor:
        """Return the logarithm [b] of the sum over all sets, which makes likelihoods of scores."""
        rows, columns = self._places()
        pairs = self._pairs(scores)[:, rows, columns]
        return torch.cat([scores.each, pairs, scores.none[:, None]], dim=1).logsumexp(dim=1)

    def log_probability(self, scores: Scores, labels: Tensor) -> Tensor:
        """Return how likely `labels` [b, 2] are, a logarithm [b]: two names in any order, -1 for none of them."""
        first, second = labels.amax(dim=1), labels.amin(dim=1)
        of_first = scores.each.gather(1, first.clamp_min(0)[:, None])[:, 0]
        pairs = self._pairs(scores)[torch.arange(len(labels)), first.clamp_min(0), second.clamp_min(0)]
        asked = torch.where(first < 0, scores.none, torch.where(second < 0, of_first, pairs))
        return asked - self.log_likelihood(scores)

    def _affinity(self) -> Tensor:
        """Return what two names say of each other, symmetric [n, n]."""
        return self.together + self.together.T

    def _pairs(self, scores: Scores) -> Tensor:
        """Return the scores [b, n, n] of every two names; no name is with itself."""
        of_both = scores.each[:, :, None] + scores.each[:, None] + self._affinity() + scores.two[:, None, None]
        itself = torch.eye(self.num_names, dtype=torch.bool, device=of_both.device)
        return of_both.masked_fill(itself, _NEVER)

    def _places(self) -> tuple[Tensor, Tensor]:
        rows, columns = torch.triu_indices(self.num_names, self.num_names, 1, device=self.together.device)
        return rows, columns
