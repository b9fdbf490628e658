"""Stage 4: the audio encoder f_A, pulled to the frozen image encoder's features (Sound2Scene 3.1).

The loss is the paper's L_total; `nce` and `l2` are its ablations (table 2). Temperature and an added plain distance are
options, because at temperature 1 and batch 64 the loss spans 1.4 nats and hardly tells neighbours apart.
"""

import json
import math
from dataclasses import asdict, dataclass, field
from pathlib import Path
from typing import Final, Literal

import numpy as np
import torch
import torch.nn.functional as F
from numpy.typing import NDArray
from safetensors.torch import load_file, save_file
from torch import Tensor

from s2s.card import CARD, read_card
from s2s.models.audio_encoder import AudioEncoder
from s2s.spectrogram_spec import SpectrogramSpec
from s2s.training.augment.spectrogram_augment import (
    NO_AUGMENTATION,
    SpectrogramAugmentation,
    SpectrogramBatch,
    augment_spectrograms,
)
from s2s.training.engine.checkpoint import finished_file
from s2s.training.engine.device import DeviceContext, backward_and_step, set_lr
from s2s.training.engine.distributed import all_gather_rows
from s2s.training.engine.loop import RunPlan, train
from s2s.training.engine.stage import LossBounds, StageBase
from s2s.training.engine.step_context import StepContext, shard_of
from s2s.training.inputs.pairs import Pairs
from s2s.training.losses.objectives import audio_visual_info_nce, cosine_info_nce, unit_distance

WEIGHTS: Final = "audio_encoder.safetensors"
SPEC: Final = "spectrogram.json"
Loss = Literal["total", "nce", "l2"]


@dataclass(frozen=True, slots=True)
class AudioEncoderSettings:
    """How f_A is trained. The defaults are the paper's but for `augmentation`: it has none, `NO_AUGMENTATION`.

    `loss`: `total` is equation 2; `nce` the same with cosines instead of distances; `l2` the mean square of raw
    features, without negatives. `schedule`: `constant` as published, or `cosine`, which rises first and then falls.
    """

    width: int = 64
    batch: int = 64
    loss: Loss = "total"
    learning_rate: float = 1e-3
    weight_decay: float = 1e-5
    schedule: Literal["constant", "cosine"] = "constant"
    temperature: float = 1.0
    pull: float = 0.0  # contrast alone drives embeddings off the manifold that the generator was trained on
    augmentation: SpectrogramAugmentation = field(default_factory=SpectrogramAugmentation)


