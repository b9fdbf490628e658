"""Trains the judge that needs the thing. It sees things soft, coloured, moved, in other places, by twos; and broken.

What it learns of a size is what the mask of the altered picture covers: a nearer horizon makes no thing larger. A thing
whose parts are shuffled or strongly warped is none: else texture would do, and a judge that is content with texture
calls a green smear a tree.
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

from s2s.metrics.scores import mean_rank_correlation
from s2s.models.thing_judge import CLASSES, MASK_STRIDE, NONE, Judged, ThingJudge, as_input
from s2s.training.augment.thing_views import TILES, middle, moved, shuffled, softened, warped
from s2s.training.augment.views import random_colour
from s2s.training.engine.checkpoint import finished_file
from s2s.training.engine.device import DeviceContext, backward_and_step, set_lr
from s2s.training.engine.loop import RunPlan, train
from s2s.training.engine.stage import StageBase
from s2s.training.engine.step_context import SampleRng, StepContext
from s2s.training.inputs.tensors import as_input as as_pictures
from s2s.training.inputs.thing_images import NO_SECOND, Things

WEIGHTS: Final = "thing_judge.safetensors"
_NONE: Final = CLASSES.index(NONE)
_BREAKABLE: Final = 0.03  # a smaller thing fits into one tile and would survive
_MEASURABLE: Final = 5e-4  # of the picture: what is left of a thing that was cut away has no size
_LEAST_DEVIATION: Final = 0.1  # of a class's log sizes
_AT_ONCE: Final = 64


@dataclass(frozen=True, slots=True)
class ThingJudgeSettings:
    """How the judge is trained. `shuffled` and `warped` are the shares of pictures whose thing is broken."""

    batch: int = 64
    learning_rate: float = 2e-3
    soft: float = 0.5  # the share of pictures that are blurred, by up to three pixels of the input
    shuffled: float = 0.12
    warped: float = 0.10
    square: float = 0.25  # the share of steps that see the square in the middle, as older generators paint it
    mask: float = 1.0  # what the mask's loss counts for
    size: float = 1.0  # what the loss of the class's own mask and of its size counts for


class ThingJudgeStage(StageBase):
    """One step: name the thing in a batch of altered pictures, and say where it is."""

    def __init__(
        self, data: Things, settings: ThingJudgeSettings, device_context: DeviceContext, seed: int = 0
    ) -> None:
        torch.manual_seed(seed)
        self.data, self.settings, self.device_context = data, settings, device_context
        self.net = device_context.prepare(ThingJudge())
        self._deviations = device_context.to_device(size_deviations(data))
        self._forward = device_context.compile(self.net)
        self.optimiser = device_context.adam(self.net.parameters(), settings.learning_rate)
        super().__init__({"net": self.net, "optimiser": self.optimiser})

    def step(self, ctx: StepContext) -> dict[str, float]:
        """Take one step; the rate falls to nothing."""
        self.net.train()
        set_lr(self.optimiser, self.settings.learning_rate * min(1.0, max(0.02, 1.5 * (1 - ctx.progress))))
        rows = ctx.local_shard(ctx.rng.choice(self.data.train, self.settings.batch, replace=False))
        sample_rng = ctx.sample_rng(self.settings.batch)
        pictures, masks, target = self._read(rows)

        # Alter them: moved and cut, coloured, soft; then break some things.
        if ctx.rng.random() < self.settings.square:
            pictures, masks = middle(pictures), middle(masks)
        pictures, masks = moved(pictures, masks, sample_rng)
        pictures = softened(random_colour(pictures, sample_rng), sample_rng, self.settings.soft)
        pictures, masks, target = self._break(pictures, masks, target, sample_rng)
        self._last_batch = {"pictures": pictures, "masks": masks, "target": target}

        # Name what is left, find it, and say how large it is.
        with self.device_context.autocast():
            said = self._forward(pictures)
        named = F.cross_entropy(said.logits.float(), target, label_smoothing=0.05)
        placed = mask_loss(said.mask.float(), masks)
        sized = self._size_loss(said, masks, target)
        backward_and_step(self.optimiser, named + self.settings.mask * placed + self.settings.size * sized)
        right = likeliest_is_there(said.logits, target).float().mean().item()
        return {"loss": named.item(), "mask": placed.item(), "size": sized.item(), "accuracy": right}

    def _size_loss(self, said: Judged, masks: Tensor, target: Tensor) -> Tensor:
        """Return how far the own masks of single things are off, and their sizes in deviations of their class."""
        true, labels = masks.mean(dim=(1, 2, 3)), target.argmax(dim=1)
        rows = has_one_size(true, target)
        if not rows.any():
            return said.class_masks.sum() * 0.0
        own = said.class_masks[rows, labels[rows]][:, None].float()
        told = said.log_sizes[rows, labels[rows]]
        deviation = self._deviations[labels[rows]]
        off = F.smooth_l1_loss(told / deviation, true[rows].log() / deviation, beta=0.25)
        return mask_loss(own, masks[rows]) + off

    def _read(self, rows: NDArray[np.int64]) -> tuple[Tensor, Tensor, Tensor]:
        """Return pictures [n, 3, 72, w], masks [n, 1, 18, w / 4] in 0..1 and soft targets [n, classes]."""
        order = np.sort(rows)
        pictures = as_input(self.device_context.to_device(as_pictures(self.data.pixels[order])))
        masks = self.device_context.to_device(
            torch.from_numpy(np.asarray(self.data.masks[order]))[:, None].float() / 255.0
        )
        size = [side // MASK_STRIDE for side in pictures.shape[2:]]
        masks = F.interpolate(masks, size, mode="area")
        target = soft_target(*(torch.from_numpy(some[order]) for some in (self.data.labels, self.data.seconds)))
        return pictures, masks, self.device_context.to_device(target)

    def _break(
        self, pictures: Tensor, masks: Tensor, target: Tensor, sample_rng: SampleRng
    ) -> tuple[Tensor, Tensor, Tensor]:
        """Shuffle or warp some pictures; what is broken shows nothing any more."""
        s, chosen = self.settings, sample_rng.uniform().to(pictures.device)
        breakable = masks.mean(dim=(1, 2, 3)) > _BREAKABLE
        shuffle = breakable & (chosen < s.shuffled)
        warp = breakable & (chosen >= s.shuffled) & (chosen < s.shuffled + s.warped)
        order = sample_rng.uniform(0.0, 1.0, math.prod(TILES))
        field = sample_rng.normal(2, 5, 9).to(pictures.device)
        pictures = pictures.clone()
        if shuffle.any():
            pictures[shuffle] = shuffled(pictures[shuffle], order.to(pictures.device)[shuffle])
        if warp.any():
            pictures[warp] = warped(pictures[warp], field[warp])
        whole = ~(shuffle | warp)
        nothing = F.one_hot(torch.tensor(_NONE), len(CLASSES)).to(target)
        return pictures, masks * whole[:, None, None, None], torch.where(whole[:, None], target, nothing)

    @torch.no_grad()
    def validate(self) -> dict[str, float]:
        """Return loss, shares right and the mask's IoU on pictures held out, as they are. Every rank does all."""
        rows = self.data.held_out
        if not len(rows):
            return {}
        self.net.eval()
        said, targets, truths = [], [], []
        for start in range(0, len(rows), _AT_ONCE):
            pictures, masks, target = self._read(rows[start : start + _AT_ONCE])
            said.append(self.net(pictures))
            targets.append(target)
            truths.append(masks)
        all_said = Judged(*(torch.cat(some).float() for some in zip(*said, strict=True)))
        target, truth = torch.cat(targets), torch.cat(truths)
        there = target[:, _NONE] == 0
        overlap = intersection_over_union(all_said.mask.sigmoid()[there], truth[there])
        true, labels = truth.mean(dim=(1, 2, 3)), target.argmax(dim=1)
        single = has_one_size(true, target)
        told = all_said.log_sizes.gather(1, labels[:, None])[:, 0]
        in_order = mean_rank_correlation(*(some[single].double().cpu().numpy() for some in (told, true, labels)))
        loss = F.cross_entropy(all_said.logits, target) + self._size_loss(all_said, truth, target)
        return {
            "loss": loss.item(),
            **shares_right(all_said.logits, target),
            "iou": overlap.mean().item(),
            "size_order": in_order,
        }


