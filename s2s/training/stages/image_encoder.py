"""Stage 1: the image encoder f_V, on pictures alone. No labels, no sound.

SwAV as the paper's f_V was trained (Caron et al. 2020): two large crops and some small ones of every picture, each
predicting which prototypes the others belong to. SimCLR (Chen et al. 2020) on the large crops is the alternative.
"""

import math
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Final, Literal

import numpy as np
import torch
import torch.nn.functional as F
from numpy.typing import NDArray
from safetensors.torch import load_file, save_file
from torch import Tensor, nn

from s2s.models.image_encoder import INPUT_PX, ImageEncoder
from s2s.models.swav import SwavResNet50
from s2s.training.augment.views import Crop, random_view
from s2s.training.engine.checkpoint import finished_file
from s2s.training.engine.device import DeviceContext, backward_and_step, set_lr
from s2s.training.engine.distributed import all_gather_rows
from s2s.training.engine.loop import RunPlan, train
from s2s.training.engine.stage import LossBounds, StageBase
from s2s.training.engine.step_context import SampleRng, StepContext, shard_of
from s2s.training.inputs.image_features import encode_pictures
from s2s.training.inputs.images import Pictures
from s2s.training.inputs.tensors import to_tensor
from s2s.training.losses.objectives import nt_xent, sinkhorn, swapped_prediction

WEIGHTS: Final = "image_encoder.safetensors"
_VALIDATED_ON: Final = 512
_SHOWN: Final = 4096


@dataclass(frozen=True, slots=True)
class ImageEncoderSettings:
    """How f_V is trained. SwAV's own: resnet50, 3000 prototypes, six small crops, 224 and 96 pixels, batch 4096, and
    epsilon 0.05: with fewer pictures a prototype than that, codes must be sharper or nothing is learnt.

    `hold_prototypes` is the share of the run in which the prototypes stand still: moving at once they collapse.
    """

    architecture: Literal["resnet18", "resnet50"] = "resnet18"
    width: int = 32
    objective: Literal["swav", "simclr"] = "swav"
    batch: int = 128
    learning_rate: float = 1e-3
    weight_decay: float = 1e-5
    projection_dim: int = 128
    prototypes: int = 128
    temperature: float = 0.1
    epsilon: float = 0.03
    hold_prototypes: float = 0.02
    large_px: int = INPUT_PX
    small_px: int = 32
    small_crops: int = 3
    large_area: tuple[float, float] = (0.3, 1.0)
    small_area: tuple[float, float] = (0.12, 0.4)

    def crops(self) -> list[Crop]:
        """The views of each picture, the two large ones first."""
        small = self.small_crops if self.objective == "swav" else 0
        return [Crop(self.large_px, self.large_area)] * 2 + [Crop(self.small_px, self.small_area)] * small


