"""The sound source localisation model for pair selection (Sound2Scene 3.3), from unlabelled clips alone.

A frame's positive is the sound of its own moment; its negatives are the moments of the other clips in the batch and,
weighed less because much of a clip looks and sounds alike, other moments of its own. InfoNCE alone leaves open whether
a silent, empty place scores above or below a thing that sounds: each is told from the other, and no more is asked. A
logistic term puts all pairs on one scale: what matches much else in the batch scores low.
"""

import json
import math
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any, Final

import numpy as np
import torch
import torch.nn.functional as F
from numpy.typing import NDArray
from safetensors.torch import load_file, save_file
from torch import Tensor, nn

from s2s.models.localizer import COLUMNS_A_STEP, Localizer, LocalizerSizes
from s2s.selection.bands import FLOOR, FRAME_RATE_HZ
from s2s.selection.features import Moments
from s2s.training.descent import channels_last, descend, set_rate
from s2s.training.loop import RunLength, train

WEIGHTS: Final = "localizer.safetensors"
ABOUT: Final = "localizer.json"
MEASURED_ON: Final = 256  # clips, evenly spread: enough for a mean and a deviation
SMALLEST_TEMPERATURE: Final = 0.01
VALIDATED_ON: Final = 96  # clips at most
LOGISTIC_TEMPERATURE: Final = 0.1
FIRST_EVEN_ODDS: Final = 0.6
HISS_TILT_DB: Final = 10.0


@dataclass(frozen=True, slots=True)
class LocalizerSettings:
    """How the localizer is trained. Symmetric InfoNCE as in EZ-VSL (Mo & Morgado 2022), whose temperature of 0.03
    learns a few thousand clips by heart.
    """

    embedding_dim: int = 128
    picture_width: int = 96
    sound_width: int = 16
    attention: float = 0.1
    batch: int = 24  # clips
    moments: int = 8  # of each clip in the batch
    learning_rate: float = 2e-3
    weight_decay: float = 0.02
    temperature: float = 0.07
    learn_temperature: bool = False
    same_clip: float = 0.5  # weight of other moments of the same clip among the negatives
    calibration: float = 1.0  # weight of the logistic term
    gain_db: tuple[float, float] = (-6.0, 6.0)
    tilt_db: float = 4.0  # either way, over the whole range of pitch
    shift_bands: int = 1  # either way
    behind_db: tuple[float, float] = (-50.0, -10.0)  # level of another clip of the batch, relative to its own
    hiss_db: tuple[float, float] = (-80.0, -45.0)  # RMS of noise laid over: a clip's own noise would give it away
    jitter_s: float = 0.5  # between a frame and its sound: else the moment at which a thing comes is all that counts
    map_dropout: float = 0.3  # of f_V's channels
    validate_every: int = 50  # steps; the weights that do best on clips held out are the ones kept
    seed: int = 0

    def __post_init__(self) -> None:
        if self.batch < 2 or self.moments < 1:
            raise ValueError(f"a batch needs two clips and one of their moments, got {self.batch} and {self.moments}")
        if not self.temperature >= SMALLEST_TEMPERATURE:
            raise ValueError(f"temperature must be at least {SMALLEST_TEMPERATURE}, got {self.temperature}")
        if not (self.calibration >= 0 and self.jitter_s >= 0):
            raise ValueError(f"calibration and jitter_s must not be negative, got {self.calibration}, {self.jitter_s}")
        if not self.same_clip >= 0:
            raise ValueError(f"same_clip must not be negative, got {self.same_clip}")


@dataclass(frozen=True, slots=True)
class LocalizerAbout:
    """What besides its weights a localizer is: sizes, f_V's stages and fingerprint, and how its bands are scaled."""

    sizes: LocalizerSizes
    stages: tuple[int, ...]
    encoder: str
    mean: float
    deviation: float

    def scaled(self, bands: Tensor) -> Tensor:
        """Return log bands as the network was trained to hear them."""
        return (bands - self.mean) / self.deviation


