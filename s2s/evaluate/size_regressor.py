"""How large the thing in a picture is, read off by a small network that has seen real pictures and their truth alone.

The world knows how much of a picture its thing covers; nobody knows that of a painted one. The regressor says it, and
how far it can itself be trusted. For measuring only: nothing that it learns reaches the model.
"""

from typing import Final

import numpy as np
import torch
import torch.nn.functional as F
from numpy.typing import NDArray
from torch import Tensor, nn
from tqdm import tqdm

from s2s.models.image_encoder import at_input_size
from s2s.training.engine.device import DeviceContext
from s2s.training.inputs.tensors import to_tensor
from s2s.world.takes import WorldTakes

_WIDTHS: Final = (24, 48, 72, 96)
_BATCH: Final = 96
_RATE: Final = 2e-3
_CHUNK: Final = 512


class SizeRegressor(nn.Module):
    """Four strided convolutions, then one size for each class: [b, 3, h, w] in -1..1 -> [b, classes]."""

    def __init__(self, num_classes: int) -> None:
        super().__init__()
        before = 3
        layers: list[nn.Module] = []
        for width in _WIDTHS:
            layers += [nn.Conv2d(before, width, 5, stride=2, padding=2), nn.BatchNorm2d(width), nn.ReLU()]
            before = width
        self.body = nn.Sequential(*layers)
        self.out = nn.Sequential(nn.Flatten(), nn.Linear(before * 16, 128), nn.ReLU(), nn.Linear(128, num_classes))

    def forward(self, pictures: Tensor) -> Tensor:
        """Return how large each class's thing would be, as a rank within its class: 0 the smallest, 1 the largest."""
        sizes: Tensor = self.out(self.body(at_input_size(pictures)))
        return sizes

    @torch.inference_mode()
    def read(self, pictures: NDArray[np.uint8], classes: NDArray[np.int64]) -> NDArray[np.float64]:
        """Return the sizes [n] of the things of `classes` [n] in pictures [n, px, px, 3]."""
        self.eval()
        parts = [
            self(to_tensor(pictures[start : start + 64], pictures.shape[1])) for start in range(0, len(pictures), 64)
        ]
        own = torch.cat(parts)[torch.arange(len(pictures)), torch.from_numpy(classes)]
        return own.double().numpy()


def true_sizes(data: WorldTakes, takes: NDArray[np.int64]) -> NDArray[np.float64]:
    """Return the share of the picture, 0..1, that the thing of each of `takes` covers. Needs OpenGL."""
    from s2s.world.painter import Painter

    with Painter(32) as painter:
        sizes: list[float] = []
        for start in range(0, len(takes), _CHUNK):
            moments = [(data.counts.state(int(take)),) for take in takes[start : start + _CHUNK]]
            sizes += [parts[0] for parts in painter.coverage(moments)]
    return np.array(sizes)


def ranks_within(sizes: NDArray[np.float64], classes: NDArray[np.int64]) -> NDArray[np.float64]:
    """Return each size's rank within its class, 0..1: a bird at its nearest is as large as a sea at its nearest."""
    ranks = np.zeros(len(sizes))
    for label in np.unique(classes):
        members = np.flatnonzero(classes == label)
        order = sizes[members].argsort(kind="stable").argsort(kind="stable")
        ranks[members] = order / max(len(members) - 1, 1)
    return ranks


def train_size_regressor(
    data: WorldTakes, takes: NDArray[np.int64], *, steps: int = 1200, seed: int = 0
) -> SizeRegressor:
    """Return a regressor trained on the pictures of `takes` and the truth about them."""
    classes = data.scenes[takes]
    target = torch.from_numpy(ranks_within(true_sizes(data, takes), classes)).float()
    with torch.random.fork_rng():
        torch.manual_seed(seed)
        size_regressor = SizeRegressor(data.counts.num_scenes)
    size_regressor.train()
    optimiser = torch.optim.Adam(size_regressor.parameters(), lr=_RATE)
    schedule = torch.optim.lr_scheduler.OneCycleLR(optimiser, _RATE, total_steps=max(steps, 2))
    rng, device_context = np.random.default_rng(seed), DeviceContext()
    for _ in tqdm(range(steps), desc="size regressor", disable=None):
        chosen = np.sort(rng.integers(len(takes), size=_BATCH))
        pictures = to_tensor(data.pictures[takes[chosen]], 64)
        with device_context.autocast():
            prediction = size_regressor(pictures)
        own = prediction.float()[torch.arange(_BATCH), torch.from_numpy(classes[chosen])]
        loss = F.smooth_l1_loss(own, target[chosen], beta=0.1)
        optimiser.zero_grad()
        loss.backward()
        optimiser.step()
        schedule.step()
    return size_regressor.eval()