def size_deviations(data: Things) -> Tensor:
    """Return the deviation [classes] of each class's log size in training pictures of one thing; 1 where none is."""
    rows = data.train[(data.labels[data.train] != _NONE) & (data.seconds[data.train] == NO_SECOND)]
    shares = np.asarray(data.masks[rows]).mean(axis=(1, 2)) / 255.0
    logs, labels = np.log(np.maximum(shares, _MEASURABLE)), data.labels[rows]
    deviations = np.ones(len(CLASSES), np.float32)
    for label in np.unique(labels):
        deviations[label] = max(logs[labels == label].std(), _LEAST_DEVIATION)
    return torch.from_numpy(deviations)


def has_one_size(shares: Tensor, target: Tensor) -> Tensor:
    """Return which pictures [n] show one thing, whole enough to have a size; `shares` [n] are what masks cover."""
    return (target[:, _NONE] == 0) & (target.max(dim=1).values == 1) & (shares > _MEASURABLE)


def mask_loss(mask: Tensor, truth: Tensor) -> Tensor:
    """Return the cross entropy of mask logits and truth [n, 1, h, w] and, where a thing is, what overlap they lack.

    By cross entropy alone a small thing's mask stays so faint that it is nowhere likelier than not.
    """
    there = truth.sum(dim=(1, 2, 3)) > 0
    lacking = (1.0 - intersection_over_union(mask.sigmoid(), truth)) * there
    return F.binary_cross_entropy_with_logits(mask, truth) + 0.5 * lacking.sum() / there.sum().clamp_min(1)


