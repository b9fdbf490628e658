"""An independent judge: a plain scene classifier of real pictures, to score generated ones with.

It shares nothing with the image encoder or the discriminator, whose own features would flatter the generator. The
one stage that is trained with scene names; nothing that it learns reaches the model.
"""

from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any, Final

import numpy as np
import torch
import torch.nn.functional as F
from numpy.typing import NDArray
from safetensors.torch import load_file, save_file
from torch import Tensor, nn

from s2s.models.image_encoder import at_input_size
from s2s.training.data import WorldData, to_tensor
from s2s.training.descent import channels_last, descend, set_rate
from s2s.training.loop import RunLength, train
from s2s.training.views import random_view

WEIGHTS: Final = "judge.safetensors"
PX: Final = 64
WIDTHS: Final = (32, 64, 96, 128)


class Judge(nn.Module):
    """Four strided convolutions, average pool, one linear layer."""

    def __init__(self, num_scenes: int) -> None:
        super().__init__()
        before = 3
        layers: list[nn.Module] = []
        for width in WIDTHS:
            layers += [nn.Conv2d(before, width, 5, stride=2, padding=2), nn.BatchNorm2d(width), nn.ReLU()]
            before = width
        self.body = nn.Sequential(*layers)
        self.out = nn.Linear(before, num_scenes)

    def features(self, pictures: Tensor) -> Tensor:
        """Return [b, 128] for pictures [b, 3, h, w] in -1..1."""
        pooled: Tensor = self.body(at_input_size(pictures)).mean(dim=(2, 3))
        return pooled

    def forward(self, pictures: Tensor) -> Tensor:
        """Return logits [b, scenes]."""
        logits: Tensor = self.out(self.features(pictures))
        return logits


@dataclass(frozen=True, slots=True)
class JudgeSettings:
    """How the judge is trained."""

    batch: int = 96
    learning_rate: float = 2e-3
    seed: int = 7


class JudgeTrainer:
    """One step: name the scenes of a batch of randomly cropped and coloured pictures."""

    def __init__(self, data: WorldData, settings: JudgeSettings) -> None:
        torch.manual_seed(settings.seed)
        self.data, self.settings = data, settings
        self.net = channels_last(Judge(data.counts.num_scenes))
        self.optimiser = torch.optim.Adam(self.net.parameters(), lr=settings.learning_rate)
        self.draws = torch.Generator().manual_seed(settings.seed)

    def step(self, progress: float) -> dict[str, float]:
        """Take one step; the rate falls to nothing."""
        self.net.train()
        set_rate(self.optimiser, self.settings.learning_rate * max(0.02, 1 - progress))
        chosen = torch.randint(len(self.data.pictures), (self.settings.batch,), generator=self.draws).sort().values
        pictures = random_view(to_tensor(self.data.pictures[chosen.numpy()], PX), self.draws)
        with torch.autocast("cpu", dtype=torch.bfloat16):
            logits = self.net(pictures)
        target = torch.from_numpy(self.data.scenes)[chosen]
        loss = F.cross_entropy(logits.float(), target)
        descend(self.optimiser, loss)
        return {"loss": loss.item(), "accuracy": (logits.argmax(1) == target).float().mean().item()}

    def sheet(self) -> NDArray[np.uint8] | None:
        """Nothing to see."""
        return None

    def state_dict(self) -> dict[str, Any]:
        """Return weights, optimiser and draws."""
        nets = {"net": self.net.state_dict(), "optimiser": self.optimiser.state_dict()}
        return {**nets, "draws": self.draws.get_state()}

    def load_state_dict(self, state: dict[str, Any]) -> None:
        """Take over a checkpoint."""
        self.net.load_state_dict(state["net"])
        self.optimiser.load_state_dict(state["optimiser"])
        self.draws.set_state(state["draws"])


def train_judge(data: WorldData, out: Path, settings: JudgeSettings, length: RunLength) -> Judge:
    """Train the judge on the pictures of `data`; write `judge.safetensors` to `out` and return the network."""
    trainer = JudgeTrainer(data, settings)
    train(trainer, out, length, {"stage": "judge", **asdict(settings)})
    save_file({k: v.contiguous() for k, v in trainer.net.state_dict().items()}, out / WEIGHTS)
    return trainer.net.eval().requires_grad_(False)


def load_judge(folder: Path) -> Judge:
    """Return the judge that a finished run left in `folder`. Raises FileNotFoundError."""
    path = folder / WEIGHTS
    if not path.exists():
        raise FileNotFoundError(f"{path} is missing: train it with `python -m s2s train judge DATA {folder}`")
    weights = load_file(path)
    net = Judge(len(weights["out.bias"]))
    net.load_state_dict(weights)
    return net.eval().requires_grad_(False)
