"""Who looks at pictures: networks that read features, names and places off them. Each tells what arrays it fills.

A corpus's classifier (small, or the fine-tuned Inception-V3 of the paper's appendix A), a judge that needs the thing,
CLIP (`clip_text`), and f_V, which also places sounds and pictures in one space.
"""

import pickle
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Final, Protocol

import numpy as np
import torch
from numpy.typing import NDArray
from torch import Tensor

from s2s.bundle import Bundle
from s2s.evaluate.heard_pictures import see
from s2s.models.judge import INCEPTION_DIM, Judge
from s2s.models.thing_judge import ThingJudge
from s2s.training.inputs.tensors import as_input
from s2s.training.stages.judge import WEIGHTS as JUDGE_WEIGHTS
from s2s.training.stages.judge import load_judge
from s2s.training.stages.thing_judge import WEIGHTS as THING_WEIGHTS
from s2s.training.stages.thing_judge import load_thing_judge

Arrays = Mapping[str, NDArray[Any]]

CLASS_FEATURES: Final = "class-features"
CLASS_LOGITS: Final = "class-logits"
THING_LOGITS: Final = "thing-logits"
THING_MASKS: Final = "thing-masks"
THING_SIZES: Final = "thing-sizes"
SEEN: Final = "seen"
_MASK_SCALE: Final = 255.0


class PictureReader(Protocol):
    """Looks at pictures."""

    def read(self, pictures: NDArray[np.uint8]) -> Arrays:
        """Return arrays by name, one row for each of `pictures` [n, h, w, 3]."""
        ...


@dataclass(frozen=True, slots=True)
class ClassReader:
    """A corpus's classifier; `named` is false where nobody knows what its outputs are called."""

    judge: Judge
    device: torch.device
    named: bool = True

    def read(self, pictures: NDArray[np.uint8]) -> Arrays:
        """Return features [n, d] and logits [n, classes]."""
        features = self.judge.features(as_input(pictures).to(self.device))
        return {CLASS_FEATURES: _numbers(features), CLASS_LOGITS: _numbers(self.judge.out(features))}


@dataclass(frozen=True, slots=True)
class ThingReader:
    """A judge that needs the thing."""

    judge: ThingJudge
    device: torch.device

    def read(self, pictures: NDArray[np.uint8]) -> Arrays:
        """Return logits [n, 29], masks [n, h, w] in 0..255, and log sizes [n, 29], were the thing of each class."""
        said = self.judge(as_input(pictures).to(self.device))
        levels = (said.mask[:, 0].sigmoid() * _MASK_SCALE).round().to(torch.uint8)
        sizes = _numbers(said.log_sizes)
        return {THING_LOGITS: _numbers(said.logits), THING_MASKS: levels.cpu().numpy(), THING_SIZES: sizes}


@dataclass(frozen=True, slots=True)
class SeenReader:
    """f_V of the model itself."""

    model: Bundle

    def read(self, pictures: NDArray[np.uint8]) -> Arrays:
        """Return unit features [n, d]."""
        return {SEEN: see(self.model, pictures).numpy()}


@dataclass(frozen=True, slots=True)
class Judges:
    """Those that were given: `classes` for R@k, FID and Inception Score, `things` for those of the world."""

    classes: ClassReader | None = None
    things: ThingReader | None = None

    @property
    def readers(self) -> Sequence[PictureReader]:
        """All of them."""
        return [one for one in (self.classes, self.things) if one is not None]


def load_judges(folders: Sequence[Path], inception: Path | None, device: torch.device) -> Judges:
    """Load what `train judge` and `train thing-judge` left in `folders`, and a fine-tuned Inception-V3 of a file.

    Raises FileNotFoundError for a folder that holds neither, ValueError for two of one kind or a file of another kind.
    """
    classes: list[ClassReader] = []
    things: list[ThingReader] = []
    for folder in folders:
        if (folder / THING_WEIGHTS).exists():
            things.append(ThingReader(load_thing_judge(folder).to(device), device))
        elif (folder / JUDGE_WEIGHTS).exists():
            classes.append(ClassReader(load_judge(folder).to(device), device))
        else:
            raise FileNotFoundError(f"{folder} holds no judge: `train judge` and `train thing-judge` leave one")
    if inception is not None:
        classes.append(ClassReader(load_inception(inception).to(device), device, named=False))
    if len(classes) > 1 or len(things) > 1:
        raise ValueError("expected one classifier and one judge of things at most: several do not give one number")
    return Judges(classes[0] if classes else None, things[0] if things else None)


def load_inception(path: Path) -> Judge:
    """Return the Inception-V3 whose state dict, head and all, is in a file of torchvision's. Raises ValueError."""
    try:
        weights = torch.load(path, map_location="cpu", weights_only=True)
        head = {name: weights[f"fc.{name}"] for name in ("weight", "bias")}
        count, dim = head["weight"].shape
    except (RuntimeError, KeyError, TypeError, EOFError, pickle.UnpicklingError) as error:
        said = " ".join(str(error).split())[:200]
        raise ValueError(f"{path} is no state dict of torchvision's inception_v3 with its fc ({said})") from error
    if dim != INCEPTION_DIM:
        raise ValueError(f"{path}: expected a head on {INCEPTION_DIM} features, got {dim}")
    judge = Judge([str(number) for number in range(count)], "inception")
    judge.load_body(path)
    judge.out.load_state_dict(head)
    return judge.eval().requires_grad_(False)


def _numbers(values: Tensor) -> NDArray[np.float32]:
    numbers: NDArray[np.float32] = values.float().cpu().numpy()
    return numbers
