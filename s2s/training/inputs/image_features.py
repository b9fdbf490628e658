"""What the frozen f_V sees in many pictures, computed once. The published code computes it anew at every step."""

from typing import Final

import numpy as np
import torch
import torch.nn.functional as F
from numpy.typing import NDArray
from torch import Tensor, nn

from s2s.models.image_encoder import INPUT_PX, ImageEncoder, PictureEncoder
from s2s.training.inputs.tensors import to_tensor

_AT_ONCE: Final = 256


def encode_pictures(encoder: PictureEncoder, pictures: NDArray[np.uint8], batch: int = _AT_ONCE) -> Tensor:
    """Return unit features [n, d], on the CPU, of uint8 pictures [n, px, px, 3]; leaves f_V in evaluation mode."""
    return F.normalize(raw_features(encoder, pictures, batch), dim=1)


@torch.no_grad()
def raw_features(encoder: PictureEncoder, pictures: NDArray[np.uint8], batch: int = _AT_ONCE) -> Tensor:
    """Return features [n, d] as f_V gives them, none negative, float32 on the CPU; otherwise as `encode_pictures`."""
    assert isinstance(encoder, nn.Module)
    encoder.eval()
    device = next(encoder.parameters()).device
    # Fewer bytes to move: the small f_V would take the mean of the same blocks itself.
    px = INPUT_PX if isinstance(encoder, ImageEncoder) and pictures.shape[1] % INPUT_PX == 0 else pictures.shape[1]
    parts = [
        encoder.encode(to_tensor(pictures[start : start + batch], px).to(device)).float().cpu()
        for start in range(0, len(pictures), batch)
    ]
    return torch.cat(parts) if parts else torch.empty(0, encoder.embedding_dim)