class LocalizerTrainer:
    """One step: a few moments of each of a batch of clips, every frame against every sound."""

    def __init__(self, data: Moments, settings: LocalizerSettings) -> None:
        torch.manual_seed(settings.seed)
        self.data, self.settings = data, settings
        sizes = LocalizerSizes(
            tuple(shape[0] for shape in data.shapes),
            data.bands.shape[1],
            settings.embedding_dim,
            settings.picture_width,
            settings.sound_width,
            settings.attention,
        )
        self.about = LocalizerAbout(sizes, data.stages, data.encoder, *measured_bands(data))
        self.net = channels_last(Localizer(sizes))
        self.log_temperature = nn.Parameter(torch.tensor(math.log(settings.temperature)))
        self.log_temperature.requires_grad_(settings.learn_temperature)
        self.even_odds = nn.Parameter(torch.tensor(FIRST_EVEN_ODDS))
        groups = [
            {"params": list(self.net.parameters()), "weight_decay": settings.weight_decay},
            {"params": [self.log_temperature, self.even_odds], "weight_decay": 0.0},
        ]
        self.optimiser = torch.optim.AdamW(groups, lr=settings.learning_rate)
        self.rng = np.random.default_rng(settings.seed)
        self.num_steps = 0
        self.best = math.inf
        self.best_weights: dict[str, Tensor] | None = None
        self.validated: dict[str, float] = {}

    def step(self, progress: float) -> dict[str, float]:
        """Take one step; the rate rises over the first fiftieth, then falls along a half cosine."""
        rate = min(1.0, 0.05 + 50 * progress) * max(0.02, 0.5 * (1 + math.cos(math.pi * progress)))
        set_rate(self.optimiser, self.settings.learning_rate * rate)
        maps, bands, steps = self._draw()
        self.net.train()
        with torch.autocast("cpu", dtype=torch.bfloat16):
            matrix = self._matrix([F.dropout2d(one, self.settings.map_dropout) for one in maps], bands, steps)
        loss, told = self._loss(matrix, steps.shape[1])
        descend(self.optimiser, loss)
        self.num_steps += 1
        if len(self.data.held_out) > 1 and self.num_steps % self.settings.validate_every == 0:
            self._validate()
        learnt = {"temperature": self._temperature().item(), "even_odds": self.even_odds.item()}
        return {**told, **learnt, **self.validated}

    def _loss(self, matrix: Tensor, moments: int) -> tuple[Tensor, dict[str, float]]:
        """Return what is made small, and what to tell of it."""
        contrast = moment_info_nce(matrix, moments, self._temperature(), self.settings.same_clip)
        logistic = moment_logistic(matrix, moments, self.even_odds, self.settings.same_clip)
        told = {"contrast": contrast.item(), "logistic": logistic.item(), **_told(matrix.detach(), moments)}
        return contrast + self.settings.calibration * logistic, told

    def _matrix(self, maps: list[Tensor], bands: Tensor, steps: Tensor) -> Tensor:
        """Return C_av of every frame with every sound [b × m, b × m]."""
        heard = self.net.hear(self.about.scaled(bands))  # [b, d, steps]
        chosen = heard.gather(2, steps[:, None].expand(-1, heard.shape[1], -1))  # [b, d, m]
        return self.net.correspondence(self.net.see(maps), chosen.transpose(1, 2).flatten(0, 1))

    def _temperature(self) -> Tensor:
        return self.log_temperature.exp().clamp_min(SMALLEST_TEMPERATURE)

    def _draw(self) -> tuple[list[Tensor], Tensor, Tensor]:
        """Return maps [b × m, …], log bands [b, bands, columns] and steps [b, m] of moments drawn at random."""
        batch = min(self.settings.batch, len(self.data.train))
        clips = np.sort(self.rng.choice(self.data.train, batch, replace=False))  # files are read in order
        num_moments = self.data.steps.shape[1]
        few = min(self.settings.moments, num_moments)
        moments = np.stack([self.rng.choice(num_moments, few, replace=False) for _ in clips])
        maps, bands, steps = self._read(clips, moments)
        reach = round(self.settings.jitter_s * FRAME_RATE_HZ)
        late = torch.from_numpy(self.rng.integers(-reach, reach + 1, tuple(steps.shape)))
        steps = (steps + late).clamp(0, bands.shape[2] // COLUMNS_A_STEP - 1)
        mirrored = [one.flip(3) for one in maps] if self.rng.random() < 0.5 else maps
        return mirrored, microphoned(bands, self.settings, self.rng), steps

    def _read(self, clips: NDArray[np.int64], moments: NDArray[np.int64]) -> tuple[list[Tensor], Tensor, Tensor]:
        bands = torch.from_numpy(np.asarray(self.data.bands[clips], np.float32))
        steps = np.take_along_axis(self.data.steps[clips], moments, axis=1)
        return self.data.maps_of(clips, moments), bands, torch.from_numpy(steps.astype(np.int64))

    @torch.no_grad()
    def _validate(self) -> None:
        """Measure on clips held out, always the same moments of them, and keep the weights if they are the best."""
        few = min(self.settings.moments, self.data.steps.shape[1])
        clips = self.data.held_out[:VALIDATED_ON]
        spread = np.linspace(0, self.data.steps.shape[1] - 1, few).astype(np.int64)
        self.net.eval()
        matrix = self._matrix(*self._read(clips, np.tile(spread, (len(clips), 1))))
        loss, told = self._loss(matrix, few)
        self.validated = {f"val_{name}": value for name, value in told.items()}
        if loss.item() < self.best:
            self.best = loss.item()
            self.best_weights = {name: value.clone() for name, value in self.net.state_dict().items()}

    def sheet(self) -> NDArray[np.uint8] | None:
        """There is nothing to see: frames were left behind. `select` draws a sheet."""
        return None

    def state_dict(self) -> dict[str, Any]:
        """Return weights, optimiser and temperature. The draws go on from the step count, not from where they were."""
        return {
            "net": self.net.state_dict(),
            "log_temperature": self.log_temperature.detach(),
            "even_odds": self.even_odds.detach(),
            "optimiser": self.optimiser.state_dict(),
            "num_steps": self.num_steps,
            "best": self.best,
            "best_weights": self.best_weights,
            "seed": int(self.rng.integers(2**31)),
        }

    def load_state_dict(self, state: dict[str, Any]) -> None:
        """Take over a checkpoint."""
        self.net.load_state_dict(state["net"])
        self.log_temperature.data.copy_(state["log_temperature"])
        self.even_odds.data.copy_(state["even_odds"])
        self.optimiser.load_state_dict(state["optimiser"])
        self.num_steps, self.best, self.best_weights = state["num_steps"], state["best"], state["best_weights"]
        self.rng = np.random.default_rng(state["seed"])


def microphoned(bands: Tensor, settings: LocalizerSettings, rng: np.random.Generator) -> Tensor:
    """Return log bands [b, bands, columns] as other microphones, elsewhere, would have them.

    Gain and tilt, a step of pitch, another clip of the batch behind, and hiss: all that a clip could be known by.
    """
    shape, num_bands = (len(bands), 1), bands.shape[1]
    position = np.linspace(-1.0, 1.0, num_bands)
    response_db = rng.uniform(*settings.gain_db, shape) + rng.uniform(-1.0, 1.0, shape) * settings.tilt_db * position
    # White noise of RMS 1 has the density 1 / 8000 per hertz.
    hiss_db = rng.uniform(*settings.hiss_db, shape) - rng.uniform(0.0, 1.0, shape) * HISS_TILT_DB * position
    hiss = _ratio(hiss_db) / 8000.0
    fading = torch.from_numpy(rng.standard_exponential(tuple(bands.shape), np.float32))  # as the power of noise is
    higher = rng.integers(-settings.shift_bands, settings.shift_bands + 1, shape)
    places = torch.from_numpy(np.clip(np.arange(num_bands) + higher, 0, num_bands - 1))
    power = bands.gather(1, places[:, :, None].expand_as(bands)).exp() - FLOOR
    behind = power.roll(1, 0) * _ratio(rng.uniform(*settings.behind_db, shape))
    return torch.log((power + behind).clamp_min(0.0) * _ratio(response_db) + hiss * fading + FLOOR)


def _ratio(level_db: NDArray[np.float64]) -> Tensor:
    """Return the ratio of powers of levels [b, n], as [b, n, 1]."""
    return torch.from_numpy(10 ** (level_db / 10)).float()[:, :, None]


def moment_info_nce(matrix: Tensor, moments: int, temperature: Tensor | float, same_clip: float) -> Tensor:
    """Return symmetric InfoNCE over C_av of every frame with every sound [n, n], clip by clip `moments` rows.

    The diagonal holds the pairs. Other moments of the same clip count `same_clip` times as negatives; 0 leaves them
    out. Without structure in the matrix the loss is about ln n.
    """
    logits = matrix.float() / temperature + _weights(matrix, moments, same_clip).log()
    pairs = torch.arange(len(matrix), device=matrix.device)
    return (F.cross_entropy(logits, pairs) + F.cross_entropy(logits.T, pairs)) / 2


def moment_logistic(matrix: Tensor, moments: int, even_odds: Tensor | float, same_clip: float) -> Tensor:
    """Return the logistic loss of telling pairs from non-pairs, pair by pair (Zhai et al. 2023), summed a frame.

    `matrix`, `moments` and `same_clip` as in `moment_info_nce`; `even_odds` is the C_av at which a pair is as likely as
    not. At its best C_av rises by `LOGISTIC_TEMPERATURE` for each nat by which a pair is likelier than by chance:
    a picture and a sound that go with many others score low, however well they go together.
    """
    logits = (matrix.float() - even_odds) / LOGISTIC_TEMPERATURE
    is_pair = torch.eye(len(matrix), dtype=torch.bool, device=matrix.device)
    each = F.softplus(torch.where(is_pair, -logits, logits))
    return (each * _weights(matrix, moments, same_clip)).sum(dim=1).mean()


def _weights(matrix: Tensor, moments: int, same_clip: float) -> Tensor:
    """Return how much each entry counts [n, n]: one, but `same_clip` for other moments of the same clip."""
    count = len(matrix)
    assert matrix.shape == (count, count) and count % moments == 0, f"{tuple(matrix.shape)}, {moments} moments a clip"
    clip = torch.arange(count, device=matrix.device) // moments
    own = (clip[:, None] == clip[None, :]) & ~torch.eye(count, dtype=torch.bool, device=matrix.device)
    return torch.where(own, same_clip, 1.0)


def _told(matrix: Tensor, moments: int) -> dict[str, float]:
    """Return how often a frame's own sound is the nearest of the other clips', and of its own clip's moments."""
    count = len(matrix)
    clip = torch.arange(count) // moments
    same = clip[:, None] == clip[None, :]
    own = matrix.diagonal()
    others = matrix.masked_fill(same, -2.0).amax(dim=1)
    within = matrix.masked_fill(~same, -2.0).amax(dim=1)
    return {
        "clip_found": (own > others).float().mean().item(),
        "moment_found": (own >= within).float().mean().item(),
        "matching": own.mean().item(),
    }


def measured_bands(data: Moments) -> tuple[float, float]:
    """Return mean and deviation of the log bands of training clips, evenly spread."""
    places = np.unique(np.linspace(0, len(data.train) - 1, MEASURED_ON).astype(int))
    clips = [np.float64(data.bands[clip]) for clip in data.train[places]]
    mean, square = np.mean([(clip.mean(), np.square(clip).mean()) for clip in clips], axis=0)
    return round(float(mean), 4), round(float(np.sqrt(max(square - mean**2, 1e-6))), 4)


def train_localizer(
    data: Moments, out: Path, settings: LocalizerSettings, length: RunLength
) -> tuple[Localizer, LocalizerAbout]:
    """Train on the moments of unlabelled clips; return the network and what it is.

    Writes `localizer.safetensors` and `localizer.json` to `out`: the weights that did best on the clips held out, or
    the last ones where none are.
    """
    trainer = LocalizerTrainer(data, settings)
    told = {"stage": "localizer", "clips": len(data.train), "held_out": len(data.held_out), **asdict(settings)}
    train(trainer, out, length, told)
    if trainer.best_weights is not None:
        trainer.net.load_state_dict(trainer.best_weights)
    save_file({name: value.contiguous() for name, value in trainer.net.state_dict().items()}, out / WEIGHTS)
    (out / ABOUT).write_text(json.dumps(asdict(trainer.about), indent=1) + "\n")
    return trainer.net.eval().requires_grad_(False), trainer.about


def load_localizer(folder: Path) -> tuple[Localizer, LocalizerAbout]:
    """Return the network and what it is, as a finished run left them in `folder`. Raises FileNotFoundError."""
    if not (folder / WEIGHTS).exists() or not (folder / ABOUT).exists():
        raise FileNotFoundError(
            f"{folder} holds no localizer: train one with `python -m s2s train localizer DATA {folder}`"
        )
    fields = json.loads((folder / ABOUT).read_text())
    sizes = LocalizerSizes(**{**fields["sizes"], "map_channels": tuple(fields["sizes"]["map_channels"])})
    about = LocalizerAbout(**{**fields, "sizes": sizes, "stages": tuple(fields["stages"])})
    net = Localizer(sizes)
    net.load_state_dict(load_file(folder / WEIGHTS))
    return net.eval().requires_grad_(False), about
