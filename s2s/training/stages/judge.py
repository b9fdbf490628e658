"""An independent judge: a classifier of real pictures by their class, to score generated ones with.

It shares nothing with the image encoder or the discriminator, whose own features would flatter the generator. The
one stage that is trained with the names of classes; nothing that it learns reaches the model.
"""

import json
import math
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Final

import numpy as np
import torch
import torch.nn.functional as F
from numpy.typing import NDArray
from safetensors.torch import load_file, save_file
from torch import Tensor

from s2s.data.clip_source import DataError
from s2s.models.judge import SMALL_PX, Architecture, Judge
from s2s.training.augment.views import Crop, random_view
from s2s.training.engine.checkpoint import finished_file
from s2s.training.engine.device import DeviceContext, backward_and_step, set_lr
from s2s.training.engine.loop import RunPlan, train
from s2s.training.engine.stage import LossBounds, StageBase
from s2s.training.engine.step_context import StepContext
from s2s.training.inputs.images import UNKNOWN, Pictures
from s2s.training.inputs.tensors import to_tensor

__all__ = ["Judge", "JudgeSettings", "JudgeStage", "load_judge", "train_judge"]

WEIGHTS: Final = "judge.safetensors"
ABOUT: Final = "judge.json"
_VALIDATED_ON: Final = 512


@dataclass(frozen=True, slots=True)
class JudgeSettings:
    """How the judge is trained. To fine-tune Inception take a rate of about 1e-4, or it forgets what it knows."""

    architecture: Architecture = "small"
    batch: int = 96
    learning_rate: float = 2e-3
    area: tuple[float, float] = (0.3, 1.0)  # how much of a picture is shown, from and to


class JudgeStage(StageBase):
    """One step: name the classes of a batch of randomly cropped and coloured pictures."""

    def __init__(
        self,
        data: Pictures,
        settings: JudgeSettings,
        device_context: DeviceContext,
        seed: int = 0,
        weights: Path | None = None,
    ) -> None:
        torch.manual_seed(seed)
        self.data, self.settings, self.device_context = data, settings, device_context
        self._train, self._held_out = _labelled(data, data.train), _labelled(data, data.held_out)
        if len(np.unique(data.labels[self._train])) < 2:
            raise DataError(
                "the judge learns to tell classes apart, and these pictures name fewer than two: prepare films that "
                "have labels (those of a published corpus, or an index.jsonl of `video` and `label` beside them), or "
                "the world"
            )
        judge = Judge(data.classes, settings.architecture)
        if weights is not None:
            judge.load_body(weights)
        self.net = device_context.prepare(judge)
        self._forward = device_context.compile(self.net)
        self.optimiser = device_context.adam(self.net.parameters(), settings.learning_rate)
        self._px = SMALL_PX if settings.architecture == "small" else data.px
        self._batch = min(settings.batch, len(self._train) // device_context.rank.count * device_context.rank.count)
        super().__init__({"net": self.net, "optimiser": self.optimiser})

    def step(self, ctx: StepContext) -> dict[str, float]:
        """Take one step; the rate falls to nothing."""
        self.net.train()
        set_lr(self.optimiser, self.settings.learning_rate * max(0.02, 1 - ctx.progress))

        # Draw labelled pictures; of each, a crop in changed colours, so that no picture is seen twice alike.
        rows = ctx.local_shard(ctx.rng.choice(self._train, self._batch, replace=False))
        pictures, target = self._read(rows)
        views = random_view(pictures, ctx.sample_rng(self._batch), Crop(self._px, self.settings.area))
        self._last_batch = {"views": views, "target": target}

        # Name their classes.
        with self.device_context.autocast():
            logits = self._forward(views)
        loss = F.cross_entropy(logits.float(), target)
        backward_and_step(self.optimiser, loss)
        return {"loss": loss.item(), "accuracy": (logits.argmax(1) == target).float().mean().item()}

    def _read(self, rows: NDArray[np.int64]) -> tuple[Tensor, Tensor]:
        """Return pictures [n, 3, px, px] and their classes [n]."""
        target = torch.from_numpy(self.data.labels[rows])
        return self.device_context.to_device(to_tensor(self.data.of(rows), self._px)), self.device_context.to_device(
            target
        )

    @torch.no_grad()
    def validate(self) -> dict[str, float]:
        """Return loss and accuracy on pictures held out, as they are. Every rank does all of it."""
        rows = self._held_out
        if not len(rows):
            return {}
        rows = rows[np.unique(np.linspace(0, len(rows) - 1, _VALIDATED_ON).astype(int))]
        self.net.eval()
        logits, targets = [], []
        for start in range(0, len(rows), self._batch):
            pictures, target = self._read(rows[start : start + self._batch])
            with self.device_context.autocast():
                logits.append(self.net(pictures).float())
            targets.append(target)
        predicted, target = torch.cat(logits), torch.cat(targets)
        right = (predicted.argmax(1) == target).float().mean().item()
        return {"loss": F.cross_entropy(predicted, target).item(), "accuracy": right}

    def bounds(self) -> LossBounds | None:
        """Every picture named for sure, or a guess among all classes."""
        return LossBounds("loss", 0.0, math.log(len(self.data.classes)))


def _labelled(data: Pictures, rows: NDArray[np.int64]) -> NDArray[np.int64]:
    labelled: NDArray[np.int64] = rows[data.labels[rows] != UNKNOWN]
    return labelled


def train_judge(data: Pictures, settings: JudgeSettings, plan: RunPlan, weights: Path | None = None) -> Judge:
    """Train the judge on the labelled pictures of `data` and return it; Inception begins with `weights` where given.

    `weights` is a state dict of torchvision's `inception_v3`. Writes `judge.safetensors` and `judge.json` to the plan's
    folder. Raises DataError where the pictures have no labels.
    """
    stage = JudgeStage(data, settings, plan.device_context, plan.seed, weights)
    run_info = {"stage": "judge", "pictures": len(data.train), "classes": len(data.classes)}
    train(stage, plan, {**run_info, "weights": weights.name if weights else None, **asdict(settings)})
    judge = stage.net.eval().requires_grad_(False)
    if plan.device_context.is_main:
        about = {"architecture": judge.architecture, "classes": list(judge.classes)}
        (plan.out / ABOUT).write_text(json.dumps(about, indent=1) + "\n", encoding="utf-8")
        save_file({k: v.contiguous() for k, v in judge.state_dict().items()}, plan.out / WEIGHTS)
    return judge


def load_judge(folder: Path) -> Judge:
    """Return the judge that a finished run left in `folder`. Raises FileNotFoundError."""
    weights, about_path = (finished_file(folder, name, "judge") for name in (WEIGHTS, ABOUT))
    about = json.loads(about_path.read_text(encoding="utf-8"))
    judge = Judge(about["classes"], about["architecture"])
    judge.load_state_dict(load_file(weights))
    return judge.eval().requires_grad_(False)
