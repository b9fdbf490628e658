"""The default generator's painter: an autoencoder whose small codes a memory holds. Pictures alone; no sound, no h.

A picture's thing is a few per cent of it, and means over pictures forget it. So crops are drawn around the thing, and
inside its mask differences weigh more. Differences are compared at three scales, and so are their slopes, which keep
edges where a plain mean would smear them.
"""

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
from s2s.models.autoencoder import STRIDE, Autoencoder
from s2s.sampling.generate import as_pixels
from s2s.training.engine.checkpoint import finished_file, read_run_info
from s2s.training.engine.device import DeviceContext, backward_and_step, set_lr
from s2s.training.engine.loop import RunPlan, train
from s2s.training.engine.moving_average import MovingAverage
from s2s.training.engine.stage import StageBase
from s2s.training.engine.step_context import SampleRng, StepContext
from s2s.training.inputs.images import Pictures
from s2s.training.inputs.tensors import as_input
from s2s.training.losses.texture_critic import TextureCritic, balance
from s2s.world.takes import MASK_SCALE

WEIGHTS: Final = "autoencoder.safetensors"
_SCALES: Final = 3
_VALIDATED_ON: Final = 112
_SHOWN: Final = 28
_SHEET_COLUMNS: Final = 7


@dataclass(frozen=True, slots=True)
class AutoencoderSettings:
    """How the autoencoder is trained. `channels` and `blocks` are those of `CodeDecoder`."""

    code_dim: int = 16
    channels: tuple[int, ...] = (192, 128, 48, 24)
    blocks: tuple[int, ...] = (1, 1, 2)
    batch: int = 32
    learning_rate: float = 1e-3
    crop_px: tuple[int, int] = (128, 96)  # width and height of what a step sees of a picture
    whole: float = 0.25  # the last share of the run sees whole pictures, a quarter as many
    on_thing: float = 0.75  # how many of the crops are drawn around the thing
    thing: float = 5.0  # how much more a difference weighs inside its mask
    slopes: float = 1.0
    texture: float = 0.0  # how hard a critic of texture pulls at the last layer, of their pull; 0: there is none
    texture_from: float = 0.1  # the share of the run after which it does; before, it only learns
    jitter: float = 0.05  # deviation of what is added to a code: neighbours of a code shall paint its picture too
    average: float = 0.995


