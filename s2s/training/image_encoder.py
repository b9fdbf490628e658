"""Stage 1: the image encoder f_V, by SimCLR on pictures alone (Chen et al. 2020). No labels, no sound."""

import math
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any

import numpy as np
import torch
from numpy.typing import NDArray
from safetensors.torch import load_file, save_file
from torch import Tensor, nn

from s2s.losses import nt_xent
from s2s.models.image_encoder import INPUT_PX, ImageEncoder, unit_features
from s2s.training.data import WorldData, to_tensor
from s2s.training.descent import channels_last, descend, set_rate
from s2s.training.loop import RunLength, train
from s2s.training.views import random_view

WEIGHTS = "image_encoder.safetensors"


@dataclass(frozen=True, slots=True)
class ImageEncoderSettings:
    """How f_V is trained."""

    width: int = 32
    batch: int = 192
    learning_rate: float = 1e-3
    weight_decay: float = 1e-5
    temperature: float = 0.2
    projection_dim: int = 128
    seed: int = 0


class ImageEncoderTrainer:
    """One step: two views of a batch of pictures, drawn together against all others."""

    def __init__(self, data: WorldData, settings: ImageEncoderSettings) -> None:
        torch.manual_seed(settings.seed)
        self.data, self.settings = data, settings
        self.encoder = channels_last(ImageEncoder(settings.width))
        d = self.encoder.embedding_dim
        self.projector = nn.Sequential(
            nn.Linear(d, d), nn.BatchNorm1d(d), nn.ReLU(), nn.Linear(d, settings.projection_dim)
        )
        weights = [*self.encoder.parameters(), *self.projector.parameters()]
        self.optimiser = torch.optim.Adam(weights, lr=settings.learning_rate, weight_decay=settings.weight_decay)
        self.draws = torch.Generator().manual_seed(settings.seed)

    def step(self, progress: float) -> dict[str, float]:
        """Take one step; the rate falls along a half cosine."""
        self.encoder.train()
        set_rate(self.optimiser, self.settings.learning_rate * max(0.02, 0.5 * (1 + math.cos(math.pi * progress))))
        chosen = torch.randperm(len(self.data.pictures), generator=self.draws)[: self.settings.batch]
        pictures = to_tensor(self.data.pictures[np.sort(chosen.numpy())], INPUT_PX)
        views = [random_view(pictures, self.draws) for _ in range(2)]
        with torch.autocast("cpu", dtype=torch.bfloat16):
            projections: Tensor = self.projector(self.encoder(torch.cat(views)))
        first, second = projections.float().chunk(2)
        loss = nt_xent(first, second, self.settings.temperature)
        descend(self.optimiser, loss)
        return {"nt_xent": loss.item()}

    def sheet(self) -> NDArray[np.uint8] | None:
        """Return a column of queries, each beside its seven nearest pictures of the first few thousand."""
        pictures = self.data.pictures[: min(4096, len(self.data.pictures))]
        features = encode_pictures(self.encoder, pictures)
        near = (features[:16] @ features.T).topk(min(8, len(pictures)), dim=1).indices.numpy()
        rows = [np.concatenate(list(pictures[row]), axis=1) for row in near]
        return np.concatenate(rows, axis=0)

    def state_dict(self) -> dict[str, Any]:
        """Return weights, optimiser and the state of the draws."""
        return {
            "encoder": self.encoder.state_dict(),
            "projector": self.projector.state_dict(),
            "optimiser": self.optimiser.state_dict(),
            "draws": self.draws.get_state(),
        }

    def load_state_dict(self, state: dict[str, Any]) -> None:
        """Take over a checkpoint."""
        self.encoder.load_state_dict(state["encoder"])
        self.projector.load_state_dict(state["projector"])
        self.optimiser.load_state_dict(state["optimiser"])
        self.draws.set_state(state["draws"])


def train_image_encoder(data: WorldData, out: Path, settings: ImageEncoderSettings, length: RunLength) -> ImageEncoder:
    """Train f_V on the pictures of `data`; write `image_encoder.safetensors` to `out` and return the network."""
    trainer = ImageEncoderTrainer(data, settings)
    train(trainer, out, length, {"stage": "image-encoder", **asdict(settings)})
    encoder = trainer.encoder.eval().requires_grad_(False)
    save_file({k: v.contiguous() for k, v in encoder.state_dict().items()}, out / WEIGHTS)
    return encoder


def load_image_encoder(folder: Path) -> ImageEncoder:
    """Return the frozen encoder that a finished run left in `folder`. Raises FileNotFoundError."""
    path = folder / WEIGHTS
    if not path.exists():
        raise FileNotFoundError(f"{path} is missing: train it with `python -m s2s train image-encoder DATA {folder}`")
    weights = load_file(path)
    encoder = ImageEncoder(width=weights["stem.0.weight"].shape[0])
    encoder.load_state_dict(weights)
    return channels_last(encoder.eval().requires_grad_(False))


@torch.no_grad()
def encode_pictures(encoder: ImageEncoder, pictures: NDArray[np.uint8], batch: int = 256) -> Tensor:
    """Return unit features [n, d] of uint8 pictures [n, px, px, 3]."""
    encoder.eval()
    parts = [
        unit_features(encoder, to_tensor(pictures[start : start + batch], INPUT_PX))
        for start in range(0, len(pictures), batch)
    ]
    return torch.cat(parts)
