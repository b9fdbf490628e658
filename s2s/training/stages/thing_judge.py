"""Trains the judge that needs the thing. It sees things soft, coloured, moved, in other places, by twos; and broken.

A thing whose parts are shuffled or strongly warped is none: else texture would do, and a judge that is content with
texture calls a green smear a tree.
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

from s2s.models.thing_judge import CLASSES, MASK_STRIDE, NONE, ThingJudge, as_input
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
_TILES: Final = (8, 16)  # rows and columns that a broken picture is shuffled in
_BREAKABLE: Final = 0.03  # a smaller thing fits into one tile and would survive
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


class ThingJudgeStage(StageBase):
    """One step: name the thing in a batch of altered pictures, and say where it is."""

    def __init__(
        self, data: Things, settings: ThingJudgeSettings, device_context: DeviceContext, seed: int = 0
    ) -> None:
        torch.manual_seed(seed)
        self.data, self.settings, self.device_context = data, settings, device_context
        self.net = device_context.prepare(ThingJudge())
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
            pictures, masks = _middle(pictures), _middle(masks)
        pictures, masks = moved(pictures, masks, sample_rng)
        pictures = softened(random_colour(pictures, sample_rng), sample_rng, self.settings.soft)
        pictures, masks, target = self._break(pictures, masks, target, sample_rng)
        self._last_batch = {"pictures": pictures, "masks": masks, "target": target}

        # Name what is left, and find it.
        with self.device_context.autocast():
            logits, mask = self._forward(pictures)
        named = F.cross_entropy(logits.float(), target, label_smoothing=0.05)
        placed = F.binary_cross_entropy_with_logits(mask.float(), masks)
        backward_and_step(self.optimiser, named + self.settings.mask * placed)
        right = likeliest_is_there(logits, target).float().mean().item()
        return {"loss": named.item(), "mask": placed.item(), "accuracy": right}

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
        order = sample_rng.uniform(0.0, 1.0, math.prod(_TILES))
        field = sample_rng.normal(2, 5, 9).to(pictures.device)
        pictures = torch.where(shuffle[:, None, None, None], shuffled(pictures, order), pictures)
        pictures = torch.where(warp[:, None, None, None], warped(pictures, field), pictures)
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
        said, placed, targets, truths = [], [], [], []
        for start in range(0, len(rows), _AT_ONCE):
            pictures, masks, target = self._read(rows[start : start + _AT_ONCE])
            logits, mask = self.net(pictures)
            said.append(logits.float())
            placed.append(mask.sigmoid())
            targets.append(target)
            truths.append(masks)
        logits, target = torch.cat(said), torch.cat(targets)
        there = target[:, _NONE] == 0
        overlap = intersection_over_union(torch.cat(placed)[there], torch.cat(truths)[there])
        loss = F.cross_entropy(logits, target).item()
        return {"loss": loss, **shares_right(logits, target), "iou": overlap.mean().item()}


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


def _middle(x: Tensor) -> Tensor:
    height, width = x.shape[2:]
    start = (width - height) // 2
    return x[..., start : start + height]


def moved(pictures: Tensor, masks: Tensor, sample_rng: SampleRng) -> tuple[Tensor, Tensor]:
    """Cut a window of seven tenths of the sides or more out of each, and scale it to the whole; masks alike."""
    side = sample_rng.uniform(0.7, 1.05)
    theta = torch.zeros(len(pictures), 2, 3)
    theta[:, 0, 0] = theta[:, 1, 1] = side
    room = (1.0 - side).clamp_min(0.0)
    theta[:, 0, 2], theta[:, 1, 2] = room * sample_rng.uniform(-1, 1), room * sample_rng.uniform(-1, 1)
    theta = theta.to(pictures.device)

    def cut(x: Tensor, padding: str) -> Tensor:
        grid = F.affine_grid(theta, list(x.shape), align_corners=False)
        return F.grid_sample(x, grid, mode="bilinear", padding_mode=padding, align_corners=False)

    return cut(pictures, "reflection"), cut(masks, "zeros").clamp(0.0, 1.0)


def softened(x: Tensor, sample_rng: SampleRng, share: float) -> Tensor:
    """Blur a share of the pictures, each by its own amount, as a painter's soft hand does."""
    amount = sample_rng.uniform(0.0, 1.0).view(-1, 1, 1, 1).to(x.device)
    on = sample_rng.chance(share).float().view(-1, 1, 1, 1).to(x.device)
    half = F.interpolate(F.avg_pool2d(x, 2), x.shape[2:], mode="bilinear")
    third = F.interpolate(F.interpolate(x, scale_factor=1 / 3, mode="area"), x.shape[2:], mode="bilinear")
    soft = torch.where(amount < 0.5, x + 2 * amount * (half - x), half + (2 * amount - 1) * (third - half))
    return on * soft + (1 - on) * x


def shuffled(pictures: Tensor, order: Tensor) -> Tensor:
    """Return pictures [b, c, h, w] cut into tiles, in the order of `order` [b, tiles]."""
    rows, columns = _TILES
    b, c, height, width = pictures.shape
    high, wide = height // rows, width // columns
    cut = pictures[..., : high * rows, : wide * columns]
    tiles = cut.reshape(b, c, rows, high, columns, wide).permute(0, 2, 4, 1, 3, 5).reshape(b, rows * columns, -1)
    places = order.argsort(dim=1).to(pictures.device)[..., None].expand_as(tiles)
    mixed = tiles.gather(1, places).reshape(b, rows, columns, c, high, wide).permute(0, 3, 1, 4, 2, 5)
    return F.interpolate(mixed.reshape(b, c, high * rows, wide * columns), (height, width), mode="nearest")


def warped(pictures: Tensor, field: Tensor) -> Tensor:
    """Return pictures whose places are drawn apart by the smooth `field` [b, 2, h, w] of standard normal numbers."""
    height, width = pictures.shape[2:]
    shift = F.interpolate(field, (height, width), mode="bicubic", align_corners=True) * 0.22
    theta = torch.eye(2, 3, device=pictures.device).expand(len(pictures), -1, -1)
    grid = F.affine_grid(theta, list(pictures.shape), align_corners=False) + shift.permute(0, 2, 3, 1)
    return F.grid_sample(pictures, grid, mode="bilinear", padding_mode="reflection", align_corners=False)


def intersection_over_union(found: Tensor, truth: Tensor) -> Tensor:
    """Return the IoU [n] of masks [n, 1, h, w] in 0..1, each taken as there from a half on; 0 where neither is."""
    one, other = found > 0.5, truth > 0.5
    both = (one & other).float().sum(dim=(1, 2, 3))
    either = (one | other).float().sum(dim=(1, 2, 3))
    return both / either.clamp_min(1.0)


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
    """Return the judge that a finished run left in `folder`. Raises FileNotFoundError."""
    path = finished_file(folder, WEIGHTS, "thing-judge")
    classes = json.loads((folder / "thing_judge.json").read_text())["classes"]
    judge = ThingJudge(classes)
    judge.load_state_dict(load_file(path))
    return judge.eval().requires_grad_(False)
