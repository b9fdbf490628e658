"""What an evening changes of a model: the last layers of f_A and its heads, and the light generator where wanted."""

import json
import logging
from dataclasses import asdict, dataclass, replace
from typing import Final

import numpy as np
import torch
import torch.nn.functional as F
from numpy.typing import NDArray
from safetensors.torch import load_file, save_file
from torch import Tensor

from s2s.bundle import Bundle
from s2s.card import AUDIO_ENCODER, SOURCE_HEADS, LightSizes
from s2s.files.atomic_write import atomic_path, write_text
from s2s.models.image_encoder import ImageEncoder
from s2s.models.light_generator import LightGenerator
from s2s.retrain.dataset import VenueDataset
from s2s.retrain.heard import Heard, Tell, hear_all
from s2s.retrain.interpolate import SHARES, best_share, mixed
from s2s.retrain.layer import Lessons, agreement_with, matrix_of, with_ones
from s2s.retrain.layout import Layout
from s2s.retrain.rehearsal import FEWEST_OF_A_SCENE, rehearse
from s2s.retrain.teaching import taught_layer
from s2s.training.engine.device import open_device_context
from s2s.training.engine.loop import RunLength, RunPlan
from s2s.training.inputs.images import Pictures
from s2s.training.stages.generator_light import GeneratorSettings, Start, bundled_generator, train_generator

_log = logging.getLogger(__name__)

FEWEST_PICTURES: Final = 500
"""Fewer teach the generator those pictures by heart, and nothing else."""
_NEVER: Final = 1_000_000_000
_SURE: Final = 0.35
_SURE_OF: Final = 0.7
"""Of the evening's sounds as many are to be `_SURE`, which is as sure as a show must be to paint: more would have it
paint most of what it does not know, too.
"""
_ABOUT: Final = "mixed.json"


@dataclass(frozen=True, slots=True)
class FinetuneConfig:
    """How long each network is taught, and on what; a run ends after `steps` or `minutes`, whichever comes first.

    `takes` of each of the world's scenes are rehearsed or measured with.
    """

    steps: int
    minutes: float
    device: str = "cpu"
    seed: int = 0
    workers: int = 1
    takes: int = FEWEST_OF_A_SCENE


@dataclass(frozen=True, slots=True)
class Taught:
    """How f_A was taught: `share` of the way from its old last layer to the new one, which a ridge of `strength` and
    `steps` of contrast gave; `by_share` is how each share did on recordings left out.

    `kept` are the shares of the world's scenes that land where they did, before and after, `agreement` the cosine of
    its answers to the world with those before. `heads_share` is how far its heads go, None where it has none, and
    `surer_by` what was added to the logit of their certainty.
    """

    share: float
    strength: float
    steps: int
    by_share: dict[str, float]
    kept: tuple[float, float]
    agreement: float
    heads_share: float | None = None
    surer_by: float = 0.0


def check_generator(model: Bundle) -> None:
    """Raise ValueError where the generator of `model` cannot be fine-tuned here."""
    if not isinstance(model.card.generator, LightSizes):
        raise ValueError(
            f"--generator: {model.path} paints with the architecture {model.card.generator.architecture}, of which "
            "an evening changes nothing; without the option its audio encoder is retrained, and /latent/memory shows "
            "the place's own pictures"
        )
    if not isinstance(model.image_encoder, ImageEncoder):
        raise ValueError(
            f"--generator: {model.path} looks through SwAV, and the light generator's D needs the small encoder"
        )


def finetune_audio_encoder(
    dataset: VenueDataset, model: Bundle, layout: Layout, config: FinetuneConfig, tell: Tell = lambda *_: None
) -> Taught:
    """Teach the last layers of f_A and of its heads; write their weights to OUT/audio-encoder.

    Everything before them stays. Recordings to stop by are learnt from as well, since all that is decided follows from
    leaving out each recording in turn. The same inputs give the same result, so that a run that was killed is repeated.
    """
    heard = hear_pairs(dataset, model, layout, tell)
    rehearsal = rehearse(model, layout.cache / "rehearsal", config.takes, config.workers, tell)
    rows = np.union1d(dataset.pairs.train, dataset.pairs.held_out)
    old = matrix_of(model.audio_encoder.fc)
    lessons = _lessons(dataset, rows, heard.pooled, rehearsal.takes.pooled)
    layer = taught_layer(lessons, old, config.steps, config.seed)
    kept = {share: rehearsal.scenes_kept(mixed(old, layer.matrix, share), old) for share in SHARES}
    share, by_share = best_share(lessons, dataset.pairs.labels[rows], old, layer.left_out, kept.__getitem__)
    new = mixed(old, layer.matrix, share)
    taught = Taught(
        share,
        layer.strength,
        layer.steps,
        {f"{one:g}": round(score, 4) for one, score in by_share.items()},
        (kept[0.0], kept[share]),
        agreement_with(old, new, rehearsal.rehearsed),
    )
    heads = {}
    if model.source_heads is not None:
        lessons = _lessons(dataset, rows, heard.asked, rehearsal.takes.asked)
        heads_share, matrix = _taught_heads(lessons, dataset.pairs.labels[rows], model, config)
        surer_by = _surer_by(heard.surety[rows]) if heads_share else 0.0
        heads = _head_weights(model, matrix, surer_by)
        taught = replace(taught, heads_share=heads_share, surer_by=surer_by)
    _write(model, layout, new, heads)
    write_text(layout.audio_encoder / _ABOUT, json.dumps(asdict(taught), indent=1) + "\n")
    return taught