class AutoencoderStage(StageBase):
    """One step: crops of pictures, through a code and back. `masks` [n, h / 4, w / 4] say where things are."""

    def __init__(
        self,
        data: Pictures,
        settings: AutoencoderSettings,
        device_context: DeviceContext,
        seed: int = 0,
        masks: NDArray[np.uint8] | None = None,
    ) -> None:
        torch.manual_seed(seed)
        height, width = data.pixels.shape[1:3]
        crop_width, crop_height = settings.crop_px
        if any(side % STRIDE for side in (height, width, crop_width, crop_height)):
            raise DataError(f"{STRIDE} must divide the sides of pictures ({width}x{height}) and crops")
        if crop_width > width or crop_height > height:
            raise DataError(f"crops of {crop_width}x{crop_height} do not fit into pictures of {width}x{height}")
        self.data, self.settings, self.device_context, self.masks = data, settings, device_context, masks
        self.net = device_context.prepare(Autoencoder(settings.code_dim, settings.channels, settings.blocks))
        self._forward = device_context.compile(self.net)
        self.average = MovingAverage(self.net, settings.average)
        self.optimiser = device_context.adam(self.net.parameters(), settings.learning_rate, betas=(0.9, 0.99))
        self.critic = TextureCritic(device_context) if settings.texture else None
        super().__init__(
            {
                "net": self.net,
                "optimiser": self.optimiser,
                **({"critic": self.critic} if self.critic is not None else {}),
            },
            average=self.average,
        )

    def step(self, ctx: StepContext) -> dict[str, float]:
        """Take one step."""
        s = self.settings
        rate = s.learning_rate * _rate(ctx.progress)
        set_lr(self.optimiser, rate)
        sees_whole = ctx.progress > 1.0 - s.whole
        count = s.batch // 4 if sees_whole else s.batch
        rows = ctx.local_shard(ctx.rng.choice(self.data.train, count, replace=False))
        sample_rng = ctx.sample_rng(count)

        # Read the pictures, and of each the crop that this step sees.
        pictures, masks = self._read(rows, sample_rng, sees_whole)
        self._last_batch = {"pictures": pictures, "masks": masks}

        # Paint them again from codes that are a little off.
        height, width = (side // STRIDE for side in pictures.shape[2:])
        blur = self.device_context.to_device(sample_rng.normal(s.code_dim, height, width) * s.jitter)
        with self.device_context.autocast():
            painted = self._forward(pictures, blur)

        # Compare at every scale, the thing for more than the place.
        level, slope = likeness(painted.float(), pictures, masks, s.thing)
        loss, metrics = level + s.slopes * slope, {"level": level.item(), "slope": slope.item()}
        if self.critic is not None and ctx.progress >= s.texture_from:
            wish = self.critic.wish(painted)
            pull = balance(loss, wish, self.net.decoder.rgb.weight)
            loss, metrics["wish"] = loss + s.texture * pull * wish, wish.item()
        backward_and_step(self.optimiser, loss)
        self.average.update(self.net)
        if self.critic is not None:
            metrics["critic"] = self.critic.step(pictures, painted, rate)
        return metrics

    def _read(self, rows: NDArray[np.int64], sample_rng: SampleRng, sees_whole: bool) -> tuple[Tensor, Tensor]:
        """Return crops [n, 3, h, w] in -1..1 and their masks [n, 1, h / 4, w / 4] in 0..1."""
        height, width = self.data.pixels.shape[1:3]
        crop_width, crop_height = (width, height) if sees_whole else self.settings.crop_px
        masks = self._masks_of(rows)
        around = sample_rng.chance(self.settings.on_thing).numpy()
        places = sample_rng.uniform(0.0, 1.0, 3).numpy()
        pictures = np.empty((len(rows), crop_height, crop_width, 3), np.uint8)
        cut = np.empty((len(rows), crop_height // MASK_SCALE, crop_width // MASK_SCALE), np.uint8)
        for number, row in enumerate(rows):
            x, y = _corner(masks[number], places[number], around[number], (width - crop_width, height - crop_height))
            pictures[number] = self.data.pixels[row, y : y + crop_height, x : x + crop_width]
            rows_of = slice(y // MASK_SCALE, (y + crop_height) // MASK_SCALE)
            cut[number] = masks[number, rows_of, x // MASK_SCALE : (x + crop_width) // MASK_SCALE]
        return self.device_context.to_device(as_input(pictures)), self.device_context.to_device(
            torch.from_numpy(cut)[:, None].float() / 255.0
        )

    def _masks_of(self, rows: NDArray[np.int64]) -> NDArray[np.uint8]:
        height, width = (side // MASK_SCALE for side in self.data.pixels.shape[1:3])
        if self.masks is None:
            return np.zeros((len(rows), height, width), np.uint8)
        return np.asarray(self.masks[rows])

    @torch.no_grad()
    def validate(self) -> dict[str, float]:
        """Return how far the average's paintings of held-out pictures are from them. Every rank does all of it."""
        rows = self._shown(_VALIDATED_ON)
        if not len(rows):
            return {}
        levels, slopes = [], []
        for some in np.array_split(rows, max(1, len(rows) // 8)):
            pictures = self.device_context.to_device(as_input(self.data.of(some)))
            masks = self.device_context.to_device(torch.from_numpy(self._masks_of(some))[:, None].float() / 255.0)
            level, slope = likeness(self.average.net(pictures), pictures, masks, self.settings.thing)
            levels.append(level.item())
            slopes.append(slope.item())
        means = {"level": float(np.mean(levels)), "slope": float(np.mean(slopes))}
        return {"loss": means["level"] + self.settings.slopes * means["slope"], **means}

    def _shown(self, count: int) -> NDArray[np.int64]:
        rows = self.data.held_out
        return rows[np.unique(np.linspace(0, len(rows) - 1, count).astype(int))] if len(rows) else rows

    @torch.no_grad()
    def sheet(self) -> NDArray[np.uint8] | None:
        """Return rows of held-out pictures over what is painted from their codes."""
        rows = self._shown(_SHOWN)
        if not len(rows):
            return None
        pictures = self.data.of(rows)
        painted = as_pixels(self.average.net(self.device_context.to_device(as_input(pictures))))
        columns = min(_SHEET_COLUMNS, len(rows))
        starts = range(0, len(rows) - columns + 1, columns)
        lines = [
            np.concatenate(list(some[start : start + columns]), axis=1)
            for start in starts
            for some in (pictures, painted)
        ]
        return np.concatenate(lines, axis=0)


def _rate(progress: float) -> float:
    """Rise over the first hundredth, fall over the last third."""
    return min(1.0, 0.02 + 100 * progress) * min(1.0, max(0.02, 3 * (1 - progress)))


def _corner(
    mask: NDArray[np.uint8], places: NDArray[np.float32], around: bool, room: tuple[int, int]
) -> tuple[int, int]:
    """Return the lower x and y of a crop, multiples of `MASK_SCALE`: around a place of the thing, or anywhere.

    `places` are three numbers in 0..1 that decide; `room` is how far a crop can be moved, in pixels.
    """
    x, y = places[1] * room[0], places[2] * room[1]
    if around and mask.any():
        rows, columns = np.nonzero(mask > 127) if (mask > 127).any() else np.nonzero(mask)
        chosen = min(int(places[0] * len(rows)), len(rows) - 1)
        # The crop covers the chosen place, wherever within the crop that is.
        height, width = (MASK_SCALE * side for side in mask.shape)
        x = columns[chosen] * MASK_SCALE - places[1] * (width - room[0])
        y = rows[chosen] * MASK_SCALE - places[2] * (height - room[1])
    x, y = (min(max(value, 0), limit) for value, limit in zip((x, y), room, strict=True))
    return int(x) // MASK_SCALE * MASK_SCALE, int(y) // MASK_SCALE * MASK_SCALE


def likeness(painted: Tensor, pictures: Tensor, masks: Tensor, thing: float) -> tuple[Tensor, Tensor]:
    """Return how far `painted` is from `pictures` [b, 3, h, w] in level and in slope, means over three scales.

    `masks` [b, 1, h / 4, w / 4] in 0..1 say where the thing is; there a difference weighs `thing` times more.
    """
    levels, slopes = [], []
    for scale in range(_SCALES):
        if scale:
            painted, pictures = F.avg_pool2d(painted, 2), F.avg_pool2d(pictures, 2)
        weights = 1.0 + thing * F.interpolate(masks, pictures.shape[2:], mode="bilinear")
        weights = weights / weights.mean()
        difference = painted - pictures
        levels.append((difference.abs() * weights).mean())
        across = difference[..., :, 1:] - difference[..., :, :-1]
        down = difference[..., 1:, :] - difference[..., :-1, :]
        slopes.append((across.abs() * weights[..., :, 1:]).mean() + (down.abs() * weights[..., 1:, :]).mean())
    return torch.stack(levels).mean(), torch.stack(slopes).mean()


def train_autoencoder(
    data: Pictures,
    settings: AutoencoderSettings,
    plan: RunPlan,
    masks: NDArray[np.uint8] | None = None,
    start: Autoencoder | None = None,
) -> Autoencoder:
    """Train the autoencoder, from `start` where one is given; write its averaged weights and return that network."""
    stage = AutoencoderStage(data, settings, plan.device_context, plan.seed, masks)
    if start is not None:
        for net in (stage.net, stage.average.net):
            net.load_state_dict(start.state_dict())
    run_info = {
        "stage": "autoencoder",
        "pictures": len(data.train),
        "masks": masks is not None,
        "from": start is not None,
    }
    train(stage, plan, {**run_info, **asdict(settings)})
    net = stage.average.net
    if plan.device_context.is_main:
        save_file({k: v.contiguous() for k, v in net.state_dict().items()}, plan.out / WEIGHTS)
    return net


def load_autoencoder(folder: Path) -> Autoencoder:
    """Return the autoencoder that a finished run left in `folder`, or that lies beside a bundle, in half precision.

    Raises FileNotFoundError.
    """
    path = finished_file(folder, WEIGHTS, "autoencoder")
    run = read_run_info(folder)
    net = Autoencoder(run["code_dim"], tuple(run["channels"]), tuple(run["blocks"]))
    net.load_state_dict({name: value.float() for name, value in load_file(path).items()})
    return net.eval().requires_grad_(False)