def soft_target(labels: Tensor, seconds: Tensor) -> Tensor:
    """Return what is to be said [n, classes]: all of a label [n], or half of each where a second [n] is not -1."""
    first = F.one_hot(labels, len(CLASSES))
    second = F.one_hot(torch.where(seconds == NO_SECOND, labels, seconds), len(CLASSES))
    return (first + second).float() / 2


def shares_right(logits: Tensor, target: Tensor) -> dict[str, float]:
    """Return the accuracy on pictures of one thing or none, and on those of one thing, of logits [n, classes].

    `both`, where `target` [n, classes] has pictures of two things, is how often those are the two likeliest.
    """
    there, two = target[:, _NONE] == 0, (target > 0).sum(dim=1) == 2
    right = likeliest_is_there(logits, target).float()
    shares = {"accuracy": right[~two].mean().item(), "thing_accuracy": right[there & ~two].mean().item()}
    if two.any():
        shares["both"] = both_are_likeliest(logits[two], target[two]).float().mean().item()
    return shares


def likeliest_is_there(logits: Tensor, target: Tensor) -> Tensor:
    """Return whether the likeliest class [n, classes] has a share in `target` [n, classes]; of two, either will do."""
    return target.gather(1, logits.argmax(dim=1, keepdim=True))[:, 0] > 0


def both_are_likeliest(logits: Tensor, target: Tensor) -> Tensor:
    """Return whether the two likeliest things, `none` left out, are the two of `target` [n, classes]."""
    two = logits.index_fill(1, torch.tensor([_NONE], device=logits.device), -math.inf).topk(2, dim=1).indices
    return (target.gather(1, two) > 0).all(dim=1)


def intersection_over_union(found: Tensor, truth: Tensor) -> Tensor:
    """Return the IoU [n] of masks [n, 1, h, w] in 0..1, each place counted by how much of it is covered; 0 for none.

    Nowhere does rain cover half of a place: what is taken as there from a half on is never there.
    """
    both = torch.minimum(found, truth).sum(dim=(1, 2, 3))
    either = torch.maximum(found, truth).sum(dim=(1, 2, 3))
    return both / either.clamp_min(1e-6)


def train_thing_judge(
    data: Things, settings: ThingJudgeSettings, plan: RunPlan, start: ThingJudge | None = None
) -> ThingJudge:
    """Train the judge, from `start` where one is given; write `thing_judge.safetensors` and return it.

    Raises ValueError for a start that names other classes.
    """
    stage = ThingJudgeStage(data, settings, plan.device_context, plan.seed)
    run_info = {"stage": "thing-judge", "pictures": len(data.train), **asdict(settings)}
    if start is not None:
        _check_classes(start)
        stage.net.load_state_dict(start.state_dict())
        run_info["from"] = True
    train(stage, plan, run_info)
    judge = stage.net.eval().requires_grad_(False)
    if plan.device_context.is_main:
        (plan.out / "thing_judge.json").write_text(json.dumps({"classes": list(judge.classes)}) + "\n")
        save_file({k: v.contiguous() for k, v in judge.state_dict().items()}, plan.out / WEIGHTS)
    return judge


def _check_classes(start: ThingJudge) -> None:
    if start.classes != CLASSES:
        differing = sorted(set(start.classes) ^ set(CLASSES)) or ["their order"]
        raise ValueError(
            f"expected a judge of {len(CLASSES)} classes to begin with, got one of {len(start.classes)} that differs "
            f"in {', '.join(differing)}: begin with another, or with none"
        )


def load_thing_judge(folder: Path) -> ThingJudge:
    """Return the judge that a finished run left in `folder`. Raises FileNotFoundError, ValueError for an older kind."""
    path = finished_file(folder, WEIGHTS, "thing-judge")
    classes = json.loads((folder / "thing_judge.json").read_text())["classes"]
    judge, weights = ThingJudge(classes), load_file(path)
    if not any(name.startswith("class_masks.") for name in weights):
        raise ValueError(f"{path} is of before judges told sizes: train it again (`python -m s2s train thing-judge`)")
    judge.load_state_dict(weights)
    return judge.eval().requires_grad_(False)
