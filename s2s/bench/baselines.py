"""What `bench` compares with: the published arithmetic, written plainly, operation after operation.

Power iteration at every call in every layer, weights as stored, channels first, batch norm and then gain and bias.
"""

from collections.abc import Mapping
from typing import Final

import numpy as np
import scipy.signal
import torch
import torch.nn.functional as F
from numpy.typing import NDArray
from torch import Tensor

from s2s.rates import SAMPLE_RATE_HZ

_WINDOW: Final = 512
_OVERLAP: Final = 353


def published_spectrogram(sound: NDArray[np.float64]) -> NDArray[np.float64]:
    """Return the network's input [bins, frames] for mono sound at 16 kHz, full scale ±1."""
    _, _, density = scipy.signal.spectrogram(sound, SAMPLE_RATE_HZ, nperseg=_WINDOW, noverlap=_OVERLAP)
    log_power = np.log(density + 1e-7)
    scaled: NDArray[np.float64] = (log_power - log_power.mean()) / (log_power.std() + 1e-9)
    return scaled


class NaiveBigGan:
    """G(z, h) of IC-GAN from a state dict with the published keys, of any size. No gradients asked for, none kept."""

    def __init__(self, state: Mapping[str, Tensor]) -> None:
        self._state = state
        self._num_blocks = 1 + max(int(key.split(".")[1]) for key in state if key.startswith("blocks."))

    def __call__(self, z: Tensor, h: Tensor) -> Tensor:
        """[b, z_dim], unit [b, h_dim] -> pictures [b, 3, resolution, resolution] in -1..1."""
        pieces = torch.split(z, self._state["linear.weight"].shape[1], dim=1)
        shared = self._linear("shared_feat", h)
        x = self._linear("linear", pieces[0]).view(len(z), -1, 4, 4)
        for level in range(self._num_blocks):
            x = self._block(f"blocks.{level}.0", x, torch.cat([shared, pieces[level + 1]], dim=1))
            if f"blocks.{level}.1.gamma" in self._state:
                x = self._attention(f"blocks.{level}.1", x)
        x = self._normalised("output_layer.0", x)
        gain, bias = self._state["output_layer.0.gain"], self._state["output_layer.0.bias"]
        x = F.relu(x * gain[:, None, None] + bias[:, None, None])
        return torch.tanh(self._conv("output_layer.2", x))

    def _block(self, name: str, x: Tensor, condition: Tensor) -> Tensor:
        y = F.relu(self._conditional_norm(f"{name}.bn1", x, condition))
        y = self._conv(f"{name}.conv1", _doubled(y))
        y = F.relu(self._conditional_norm(f"{name}.bn2", y, condition))
        return self._conv(f"{name}.conv2", y) + self._conv(f"{name}.conv_sc", _doubled(x))

    def _attention(self, name: str, x: Tensor) -> Tensor:
        query = self._conv(f"{name}.theta", x).flatten(2)
        key = F.max_pool2d(self._conv(f"{name}.phi", x), 2).flatten(2)
        value = F.max_pool2d(self._conv(f"{name}.g", x), 2).flatten(2)
        weights = torch.softmax(query.mT @ key, dim=-1)  # [b, places, places / 4]
        seen = (value @ weights.mT).view(len(x), -1, *x.shape[2:])
        return self._state[f"{name}.gamma"] * self._conv(f"{name}.o", seen) + x

    def _conditional_norm(self, name: str, x: Tensor, condition: Tensor) -> Tensor:
        gain = 1 + self._linear(f"{name}.gain", condition)
        bias = self._linear(f"{name}.bias", condition)
        return self._normalised(name, x) * gain[:, :, None, None] + bias[:, :, None, None]

    def _normalised(self, name: str, x: Tensor) -> Tensor:
        return F.batch_norm(x, self._state[f"{name}.stored_mean"], self._state[f"{name}.stored_var"], eps=1e-5)

    def _linear(self, name: str, x: Tensor) -> Tensor:
        return F.linear(x, self._weight(name), self._state.get(f"{name}.bias"))

    def _conv(self, name: str, x: Tensor) -> Tensor:
        weight = self._weight(name)
        return F.conv2d(x, weight, self._state.get(f"{name}.bias"), padding=weight.shape[-1] // 2)

    def _weight(self, name: str) -> Tensor:
        """Divide by one power iteration's estimate of the largest singular value."""
        weight = self._state[f"{name}.weight"]
        matrix = weight.flatten(1)
        v = F.normalize(self._state[f"{name}.u0"] @ matrix, eps=1e-6)
        u = F.normalize(v @ matrix.T, eps=1e-6)
        return weight / (v @ matrix.T @ u.T).squeeze()


def _doubled(x: Tensor) -> Tensor:
    return F.interpolate(x, scale_factor=2, mode="nearest")
