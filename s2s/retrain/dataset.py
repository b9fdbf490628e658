"""The folder of an evening -> what is learnt from, computed once: pairs, held-out frames, pictures for the generator.

Every step goes on where it stopped. Once all of it is there the clips themselves are not needed any more.
"""

import json
import logging
from collections import Counter
from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Final, Self

import numpy as np
from numpy.typing import NDArray
from tqdm import tqdm

from s2s.bundle import Bundle
from s2s.card import LightSizes
from s2s.data.annotations import read_annotation, write_annotation
from s2s.data.prepared import PreparedData
from s2s.data.settings import PrepareSettings
from s2s.files.atomic_write import write_text
from s2s.rates import SAMPLE_RATE_HZ
from s2s.retrain.amount import FILM_S_A_CORE_SECOND, prepare_within, read_of_each_s
from s2s.retrain.layout import Layout
from s2s.retrain.moments import choose_moments
from s2s.retrain.photos import VenueClips
from s2s.retrain.stages import Stages
from s2s.retrain.venue import TEST_SHARE, VAL_SHARE, Venue
from s2s.selection.combined import Combined
from s2s.training.inputs.images import ImageOptions, write_pictures
from s2s.training.inputs.moments import frame_px
from s2s.training.inputs.pair_sources import ChosenMoments
from s2s.training.inputs.pairs import Pairs, write_pairs

_log = logging.getLogger(__name__)

FEWEST_LEFT: Final = 2
"""Recordings of each split that must turn out to be readable."""
ALIKE: Final = 0.9
"""Chosen pictures whose mean cosine is higher are of one thing."""
GATHERED_IN: Final = (
    "reading the recordings: sound, and ten pictures a second",
    "choosing of every clip the moment at which what sounds is seen",
    "computing what is learnt from: spectrograms, and what the model sees in the chosen pictures",
)
"""The stages of `gather`."""
PICTURES_A_CLIP: Final = 4
_PREPARE_SHARE: Final = 0.35
_MOMENTS_SHARE: Final = 0.5
"""Of what is left when a stage begins; what the last of them leaves is for learning."""
_LEAST_PICTURE_PX: Final = 128
_ABOUT: Final = "evening.json"
_FRAMES: Final = "held-out.npy"


@dataclass(frozen=True, slots=True, eq=False)
class VenueDataset:
    """What is learnt from and compared with; `pairs.spec` is the old model's, whose encoder goes on from there.

    `frames` [len(pairs.test), px, px, 3] are the chosen frames of the held-out clips; `recordings` names what each of
    the pairs was cut from; `hours` of `num_recordings` could be used.
    """

    pairs: Pairs
    frames: NDArray[np.uint8]
    recordings: tuple[str, ...]
    num_recordings: int
    hours: float

    @property
    def held_out(self) -> list[str]:
        """The recording of each of the held-out clips."""
        return [self.recordings[row] for row in self.pairs.test]

    @classmethod
    def open(cls, layout: Layout, model: Bundle) -> Self:
        """Open what `gather` has finished."""
        summary = json.loads((layout.cache / _ABOUT).read_text(encoding="utf-8"))
        # f_A expects the levels that it was trained with, whatever this evening's are.
        pairs = replace(Pairs.open(layout.cache / "pairs"), spec=model.spec)
        frames = np.load(layout.cache / _FRAMES, mmap_mode="r")
        return cls(pairs, frames, tuple(summary["recordings"]), summary["num_recordings"], summary["hours"])


def gather(
    folder: Path,
    layout: Layout,
    model: Bundle,
    stages: Stages,
    *,
    seed: int,
    workers: int,
    pictures: bool,
    forget: bool,
) -> VenueDataset:
    """Compute what is not there yet and return it; with `forget` the copies of the clips are deleted then.

    `pictures` are wanted for the generator. What does not fit into its share of the time is left out, and said.
    Raises ValueError where there is too little to learn from, OSError.
    """
    path = layout.cache / _ABOUT
    done = json.loads(path.read_text(encoding="utf-8")) if path.exists() else None
    reading, choosing, computing = GATHERED_IN
    if done is None or (pictures and not done["pictures"]):
        stages.begin(reading)
        clips, venue = _prepared(folder, layout, model, stages, seed, workers)
        stages.begin(choosing)
        moments = _selected(clips, venue, layout, model, stages)
        stages.begin(computing)
        _cache(clips, venue, moments, layout, model, pictures=pictures)
    else:
        stages.skip(len(GATHERED_IN))
    if forget:
        layout.forget_clips()
    return VenueDataset.open(layout, model)


def _prepared(
    folder: Path, layout: Layout, model: Bundle, stages: Stages, seed: int, workers: int
) -> tuple[VenueClips, Venue]:
    """Films and sounds -> clips; return them, and what the folder held."""
    venue = Venue.read(folder, seed)
    for words in venue.left_out:
        _log.warning("left out: %s", words)
    settings = cut(_sizes(model), model.spec.clip_samples / SAMPLE_RATE_HZ, seed)
    seconds = stages.share_s(_PREPARE_SHARE)
    of_each_s = read_of_each_s(layout, venue, seconds * workers * FILM_S_A_CORE_SECOND, stages)
    used = venue.at_most(of_each_s)
    prepare_within(used, folder, layout.data, settings, workers=workers, stages=stages, seconds=seconds)
    data = PreparedData.open(layout.data)
    skipped = (layout.data / "skipped.jsonl").read_text(encoding="utf-8").count("\n")
    _log.info("%s: %d clips, %d recordings cannot be used", layout.data, len(data.ids), skipped)
    return VenueClips(data, venue.photographs), venue


