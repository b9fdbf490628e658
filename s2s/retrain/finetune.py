"""What an evening changes of a model's ears: the last layers of f_A and of its heads."""

import copy
import json
import logging
from collections.abc import Callable, Mapping
from dataclasses import asdict, dataclass, replace
from pathlib import Path
from typing import Final, Self

import numpy as np
import torch
import torch.nn.functional as F
from numpy.typing import NDArray
from safetensors.torch import load_file, save_file
from torch import Tensor

from s2s.bundle import Bundle
from s2s.card import AUDIO_ENCODER, SOURCE_HEADS
from s2s.files.atomic_write import atomic_path, write_text
from s2s.models.source_heads import SourceHeads
from s2s.retrain.dataset import VenueDataset
from s2s.retrain.familiar import Certain, FamiliarPlace, hear_unknown, know_place
from s2s.retrain.heard import Heard, Tell, hear_all
from s2s.retrain.interpolate import SHARES, best_share, mixed
from s2s.retrain.layer import Lessons, agreement_with, answers, matrix_of, with_ones
from s2s.retrain.layout import Layout
from s2s.retrain.rehearsal import FEWEST_OF_A_SCENE, Painting, Rehearsal, rehearse
from s2s.retrain.teaching import taught_layer
from s2s.retrain.whole import WHOLES, LeftOut, answers_left_out, best_whole

_log = logging.getLogger(__name__)

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
    its answers to the world with those before. `heads_share` is how far its heads go, None where it has none, `whole`
    how much of z_A is in what is painted, and `painted` which shares of the world's scenes are painted as they were,
    before and after. The heads know `of_place` sounds of the place; `sure` and `sure_of_unknown` are the shares of
    its sounds and of sounds of no scene that are sure enough to be painted, before and after.
    """

    share: float
    strength: float
    steps: int
    by_share: dict[str, float]
    kept: tuple[float, float]
    agreement: float
    heads_share: float | None = None
    whole: float | None = None
    painted: tuple[float, float] | None = None
    of_place: int = 0
    sure: tuple[float, float] | None = None
    sure_of_unknown: tuple[float, float] | None = None


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
    labels, old = dataset.pairs.labels[rows], matrix_of(model.audio_encoder.fc)
    lessons = _lessons(dataset, rows, heard.pooled, rehearsal.takes.pooled)
    ears = _Layer.taught(lessons, labels, old, config, lambda matrix: rehearsal.scenes_kept(matrix, old))
    taught = Taught(
        ears.share,
        ears.strength,
        ears.steps,
        {f"{one:g}": round(score, 4) for one, score in ears.by_share.items()},
        (rehearsal.scenes_kept(old, old), rehearsal.scenes_kept(ears.matrix, old)),
        agreement_with(old, ears.matrix, rehearsal.rehearsed),
    )
    heads = {}
    if model.source_heads is not None:
        lessons = _lessons(dataset, rows, heard.asked, rehearsal.takes.asked)
        # They have nothing to forget that the names need.
        eyes = _Layer.taught(lessons, labels, matrix_of(model.source_heads.last_seeing), config, lambda _: 1.0)
        whole, painted = _whole(ears, eyes, labels, rehearsal, model.source_heads.whole)
        unknown = hear_unknown(model, layout.cache / "unknown")
        own = Certain.of(heard.of(rows))
        known = copy.deepcopy(model.source_heads).cpu()  # the model's own stay on its device
        place = know_place(known, own, lessons.recordings, unknown)
        heads = _head_weights(known, eyes.matrix, place)
        taught = replace(
            taught,
            heads_share=eyes.share,
            whole=whole,
            painted=painted,
            of_place=len(heads["place"]),
            sure=place.sure,
            sure_of_unknown=place.sure_of_unknown,
        )
    _write(model, layout, ears.matrix, heads)
    write_text(layout.audio_encoder / _ABOUT, json.dumps(asdict(taught), indent=1) + "\n")
    return taught


@dataclass(frozen=True, slots=True, eq=False)
class _Layer:
    """A last layer that was taught: its `matrix` now, `share` of the way from the old one, and the `answers_left_out`
    of those that were taught with recordings left out.
    """

    matrix: Tensor
    old: Tensor
    lessons: Lessons
    share: float
    by_share: Mapping[float, float]
    strength: float
    steps: int
    answers_left_out: LeftOut

    @classmethod
    def taught(
        cls,
        lessons: Lessons,
        labels: NDArray[np.int64],
        old: Tensor,
        config: FinetuneConfig,
        kept: Callable[[Tensor], float],
    ) -> Self:
        """Teach the layer `old`; `kept` says how many of the world's scenes another one keeps."""
        layer = taught_layer(lessons, old, config.steps, config.seed)
        keeps = {share: kept(mixed(old, layer.matrix, share)) for share in SHARES}
        share, by_share = best_share(lessons, labels, old, layer.left_out, keeps.__getitem__)
        left_out = answers_left_out(lessons, old, layer.left_out, share)
        new = mixed(old, layer.matrix, share)
        return cls(new, old, lessons, share, by_share, layer.strength, layer.steps, left_out)


