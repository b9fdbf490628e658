"""A preset's image as a point of the latent space: f_V of the bundle, loaded for the moment it is needed."""

from pathlib import Path

import numpy as np
import torch
from numpy.typing import NDArray
from PIL import Image

from installation.inference.motion import unit
from s2s import bundle


def read_picture(path: Path) -> NDArray[np.uint8]:
    """Return any picture file as RGB `[height, width, 3]`. Raises OSError in one line for what is no picture."""
    with Image.open(path) as image:
        return np.asarray(image.convert("RGB"))


@torch.inference_mode()
def embed_picture(path: Path, model: Path, device: torch.device) -> NDArray[np.float32]:
    """Return f_V's feature of the picture at `path`, `[h_dim]`, unit length.

    Raises OSError for a file that is no picture, BundleError for a model without an image encoder.
    """
    encoder = bundle.load_image_encoder(model, device=device)
    pixels = torch.from_numpy(read_picture(path).copy()).to(device).permute(2, 0, 1)[None].float() / 127.5 - 1.0
    return unit(encoder.encode(pixels)[0].float().cpu().numpy())