class ImageEncoderStage(StageBase):
    """One step: a batch of pictures, several views of each."""

    def __init__(
        self, data: Pictures, settings: ImageEncoderSettings, device_context: DeviceContext, seed: int = 0
    ) -> None:
        torch.manual_seed(seed)
        self.data, self.settings, self.device_context = data, settings, device_context
        self.encoder = device_context.prepare(new_encoder(settings.architecture, settings.width))
        self._of_view = device_context.compile(self.encoder.of_view)
        d, hidden = self.encoder.embedding_dim, max(self.encoder.embedding_dim, 256)
        out = nn.Linear(hidden, settings.projection_dim)
        self.projector = device_context.prepare(
            nn.Sequential(nn.Linear(d, hidden), nn.BatchNorm1d(hidden), nn.ReLU(), out)
        )
        self.prototypes = device_context.prepare(nn.Linear(settings.projection_dim, settings.prototypes, bias=False))
        weights = [*self.encoder.parameters(), *self.projector.parameters(), *self.prototypes.parameters()]
        self.optimiser = device_context.adam(weights, settings.learning_rate, weight_decay=settings.weight_decay)
        self._batch = min(settings.batch, len(data.train))
        super().__init__(
            {
                "encoder": self.encoder,
                "projector": self.projector,
                "prototypes": self.prototypes,
                "optimiser": self.optimiser,
            }
        )

    def step(self, ctx: StepContext) -> dict[str, float]:
        """Take one step; the rate rises over the first fiftieth, then falls along a half cosine."""
        for net in (self.encoder, self.projector):
            net.train()
        progress = ctx.progress
        rate = min(1.0, 0.05 + 50 * progress) * max(0.02, 0.5 * (1 + math.cos(math.pi * progress)))
        set_lr(self.optimiser, self.settings.learning_rate * rate)

        # Draw pictures.
        rows = ctx.local_shard(ctx.rng.choice(self.data.train, self._batch, replace=False))
        pictures = self.device_context.to_device(to_tensor(self.data.of(rows), self.settings.large_px))
        self._last_batch = {"pictures": pictures}

        # Compare views of each. Prototypes that are held at first do not all follow the first features to one place.
        loss, metrics = self._loss(pictures, ctx.sample_rng(self._batch), hold=progress < self.settings.hold_prototypes)
        backward_and_step(self.optimiser, loss)
        return {"loss": loss.item(), **metrics}

    def _loss(self, pictures: Tensor, sample_rng: SampleRng, *, hold: bool = False) -> tuple[Tensor, dict[str, float]]:
        s = self.settings
        # Project the features of every view onto the unit sphere.
        with self.device_context.autocast():
            features = self._features([random_view(pictures, sample_rng, crop) for crop in s.crops()])
            projected = F.normalize(self.projector(torch.cat(features)).float(), dim=1)

        # SimCLR: each large view finds the other one among those of the batch.
        if s.objective == "simclr":
            first, second = (all_gather_rows(part) for part in projected.chunk(2))
            return nt_xent(first, second, s.temperature), {}

        # SwAV: score every view against the prototypes, which are kept on the sphere as well.
        with torch.no_grad():
            self.prototypes.weight.copy_(F.normalize(self.prototypes.weight, dim=1))
        weight = self.prototypes.weight.detach() if hold else self.prototypes.weight
        scores = list(torch.split(projected @ weight.T, len(pictures)))

        # The codes of the large views, balanced over the batch of all ranks, are what the other views predict.
        everyone = [all_gather_rows(one.detach()) for one in scores[:2]]
        share = shard_of(self.device_context.rank, len(everyone[0]))
        codes = [sinkhorn(one, s.epsilon)[share] for one in everyone]
        return swapped_prediction(scores, codes, s.temperature), {"used": _num_nearest(torch.cat(everyone))}

    def _features(self, views: list[Tensor]) -> list[Tensor]:
        """Return the features of each view; views of one size go through the network together."""
        large = self._of_view(torch.cat(views[:2]))
        small = [self._of_view(torch.cat(views[2:]))] if views[2:] else []
        return [large, *small]

    @torch.no_grad()
    def validate(self) -> dict[str, float]:
        """Return the loss on held-out pictures, always the same views, and how often the nearest one is of its class.

        Every rank does all of it.
        """
        rows = _spread(self.data.held_out, _VALIDATED_ON)
        if len(rows) < 2:
            return {}
        for net in (self.encoder, self.projector):
            net.eval()
        parts = []
        for few in np.array_split(rows, max(1, len(rows) // self._batch)):
            pictures = self.device_context.to_device(to_tensor(self.data.of(few), self.settings.large_px))
            parts.append(self._loss_alone(pictures))
        metrics = {"loss": float(np.mean(parts))}
        labels = torch.from_numpy(self.data.labels[rows])
        if int(labels.min()) >= 0:
            features = encode_pictures(self.encoder, self.data.of(rows))
            near = (features @ features.T).fill_diagonal_(-1).argmax(dim=1)
            metrics["nearest_of_class"] = (labels[near] == labels).float().mean().item()
        return metrics

    def _loss_alone(self, pictures: Tensor) -> float:
        sample_rng = SampleRng.whole_batch(torch.Generator().manual_seed(1), len(pictures))
        s = self.settings
        with self.device_context.autocast():
            features = self._features([random_view(pictures, sample_rng, crop) for crop in s.crops()])
            projected = F.normalize(self.projector(torch.cat(features)).float(), dim=1)
        if s.objective == "simclr":
            first, second = projected.chunk(2)
            return nt_xent(first, second, s.temperature).item()
        weight = F.normalize(self.prototypes.weight, dim=1)
        scores = list(torch.split(projected @ weight.T, len(pictures)))
        codes = [sinkhorn(one, s.epsilon) for one in scores[:2]]
        return swapped_prediction(scores, codes, s.temperature).item()

    def bounds(self) -> LossBounds | None:
        """SwAV's loss lies between nothing and a guess among all prototypes; SimCLR's below a guess among views."""
        many = self.settings.prototypes if self.settings.objective == "swav" else 2 * self._batch - 1
        return LossBounds("loss", 0.0, math.log(many))

    def sheet(self) -> NDArray[np.uint8] | None:
        """Return a column of queries, each beside its seven nearest pictures of a few thousand."""
        rows = _spread(self.data.train, _SHOWN)
        pictures = self.data.of(rows)
        features = encode_pictures(self.encoder, pictures)
        near = (features[:16] @ features.T).topk(min(8, len(rows)), dim=1).indices.numpy()
        return np.concatenate([np.concatenate(list(pictures[row]), axis=1) for row in near], axis=0)


def _num_nearest(scores: Tensor) -> float:
    """Return to how many prototypes views are nearest, those with few views counting less: 1 after a collapse.

    Of codes nothing could be told: they use all prototypes alike, whatever the network does.
    """
    share = torch.bincount(scores.argmax(dim=1), minlength=scores.shape[1]) / len(scores)
    return float(torch.special.entr(share).sum().exp())


def _spread(rows: NDArray[np.int64], most: int) -> NDArray[np.int64]:
    return rows[np.unique(np.linspace(0, len(rows) - 1, min(most, len(rows))).astype(int))] if len(rows) else rows


def new_encoder(architecture: str, width: int) -> ImageEncoder | SwavResNet50:
    """Return f_V with fresh weights."""
    return ImageEncoder(width) if architecture == "resnet18" else SwavResNet50(width)


def train_image_encoder(
    data: Pictures, settings: ImageEncoderSettings, plan: RunPlan, start: ImageEncoder | SwavResNet50 | None = None
) -> ImageEncoder | SwavResNet50:
    """Train f_V on pictures, from `start` where one is given, whose sizes are the settings'.

    Writes `image_encoder.safetensors` to the plan's folder and returns the network.
    """
    stage = ImageEncoderStage(data, settings, plan.device_context, plan.seed)
    if start is not None:
        stage.encoder.load_state_dict(start.state_dict())
    run_info = {"stage": "image-encoder", "pictures": len(data.train), "from_encoder": start is not None}
    train(stage, plan, {**run_info, **asdict(settings)})
    encoder = stage.encoder.eval().requires_grad_(False)
    if plan.device_context.is_main:
        save_file({k: v.contiguous() for k, v in encoder.state_dict().items()}, plan.out / WEIGHTS)
    return encoder


def load_image_encoder(folder: Path) -> ImageEncoder | SwavResNet50:
    """Return the frozen encoder that a finished run, or a bundle, has in `folder`. Raises FileNotFoundError."""
    path = finished_file(folder, WEIGHTS, "image-encoder")
    weights = load_file(path)
    small = "stem.0.weight" in weights
    first = weights["stem.0.weight" if small else "conv1.weight"]
    encoder = new_encoder("resnet18" if small else "resnet50", first.shape[0])
    encoder.load_state_dict(weights)
    encoder.to(memory_format=torch.channels_last)  # type: ignore[call-overload]  # torch's stubs leave it out
    return encoder.eval().requires_grad_(False)
