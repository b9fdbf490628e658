"""Every metric, registered once: its name, unit, what it is measured of, its options, and how it is computed."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import asdict, dataclass
from typing import Final

from s2s.evaluate.metrics import av_align, diversity, quality, recall, retrieval, things
from s2s.evaluate.metrics.clip_text import PROMPTS
from s2s.evaluate.metrics.evidence import CannotMeasureError, Evidence, MetricSpec
from s2s.evaluate.metrics.judges import CLASS_LOGITS, THING_LOGITS
from s2s.evaluate.metrics.picture_sets import FROM_PICTURES, FROM_SOUNDS, PICTURE_SETS, REAL
from s2s.evaluate.report.model import Metric, Skipped

MODEL: Final = "the model"
_PAINTED: Final = (FROM_SOUNDS, FROM_PICTURES)
_NOT_REAL: Final = tuple(one for one in PICTURE_SETS if one != REAL)
_RANKED: Final = {
    "clip": ("clip", PROMPTS["clip"]),
    "clip_photo": ("clip-photo", PROMPTS["clip-photo"]),
    "class": (CLASS_LOGITS, None),
    "thing": (THING_LOGITS, None),
}
"""How pictures are ranked: the beginning of a metric's name, the array of logits, what CLIP was told."""


def _recalls() -> Iterator[MetricSpec]:
    for name, (array, prompt) in _RANKED.items():
        for at in (1, 5):
            options = recall.RecallOptions(at, array, prompt)
            yield MetricSpec(f"{name}_r{at}", "share", PICTURE_SETS, options, recall.recall)


def _retrievals() -> Iterator[MetricSpec]:
    for name, query in (("audio_to_image", "sound"), ("image_to_audio", "picture")):
        for at in (1, 5):
            options = retrieval.RetrievalOptions(at, "sound" if query == "sound" else "picture")
            yield MetricSpec(f"{name}_r{at}", "share", (MODEL,), options, retrieval.found_again)


_SPECS: Final = (
    *_recalls(),
    MetricSpec("thing_none", "share", PICTURE_SETS, recall.NoneOptions(), recall.nothing_found),
    MetricSpec("fid", "", _NOT_REAL, quality.FidOptions(), quality.frechet),
    MetricSpec("inception_score", "", PICTURE_SETS, quality.InceptionScoreOptions(), quality.scored),
    *_retrievals(),
    MetricSpec("noise_diversity", "ratio", _PAINTED, diversity.DiversityOptions(), diversity.noise_diversity),
    MetricSpec("size_against_truth", "ρ", (REAL, *_PAINTED), things.TruthOptions(), things.size_against_truth),
    MetricSpec("thing_iou", "share", (REAL, *_PAINTED), things.TruthOptions(), things.overlap),
    MetricSpec("av_align", "share", (av_align.FILMS,), av_align.AlignOptions(), av_align.of_clips),
    MetricSpec("av_align_shifted", "share", (av_align.FILMS,), av_align.AlignOptions(shifted=True), av_align.of_clips),
)
METRICS: Final[Mapping[str, MetricSpec]] = {spec.name: spec for spec in _SPECS}
assert len(METRICS) == len(_SPECS), "a metric is registered once"


@dataclass(frozen=True, slots=True)
class Unmeasured:
    """A metric that could not be measured `of` something, and why not."""

    name: str
    of: str
    why: str


def measure(spec: MetricSpec, of: str, evidence: Evidence) -> Metric | Unmeasured:
    """Return one number, or why there is none."""
    try:
        found = spec.measure(evidence, of, spec.options)
    except CannotMeasureError as error:
        return Unmeasured(spec.name, of, str(error))
    return Metric(spec.name, of, found.value, spec.unit, asdict(spec.options), found.note)


def in_few_lines(unmeasured: Sequence[Unmeasured]) -> list[Skipped]:
    """Return a line for all metrics that are missing of the same for the same reason."""
    missing: dict[tuple[str, str], list[str]] = {}
    for one in unmeasured:
        missing.setdefault((one.name, one.why), []).append(one.of)
    alike: dict[tuple[str, tuple[str, ...]], list[str]] = {}
    for (name, why), of in missing.items():
        whole = name in METRICS and tuple(of) == METRICS[name].of
        alike.setdefault((why, () if whole else tuple(of)), []).append(name)
    return [Skipped(_what(names, of), why) for (why, of), names in alike.items()]


def _what(names: Sequence[str], of: Sequence[str]) -> str:
    return ", ".join(names) + (f" of {', '.join(of)}" if of else "")
