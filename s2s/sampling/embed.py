"""Sounds and images as points of one space: z_A and z_V of the paper, at unit length. Runs in the calling thread."""

import numpy as np
import torch
import torch.nn.functional as F
from numpy.typing import NDArray
from torch import Tensor

from s2s.bundle import Bundle, BundleError
from s2s.models.audio_encoder import AudioEncoder
from s2s.spectrogram import fit_clip, spectrogram
from s2s.spectrogram_spec import SpectrogramSpec


def unit(h: Tensor) -> Tensor:
    """Return `h` [..., d] at L2 length 1, float32. Raises ValueError where a vector has no direction (zero, NaN)."""
    length = torch.linalg.vector_norm(h.double(), dim=-1, keepdim=True)
    if not bool((torch.isfinite(length) & (length > 0)).all()):
        raise ValueError("an embedding of zero length or with NaN has no direction: the encoder answers with nothing")
    scaled: Tensor = (h.double() / length).float()
    return scaled


@torch.inference_mode()
def embed_sound(model: Bundle, sound: NDArray[np.float32]) -> Tensor:
    """Return z_A, the unit embedding [1, h_dim] of mono `sound` [n] at the model's rate, full scale ±1 (paper, 3.2).

    Sound of any length from one sample: shorter than a clip it is repeated, longer it is cut, beyond ±1 it is clipped,
    as published. Raises ValueError for sound that is empty, not mono, holds NaN, or that f_A leaves unanswered.
    """
    if np.ndim(sound) != 1:
        raise ValueError(f"expected mono sound [n], got shape {np.shape(sound)}: average the channels first")
    clip = fit_clip(sound, model.spec).unsqueeze(0)
    return unit(model.audio_encoder(spectrogram(clip, model.spec).to(model.device)))


@torch.no_grad()
def encode_sounds(net: AudioEncoder, spec: SpectrogramSpec, sounds: NDArray[np.float32], batch: int = 16) -> Tensor:
    """Return unit embeddings [n, d], on the CPU, of sounds [n, clip_samples]."""
    device = net.fc.weight.device
    parts = [
        F.normalize(net(spectrogram(torch.from_numpy(sounds[i : i + batch]), spec).to(device)), dim=1).cpu()
        for i in range(0, len(sounds), batch)
    ]
    return torch.cat(parts)


@torch.inference_mode()
def embed_image(model: Bundle, pixels: NDArray[np.uint8]) -> Tensor:
    """Return z_V, the unit embedding [1, h_dim] of RGB `pixels` [height, width, 3] (paper, 3.2).

    Photographs are squashed first, as published to 256×256: `read_image(path, model.card.squash_px)`. Raises
    BundleError for a model without an image encoder.
    """
    if model.image_encoder is None:
        raise BundleError(model.path, "image_encoder", "this bundle cannot place images: it holds no image encoder")
    return unit(model.image_encoder.encode(as_tensor(pixels).to(model.device)))


def as_seen(model: Bundle, pictures: Tensor) -> Tensor:
    """Return pictures [n, 3, h, w] in the shape that f_V was trained to look at; as they are where they have it."""
    width, height = model.card.squash_px
    if pictures.shape[-1] * height == pictures.shape[-2] * width:
        return pictures
    return F.interpolate(pictures, (height, width), mode="bilinear", antialias=True)


def as_tensor(pixels: NDArray[np.uint8]) -> Tensor:
    """Return RGB `pixels` [height, width, 3] as the networks see pictures: float32 [1, 3, height, width] in -1..1."""
    if pixels.ndim != 3 or pixels.shape[2] != 3 or pixels.dtype != np.uint8:
        raise ValueError(f"expected RGB pixels [height, width, 3] of uint8, got {pixels.dtype} {list(pixels.shape)}")
    return torch.from_numpy(np.ascontiguousarray(pixels)).permute(2, 0, 1)[None].float() / 127.5 - 1.0