def hear_pairs(dataset: VenueDataset, model: Bundle, layout: Layout, tell: Tell) -> Heard:
    """Return what the old model's trunk makes of the evening's clips, all of them."""
    pairs = replace(dataset.pairs, spec=model.spec)

    def inputs(rows: range) -> Tensor:
        return pairs.normalised(pairs.log_spectrograms_of(np.arange(rows.start, rows.stop)))

    return hear_all(model, len(pairs.ids), inputs, layout.cache / "heard-by-trunk", tell)


def _taught_heads(
    lessons: Lessons, labels: NDArray[np.int64], model: Bundle, config: FinetuneConfig
) -> tuple[float, Tensor]:
    """Return how far the layer that sees goes, and its matrix; it has nothing to forget that the names need."""
    assert model.source_heads is not None
    old = matrix_of(model.source_heads.last_seeing)
    layer = taught_layer(lessons, old, config.steps, config.seed)
    share, _ = best_share(lessons, labels, old, layer.left_out, lambda _: 1.0)
    return share, mixed(old, layer.matrix, share)


def _head_weights(model: Bundle, matrix: Tensor, surer_by: float) -> dict[str, Tensor]:
    """Return the weights of the heads that are others now, by name."""
    assert model.source_heads is not None
    last = len(model.source_heads.see) - 1
    odds = model.source_heads.odds.cpu() + torch.tensor([surer_by, 0.0, 0.0])
    return {f"see.{last}.weight": matrix[:-1].T, f"see.{last}.bias": matrix[-1], "odds": odds}


def _lessons(
    dataset: VenueDataset, rows: NDArray[np.int64], heard: NDArray[np.float32], rehearsed: NDArray[np.float32]
) -> Lessons:
    _, recordings = np.unique(np.array(dataset.recordings), return_inverse=True)
    images = F.normalize(torch.from_numpy(np.array(dataset.pairs.features[rows])).double(), dim=2)
    inputs = with_ones(torch.from_numpy(heard[rows]))
    return Lessons(inputs, images, recordings[rows], with_ones(torch.from_numpy(rehearsed)))


def _surer_by(surety: NDArray[np.float32]) -> float:
    """Return how much surer the heads must be of logits [n] of certainty, for most of the evening to be painted."""
    return max(0.0, float(np.log(_SURE / (1.0 - _SURE)) - np.quantile(surety, 1.0 - _SURE_OF)))


def _write(model: Bundle, layout: Layout, new: Tensor, heads: dict[str, Tensor]) -> None:
    layout.audio_encoder.mkdir(parents=True, exist_ok=True)
    fc = {"fc.weight": new[:-1].T, "fc.bias": new[-1]}
    parts = [(layout.mixed, AUDIO_ENCODER, fc)] + ([(layout.mixed_heads, SOURCE_HEADS, heads)] if heads else [])
    for path, name, changed in parts:
        weights = load_file(model.path / name)
        weights |= {key: value.to(weights[key].dtype).contiguous() for key, value in changed.items()}
        with atomic_path(path) as partial_path:
            save_file(weights, partial_path)
            partial_path.chmod(0o644)  # a show may run as somebody else


def pictures_for(layout: Layout) -> Pictures | None:
    """Return the evening's pictures where there are enough for the generator, else None, saying so."""
    pictures = Pictures.open(layout.cache / "pictures")
    if len(pictures.train) >= FEWEST_PICTURES:
        return pictures
    _log.warning(
        "the generator stays as it is: %d pictures to learn from, at least %d are needed",
        len(pictures.train),
        FEWEST_PICTURES,
    )
    return None


def finetune_generator(pictures: Pictures, model: Bundle, layout: Layout, config: FinetuneConfig) -> None:
    """Fine-tune the light generator into OUT/generator, the best step by its Fréchet distance on held-out pictures.

    It can paint already, so that it reconstructs for a moment only: until posterior and judge, which are new, have
    found their feet.
    """
    assert isinstance(model.image_encoder, ImageEncoder) and isinstance(model.generator, LightGenerator)
    settings = GeneratorSettings(
        channels=model.generator.channels,
        z_dim=model.generator.z_dim,
        learning_rate=3e-4,
        adversarial_rate=1e-4,
        warm_up=0.05,
    )
    length = RunLength(config.steps, config.minutes, sheet_every=_NEVER)
    with open_device_context(config.device) as device_context:
        plan = RunPlan(layout.generator, length, device_context, config.seed)
        train_generator(pictures, model.image_encoder, settings, plan, Start(bundled_generator(model.path)))
