"""How far a generator is, whatever its recipe: measured against held-out pictures, and on a sheet for the eye."""

from collections.abc import Iterator
from typing import Final

import numpy as np
import torch
import torch.nn.functional as F
from numpy.typing import NDArray
from torch import Tensor

from s2s.metrics.frechet import frechet_distance
from s2s.models.generator import Generator
from s2s.models.image_encoder import PictureEncoder
from s2s.sampling.generate import as_pixels
from s2s.training.inputs.image_features import encode_pictures
from s2s.training.inputs.images import Pictures
from s2s.training.inputs.tensors import to_tensor

VALIDATED_ON: Final = 512  # held-out pictures: their features' spread is known to a hundredth, at seconds of painting
_AT_ONCE: Final = 32
_SHOWN: Final = 16
_WIDE: Final = 48  # neighbours whose mean is a wide h


@torch.no_grad()
def distance_to_held_out(
    painter: Generator, data: Pictures, encoder: PictureEncoder, device: torch.device
) -> dict[str, float]:
    """Return the Fréchet distance, in f_V, of held-out pictures from what is painted for their features; {} for none.

    Also the mean cosine between the feature asked for and that of the painting. Always with the same noise.
    """
    rows = data.held_out[:: max(1, len(data.held_out) // VALIDATED_ON)]
    if len(rows) < 2:
        return {}
    targets = encode_pictures(encoder, data.of(rows))
    z = torch.randn(len(rows), painter.z_dim, generator=torch.Generator().manual_seed(1))
    painted = [as_pixels(part) for part in _painted(painter, z, targets, device)]
    painted_features = encode_pictures(encoder, np.concatenate(painted))
    near = (painted_features * targets).sum(dim=1).mean().item()
    return {"loss": frechet_distance(painted_features, targets), "cosine": near}


@torch.no_grad()
def sheet_of(
    painter: Generator, data: Pictures, encoder: PictureEncoder, features: Tensor, device: torch.device
) -> NDArray[np.uint8]:
    """Return rows of held-out pictures: the picture, four draws of z for its own h, four for a wide h.

    `features` [n, d] are those of the training pictures, among which neighbours are looked for.
    """
    rows = data.held_out if len(data.held_out) else data.train
    rows = rows[np.linspace(0, len(rows) - 1, min(_SHOWN, len(rows))).astype(int)]
    pictures, n = data.of(rows), len(rows)
    own = encode_pictures(encoder, pictures)
    near = (own @ features.T).topk(min(_WIDE, len(features)), dim=1).indices
    wide = F.normalize(features[near].mean(dim=1), dim=1)
    columns = [to_tensor(pictures, painter.width)]
    draws = torch.Generator().manual_seed(1)
    for h in (own, wide):
        z = torch.randn(4, painter.z_dim, generator=draws)
        columns += [torch.cat([x.cpu() for x in _painted(painter, one.expand(n, -1), h, device)]) for one in z]
    return np.concatenate([np.concatenate(list(as_pixels(c)), axis=0) for c in columns], axis=1)


def _painted(painter: Generator, z: Tensor, h: Tensor, device: torch.device) -> Iterator[Tensor]:
    for some_z, some_h in zip(torch.split(z, _AT_ONCE), torch.split(h, _AT_ONCE), strict=True):
        yield painter(some_z.to(device), some_h.to(device))
