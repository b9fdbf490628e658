"""Files as the authors publish them, but tiny: the published keys and prefixes at a narrow width, seeded values."""

from collections.abc import Mapping
from pathlib import Path
from typing import Any, Final

import numpy as np
import torch
from torch import Tensor, nn

from s2s.models.audio_encoder import AudioEncoder
from s2s.models.biggan import BigGanGenerator
from s2s.models.swav import SwavResNet50
from s2s.published.networks import icgan_name
from tests.golden.seeded_weights import seeded_state_dict

WIDTH: Final = 2
DIM: Final = 32 * WIDTH
RESOLUTION: Final = 64
HEADS: Final = {
    "projection_head.0.weight": (DIM, DIM),
    "projection_head.0.bias": (DIM,),
    "projection_head.1.num_batches_tracked": (),
    "projection_head.3.weight": (16, DIM),
    "prototypes.weight": (30, 16),
}


def audio_encoder_file(path: Path, *, dim: int = DIM) -> Path:
    """Write a `sound2scene.pth`."""
    return _save(path, _seeded(AudioEncoder(4, dim), "audnet."))


def swav_file(path: Path) -> Path:
    """Write a `swav.pth.tar`, in the format of its time."""
    heads = seeded_state_dict({f"module.{key}": shape for key, shape in HEADS.items()})
    state = {**_seeded(SwavResNet50(WIDTH), "module."), **heads}
    torch.save(state, path, _use_new_zipfile_serialization=False)
    return path


def icgan_state(published: Mapping[str, Tensor]) -> dict[str, Tensor]:
    """Return what IC-GAN's `G_*.pth` or `D_*.pth` holds under the names of this package's networks."""
    return {name: value for key, value in published.items() if (name := icgan_name(key)) is not None}


def generator_state(*, prefix: str = "", resolution: int = RESOLUTION, salt: str = "") -> dict[str, Tensor]:
    """Return the entries of a `G_ema_*.pth`."""
    network = BigGanGenerator(resolution, channels=8, z_dim=120, h_dim=DIM, shared_dim=8)
    return {**_seeded(network, prefix, salt), f"{prefix}shared.weight": torch.zeros(10, 4)}


def icgan_folder(folder: Path, fids: Mapping[str, Any]) -> Path:
    """Write IC-GAN's folder: a generator for each name ("best0") and, unless its FID is None, its record."""
    folder.mkdir(parents=True)
    for name, fid in fids.items():
        _save(folder / f"G_ema_{name}.pth", generator_state(salt=name))
        (folder / f"D_{name}.pth").write_bytes(b"never read")
        if fid is not None:
            _save(folder / f"state_dict_{name}.pth", record(fid))
    return folder


def record(fid: object) -> dict[str, Any]:
    """Return what a `state_dict_*.pth` holds, the pickled activations and NumPy's numbers included."""
    config = {"G_activation": nn.ReLU(), "D_activation": nn.ReLU(inplace=True), "G_lr": 4e-5, "experiment_name": "res"}
    return {"itr": 100, "epoch": 7, "best_IS": np.float32(48.7), "best_FID": fid, "es_epoch": 0, "config": config}


def all_published(folder: Path) -> Path:
    """Write everything into one folder, as Sound2Scene's own `checkpoints/` has it."""
    icgan_folder(folder / "icgan_biggan_imagenet_res64", {"best0": np.float64(12.5), "best1": np.float64(11.7)})
    audio_encoder_file(folder / "sound2scene.pth")
    swav_file(folder / "swav.pth.tar")
    return folder


def _seeded(network: nn.Module, prefix: str, salt: str = "") -> dict[str, Tensor]:
    shapes = {prefix + key: tuple(value.shape) for key, value in network.state_dict().items()}
    return seeded_state_dict(shapes, salt)


def _save(path: Path, state: object) -> Path:
    torch.save(state, path)
    return path
