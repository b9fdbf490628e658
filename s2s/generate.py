"""The paper's inference on files: sound → embedding → picture. Runs in the calling thread."""

from collections.abc import Sequence
from pathlib import Path

import numpy as np
import torch
import torch.nn.functional as F
from numpy.typing import NDArray
from PIL import Image
from torch import Tensor

from s2s.audio import read_audio
from s2s.bundle import Bundle
from s2s.spectrogram import fit_clip, spectrogram
from s2s.world.sheet import contact_sheet


@torch.inference_mode()
def embed_sound(bundle: Bundle, sound: NDArray[np.float32]) -> Tensor:
    """Return the unit embedding [1, h_dim] of mono sound at the model's rate, of any length."""
    clip = fit_clip(sound, bundle.spec).unsqueeze(0)
    device = bundle.audio_encoder.fc.weight.device
    return F.normalize(bundle.audio_encoder(spectrogram(clip, bundle.spec).to(device)), dim=1)


@torch.inference_mode()
def paint(bundle: Bundle, h: Tensor, *, count: int, seed: int) -> NDArray[np.uint8]:
    """Return `count` pictures [count, px, px, 3] of one h, with noise drawn from `seed` alone (equation G(z, h))."""
    # Drawn on the CPU, so that a seed means the same picture on every device.
    noise = torch.randn(count, bundle.generator.z_dim, generator=torch.Generator().manual_seed(seed)).to(h.device)
    pictures = bundle.generator(noise, h.expand(count, -1))
    scaled = ((pictures.clamp(-1, 1) + 1) * 127.5).round().to(torch.uint8)
    return np.ascontiguousarray(scaled.permute(0, 2, 3, 1).cpu().numpy())


def generate(bundle: Bundle, files: Sequence[Path], *, count: int, seed: int) -> list[NDArray[np.uint8]]:
    """Return `count` pictures for every sound file, each drawn from the same noise. Raises AudioError."""
    pictures = []
    for file in files:
        h = embed_sound(bundle, read_audio(file, bundle.spec.sample_rate_hz))
        pictures.append(paint(bundle, h, count=count, seed=seed))
    return pictures


def save_rows(rows: Sequence[NDArray[np.uint8]], files: Sequence[Path], out: Path) -> list[Path]:
    """Save one sheet to a `.png`, or one row a sound to a folder, named after the sound; return what was written."""
    if out.suffix.lower() == ".png":
        out.parent.mkdir(parents=True, exist_ok=True)
        Image.fromarray(contact_sheet(np.concatenate(rows), columns=len(rows[0]))).save(out)
        return [out]
    out.mkdir(parents=True, exist_ok=True)
    written = []
    for number, (row, file) in enumerate(zip(rows, files, strict=True)):
        path = out / f"{file.stem}.png"
        if path in written:  # two folders may hold sounds of one name
            path = out / f"{file.stem}-{number}.png"
        Image.fromarray(contact_sheet(row, columns=len(row))).save(path)
        written.append(path)
    return written