class AudioEncoderStage(StageBase):
    """One step: pairs drawn at random, heard through a random microphone, pulled to their pictures."""

    def __init__(
        self, data: Pairs, settings: AudioEncoderSettings, device_context: DeviceContext, seed: int = 0
    ) -> None:
        torch.manual_seed(seed)
        self.data, self.settings, self.device_context = data, settings, device_context
        self.net = device_context.prepare(AudioEncoder(settings.width, data.feature_dim))
        self._forward = device_context.compile(self.net)
        self.optimiser = device_context.adam(
            self.net.parameters(), settings.learning_rate, weight_decay=settings.weight_decay
        )
        # Fewer pairs than a batch are drawn as a whole, and shared evenly.
        self._batch = min(settings.batch, len(data.train) // device_context.rank.count * device_context.rank.count)
        self._chances = data.chances
        super().__init__({"net": self.net, "optimiser": self.optimiser})

    def step(self, ctx: StepContext) -> dict[str, float]:
        """Take one step."""
        set_lr(self.optimiser, self.settings.learning_rate * self._rate(ctx.progress))

        # Draw this rank's pairs: sounds as a random microphone hears them, and f_V's features of a moment of each.
        sound, image = self._draw(ctx)

        # Embed the sounds. The loss is taken in single precision, over the batch of all ranks.
        self.net.train()
        with self.device_context.autocast():
            audio: Tensor = self._forward(sound)
        loss, metrics = self._loss(audio.float(), image)

        # Pull them to the features.
        backward_and_step(self.optimiser, loss)
        return {"loss": loss.item(), **metrics}

    def _rate(self, progress: float) -> float:
        if self.settings.schedule == "constant":
            return 1.0
        return min(1.0, 0.05 + 50 * progress) * max(0.02, 0.5 * (1 + math.cos(math.pi * progress)))

    def _draw(self, ctx: StepContext) -> tuple[Tensor, Tensor]:
        """Return this rank's input [b, 1, bins, frames] and features [b, d]."""
        batch = ctx.rng.choice(self.data.train, self._batch, replace=False, p=self._chances)
        share = shard_of(ctx.rank, len(batch))
        rows, others = batch[share], np.roll(batch, -1)[share]
        sample_rng = ctx.sample_rng(len(batch))
        pictures = sample_rng.integers(self.data.features.shape[1]).numpy()
        image = torch.from_numpy(self.data.features[rows, pictures])
        log_spectrograms = self.data.log_spectrograms_of(np.concatenate([rows, others[-1:]]))  # the next is behind each
        log_spectrograms = self.device_context.to_device(log_spectrograms)
        augmentation = self.settings.augmentation
        if augmentation == NO_AUGMENTATION:
            log_spectrograms = log_spectrograms[:-1]  # as published: not even the start is moved
        else:
            calibrated = torch.from_numpy(self.data.calibrated[rows])
            clean = SpectrogramBatch(log_spectrograms[:-1], log_spectrograms[1:], calibrated)
            log_spectrograms = augment_spectrograms(clean, augmentation, self.data.spec, sample_rng)
        sound = self.data.normalised(log_spectrograms).contiguous(memory_format=torch.channels_last)
        self._last_batch = {"sound": sound, "image": image, "rows": torch.from_numpy(rows)}
        return sound, self.device_context.to_device(image)

    def _loss(self, audio: Tensor, image: Tensor) -> tuple[Tensor, dict[str, float]]:
        """Return the loss over the batch of all ranks, and what to tell of it."""
        s = self.settings
        audio, image = all_gather_rows(audio), all_gather_rows(image)
        distance = unit_distance(audio, image).diagonal().mean()
        if s.loss == "l2":
            return F.mse_loss(audio, image), {"distance": distance.item()}
        nce = audio_visual_info_nce if s.loss == "total" else cosine_info_nce
        contrast = nce(audio, image, s.temperature)
        return contrast + s.pull * distance, {"contrast": contrast.item(), "distance": distance.item()}

    @torch.no_grad()
    def validate(self) -> dict[str, float]:
        """Return the loss on held-out pairs as they are, in batches like a step's, and recall among all of them.

        `recall_1`: how often a sound's nearest picture is its own. Every rank does all of it.
        """
        rows = self.data.held_out
        if len(rows) < 2:
            return {}
        self.net.eval()
        image = torch.from_numpy(self.data.features[rows, 0])
        audio = encode_pairs(self.net, self.data, rows)
        metrics = [self._validated(audio[few], image[few]) for few in _batches(len(rows), self._batch)]
        mean = {name: float(np.mean([one[name] for one in metrics])) for name in metrics[0]}
        nearest = unit_distance(audio, image).argmin(dim=1)
        return {**mean, "recall_1": (nearest == torch.arange(len(rows))).float().mean().item()}

    def _validated(self, audio: Tensor, image: Tensor) -> dict[str, float]:
        s = self.settings
        distance = unit_distance(audio, image).diagonal().mean().item()
        if s.loss == "l2":
            return {"loss": F.mse_loss(audio, image).item(), "distance": distance}
        nce = audio_visual_info_nce if s.loss == "total" else cosine_info_nce
        contrast = nce(audio, image, s.temperature).item()
        return {"loss": contrast + s.pull * distance, "contrast": contrast, "distance": distance}

    def bounds(self) -> LossBounds | None:
        """Return those of the contrast: features are never negative, so that no two are further apart than √2."""
        s = self.settings
        if s.loss == "l2":
            return None
        span = (math.sqrt(2.0) if s.loss == "total" else 1.0) / s.temperature
        return LossBounds("contrast", math.log1p((self._batch - 1) * math.exp(-span)), math.log(self._batch))


def train_audio_encoder(
    data: Pairs, settings: AudioEncoderSettings, plan: RunPlan, start: AudioEncoder | None = None
) -> AudioEncoder:
    """Train f_A, from `start` where one is given, whose width is the settings'.

    Writes `audio_encoder.safetensors` and `spectrogram.json` to the plan's folder and returns the network. Raises
    ValueError for a start of other sizes.
    """
    stage = AudioEncoderStage(data, settings, plan.device_context, plan.seed)
    if start is not None:
        _check_sizes(start, settings.width, data.feature_dim)
        stage.net.load_state_dict(start.state_dict())
    run_info = {"stage": "audio-encoder", "pairs": len(data.train), "held_out": len(data.held_out)}
    run_info |= {"spec": data.spec.to_dict(), "from_encoder": start is not None}
    train(stage, plan, {**run_info, **asdict(settings)})
    if plan.device_context.is_main:
        save_file({k: v.contiguous() for k, v in stage.net.state_dict().items()}, plan.out / WEIGHTS)
        (plan.out / SPEC).write_text(json.dumps(data.spec.to_dict()) + "\n")
    return stage.net.eval().requires_grad_(False)


def _check_sizes(start: AudioEncoder, width: int, dim: int) -> None:
    if (start.width, start.embedding_dim) != (width, dim):
        raise ValueError(
            f"expected width {width} and {dim} numbers, as f_V's, of the audio encoder to begin with, "
            f"got {start.width} and {start.embedding_dim}: set width, or begin with another"
        )


def _batches(count: int, batch: int) -> list[Tensor]:
    """Return all of `count` in batches of `batch`, always alike; where it does not come out even some are in two.

    Contrast depends on how many a batch holds, so all hold as many as a step's; and on whom, so they are mixed: a
    corpus lies there sorted by class.
    """
    order = torch.from_numpy(np.random.default_rng(0).permutation(count))
    size = min(batch, count)
    starts = sorted({*range(0, count - size + 1, size), count - size})
    return [order[start : start + size] for start in starts]


def load_audio_encoder(folder: Path) -> tuple[AudioEncoder, SpectrogramSpec]:
    """Return the encoder and the input definition that a finished run left in `folder`. Raises FileNotFoundError."""
    finished_file(folder, WEIGHTS, "audio-encoder")
    return load_start(folder).eval().requires_grad_(False), SpectrogramSpec.from_dict(
        json.loads((folder / SPEC).read_text())
    )


def load_start(folder: Path) -> AudioEncoder:
    """Return f_A of a finished run or of a bundle, ready to be trained on. Raises FileNotFoundError."""
    path = folder / WEIGHTS
    if not path.exists():
        raise FileNotFoundError(f"{path} is missing: expected the folder of a finished stage, or a bundle")
    weights = load_file(path)
    net = AudioEncoder(width=weights["conv1.weight"].shape[0], embedding_dim=weights["fc.weight"].shape[0])
    net.load_state_dict(weights)
    return net


def load_start_spec(folder: Path) -> SpectrogramSpec:
    """Return the input that f_A of a finished run or of a bundle was trained on. Raises FileNotFoundError, BundleError.

    Trained on, it hears by the same: with another mean and deviation all that it knows would sound louder or softer.
    """
    if (folder / SPEC).exists():
        return SpectrogramSpec.from_dict(json.loads((folder / SPEC).read_text()))
    if not (folder / CARD).exists():
        raise FileNotFoundError(f"{folder / SPEC} is missing: expected the folder of a finished stage, or a bundle")
    return read_card(folder).spectrogram


@torch.no_grad()
def encode_pairs(net: AudioEncoder, data: Pairs, rows: NDArray[np.int64], batch: int = 16) -> Tensor:
    """Return embeddings [k, d], not normalised, on the CPU, of the sounds of `rows` as they are."""
    device = net.fc.weight.device
    parts = [
        net(data.normalised(data.log_spectrograms_of(rows[start : start + batch])).to(device)).float().cpu()
        for start in range(0, len(rows), batch)
    ]
    return torch.cat(parts) if parts else torch.empty(0, data.feature_dim)