def cut(sizes: tuple[int, ...], clip_s: float, seed: int) -> PrepareSettings:
    """Return how recordings are cut: clips begin every half clip, so that a long one gives twice as many.

    Those of one recording lie in one split, and count as one draw where models are compared.
    """
    shares = (1.0 - VAL_SHARE - TEST_SHARE, VAL_SHARE, TEST_SHARE)
    hop_s = max(round(5.0 * clip_s) / 10.0, 0.1)
    return PrepareSettings(sizes, clip_s, hop_s, min_s=min(1.0, clip_s), shares=shares, seed=seed, sound_only=True)


def _sizes(model: Bundle) -> tuple[int, ...]:
    """Return the sides of the frames: what f_V looks at, and what a light generator can be fine-tuned on."""
    assert model.image_encoder is not None
    sizes = {frame_px(model.image_encoder)}
    if isinstance(model.card.generator, LightSizes):
        sizes.add(_picture_px(model))
    return tuple(sorted(sizes, reverse=True))


def _picture_px(model: Bundle) -> int:
    return max(_LEAST_PICTURE_PX, *model.card.generator.size_px)


def _selected(clips: VenueClips, venue: Venue, layout: Layout, model: Bundle, stages: Stages) -> dict[str, list[int]]:
    """Return the moments of every clip, best first; what an earlier start has chosen is kept to."""
    if layout.moments.exists():
        return {clip_id: list(frames) for clip_id, frames in read_annotation(layout.moments).moments.items()}
    recordings = {clip_id: venue.recordings[row.source] for clip_id, row in clips.data.rows.items()}
    seconds = stages.share_s(_MOMENTS_SHARE)
    moments = choose_moments(clips, recordings, Combined(model), layout.cache / "evidence", stages, seconds)
    write_annotation(layout.moments, moments)
    return moments


def _cache(
    clips: VenueClips,
    venue: Venue,
    moments: dict[str, list[int]],
    layout: Layout,
    model: Bundle,
    *,
    pictures: bool,
) -> None:
    encoder = model.image_encoder
    assert encoder is not None
    source = ChosenMoments(clips, frame_px(encoder), moments, clip_s=model.spec.clip_samples / SAMPLE_RATE_HZ)
    rows = clips.data.rows
    recordings = [venue.recordings[rows[clip_id].source] for clip_id in source.ids]
    _check(source.ids, recordings, source.split, clips.data.folder)
    # Normalised by the clip for now: what the old model's normalisation needs comes with it.
    pairs = write_pairs(source, encoder, layout.cache / "pairs", model.spec, "clip")
    used = sorted({*pairs.train.tolist(), *pairs.held_out.tolist(), *pairs.test.tolist()})
    _check([pairs.ids[row] for row in used], [recordings[row] for row in used], source.split, clips.data.folder)
    _warn_of_one_kind(pairs.features[pairs.train, 0])
    frames = [source.pictures(pairs.ids[row])[0] for row in tqdm(pairs.test, desc="held out", disable=None)]
    np.save(layout.cache / _FRAMES, np.stack(frames))
    if pictures:
        options = ImageOptions(_picture_px(model), PICTURES_A_CLIP)
        chosen = {clip_id: clips.different_frames(clip_id, PICTURES_A_CLIP) for clip_id in source.ids}
        write_pictures(clips, layout.cache / "pictures", options, chosen)
    summary = {
        "recordings": recordings,
        "num_recordings": len(set(recordings)),
        "hours": round(sum(rows[clip_id].num_samples for clip_id in source.ids) / SAMPLE_RATE_HZ / 3600, 4),
        "pictures": pictures,
    }
    write_text(layout.cache / _ABOUT, json.dumps(summary) + "\n")


def _check(ids: Sequence[str], recordings: Sequence[str], split_of: Callable[[str], str], data: Path) -> None:
    """Raise ValueError where too few recordings of a split, one of each of `ids`, can be used."""
    for split, purpose in (("train", "learn from"), ("val", "stop by"), ("test", "compare with")):
        left = len({recording for one, recording in zip(ids, recordings, strict=True) if split_of(one) == split})
        if left < FEWEST_LEFT:
            raise ValueError(
                f"{left} recordings to {purpose} can be used, at least {FEWEST_LEFT} are needed; {_skipped(data)}"
            )


def _warn_of_one_kind(features: NDArray[np.float32]) -> None:
    """Warn where all that is seen looks alike: f_V's features [n, d] of the chosen pictures."""
    if (alike := _likeness(features)) > ALIKE:
        _log.warning(
            "the pictures look alike to the model (their mean cosine is %.2f): it can learn that this place sounds "
            "like this, not which of its sounds is which; films of different things teach more",
            alike,
        )


def _likeness(features: NDArray[np.float32]) -> float:
    """Return the mean cosine of two different pictures, by their features [n, d], n at least 2."""
    directions = features / np.linalg.norm(features, axis=1, keepdims=True)
    count, together = len(features), directions.sum(axis=0, dtype=np.float64)
    return float((together @ together - count) / (count * (count - 1)))


def _skipped(data: Path) -> str:
    """Return what is wrong with the recordings that cannot be used: the reason that most of them have."""
    path = data / "skipped.jsonl"
    reasons = Counter(json.loads(line)["reason"] for line in path.read_text(encoding="utf-8").splitlines())
    if not reasons:
        return "the others were left out for want of time: --minutes gives more"
    reason, count = reasons.most_common(1)[0]
    return f"{reasons.total()} cannot, {count} of them for one reason: it {reason}; {path} has all"