def _whole(
    ears: _Layer, eyes: _Layer, labels: NDArray[np.int64], rehearsal: Rehearsal, whole_before: float
) -> tuple[float, tuple[float, float]]:
    """Return how much of z_A is in what is painted from now on, and which shares of the world's scenes are painted as
    they were, before and after.
    """
    before = Painting(ears.old, eyes.old, whole_before)
    painted = {one: rehearsal.scenes_painted(before, Painting(ears.matrix, eyes.matrix, one)) for one in WHOLES}
    whole, scores = best_whole(eyes.lessons, labels, eyes.answers_left_out, ears.answers_left_out, painted.__getitem__)
    told = ", ".join(f"{one:g}: {score:.3f}" for one, score in scores.items())
    _log.info("%g of the whole sound is in what is painted (%s)", whole, told)
    return whole, (rehearsal.scenes_painted(before, before), painted[whole])


def painted_from_now(
    dataset: VenueDataset, model: Bundle, layout: Layout, config: FinetuneConfig, whole: float | None
) -> tuple[Tensor, Tensor]:
    """Return where sounds that nothing was learnt from are painted from by now, unit [n, e]: the world's, and the
    evening's.
    """
    rehearsal = rehearse(model, layout.cache / "rehearsal", config.takes, config.workers, lambda *_: None)
    own = hear_pairs(dataset, model, layout, lambda *_: None).of(np.asarray(dataset.pairs.test))
    embed = _taught_matrix(layout.mixed, "fc")
    if model.source_heads is None:

        def painted(heard: Heard) -> Tensor:
            return answers(with_ones(torch.from_numpy(heard.pooled)), embed)

    else:
        see = _taught_matrix(layout.mixed_heads, f"see.{len(model.source_heads.see) - 1}")
        painted = Painting(embed, see, model.source_heads.whole if whole is None else whole).of
    return painted(rehearsal.left), painted(own)


def _taught_matrix(path: Path, layer: str) -> Tensor:
    weights = load_file(path)
    return torch.cat([weights[f"{layer}.weight"].T, weights[f"{layer}.bias"][None]]).double()


def hear_pairs(dataset: VenueDataset, model: Bundle, layout: Layout, tell: Tell) -> Heard:
    """Return what the old model's trunk makes of the evening's clips, all of them."""
    pairs = replace(dataset.pairs, spec=model.spec)

    def inputs(rows: range) -> Tensor:
        return pairs.normalised(pairs.log_spectrograms_of(np.arange(rows.start, rows.stop)))

    return hear_all(model, len(pairs.ids), inputs, layout.cache / "heard-by-trunk", tell)


def _head_weights(heads: SourceHeads, matrix: Tensor, place: FamiliarPlace) -> dict[str, Tensor]:
    """Return the weights of the heads that are others now, by name; what they knew of a place they know still."""
    last = len(heads.see) - 1
    known = [heads.place.cpu()] if heads.of_place else []
    return {
        f"see.{last}.weight": matrix[:-1].T,
        f"see.{last}.bias": matrix[-1],
        "place": torch.cat([*known, place.sounds]).half(),
        "place_odds": place.odds.half(),
    }


def _lessons(
    dataset: VenueDataset, rows: NDArray[np.int64], heard: NDArray[np.float32], rehearsed: NDArray[np.float32]
) -> Lessons:
    _, recordings = np.unique(np.array(dataset.recordings), return_inverse=True)
    images = F.normalize(torch.from_numpy(np.array(dataset.pairs.features[rows])).double(), dim=2)
    inputs = with_ones(torch.from_numpy(heard[rows]))
    return Lessons(inputs, images, recordings[rows], with_ones(torch.from_numpy(rehearsed)))


def _write(model: Bundle, layout: Layout, new: Tensor, heads: dict[str, Tensor]) -> None:
    layout.audio_encoder.mkdir(parents=True, exist_ok=True)
    fc = {"fc.weight": new[:-1].T, "fc.bias": new[-1]}
    parts = [(layout.mixed, AUDIO_ENCODER, fc)] + ([(layout.mixed_heads, SOURCE_HEADS, heads)] if heads else [])
    for path, name, changed in parts:
        weights = load_file(model.path / name)
        weights |= {key: value.to(weights.get(key, value).dtype).contiguous() for key, value in changed.items()}
        with atomic_path(path) as partial_path:
            save_file(weights, partial_path)
            partial_path.chmod(0o644)  # a show may run as somebody else
