"""A model measured on what it never saw: pictures are made and read, numbers and tables follow, a report comes out.

Everything is kept in the folder it is written to; a run that was killed goes on, to the same report.
"""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any, Final

import torch

from s2s import bundle
from s2s.bundle import Bundle
from s2s.data.clip_source import DataError
from s2s.evaluate.identity import check_identity, fingerprint_of, fingerprint_of_names
from s2s.evaluate.metrics import av_align
from s2s.evaluate.metrics.clip_text import PROMPTS, ClipReader, NoClipError
from s2s.evaluate.metrics.clips import Clips, PairClips, SoundClips, open_clips
from s2s.evaluate.metrics.evidence import CannotMeasureError, Evidence
from s2s.evaluate.metrics.judges import (
    CLASS_FEATURES,
    CLASS_LOGITS,
    SEEN,
    THING_LOGITS,
    THING_MASKS,
    THING_SIZES,
    Judges,
    PictureReader,
    SeenReader,
    load_judges,
)
from s2s.evaluate.metrics.kept import KeptMetrics
from s2s.evaluate.metrics.picture_sets import (
    FROM_PICTURES,
    FROM_SOUNDS,
    REAL,
    RETRIEVED,
    Memory,
    Painting,
)
from s2s.evaluate.metrics.readings import PictureSet, Readings, read_all
from s2s.evaluate.metrics.registry import METRICS, Unmeasured, measure
from s2s.evaluate.report.model import Metric

READINGS: Final = "readings"
_METHOD: Final = 2
"""Of painting and reading: count up when the same is painted or read otherwise, so that no folder mixes both."""


@dataclass(frozen=True, slots=True)
class EvaluationPlan:
    """What is measured, on what, by whom. `each` pictures are painted for every sound; `clips` at most are held out."""

    model: Path
    data: Path
    out: Path
    judges: Sequence[Path] = ()
    inception: Path | None = None
    clip_weights: Path | None = None
    moments: Path | None = None
    films: Sequence[Path] = ()
    each: int = 2
    clips: int | None = None
    seed: int = 0
    device: str = "cpu"


@dataclass(frozen=True, slots=True, eq=False)
class Evaluation:
    """An opened plan: the model, the clips, and everyone who looks at pictures."""

    plan: EvaluationPlan
    model: Bundle
    clips: PairClips | SoundClips
    judges: Judges
    readers: Sequence[PictureReader]
    missing: Mapping[str, str]

    def evidence(self) -> Evidence:
        """Make all pictures and let all look at them; what an earlier run has read is not read again."""
        heard = self._read(self._painting.from_sounds())
        readings = {FROM_SOUNDS: heard, **self._real(), **self._seen(), **self._retrieved(heard)}
        return Evidence(self.clips, readings, self._names(), self._shapes(), self.missing)

    @property
    def _painting(self) -> Painting:
        return Painting(self.model, self.clips, self.plan.each, self.plan.seed)

    def _real(self) -> dict[str, Readings]:
        return {REAL: self._read(self._painting.real())} if REAL not in self.missing else {}

    def _seen(self) -> dict[str, Readings]:
        return {FROM_PICTURES: self._read(self._painting.from_pictures())} if FROM_PICTURES not in self.missing else {}

    def _retrieved(self, heard: Readings) -> dict[str, Readings]:
        if (memory := self._memory()) is None:
            return {}
        remembered = read_all(memory.pictures(), [SeenReader(self.model)], self._folder("the memory"))
        return {RETRIEVED: self._read(memory.retrieved(heard, remembered, SEEN))}

    def _memory(self) -> Memory | None:
        if RETRIEVED in self.missing or not isinstance(self.clips, PairClips):
            return None
        return Memory.as_large_as(self.model, self.clips)

    def _shapes(self) -> dict[str, tuple[int, int]]:
        painted = (self.model.generator.height, self.model.generator.width)
        shapes = {FROM_SOUNDS: painted, FROM_PICTURES: painted}
        if REAL in self.missing:
            return shapes
        height, width = self.clips.picture(0).shape[:2]
        return {**shapes, REAL: (height, width), RETRIEVED: (height, width)}

    def memory_note(self) -> str:
        """Tell how large the memory of a retrieval is."""
        if (memory := self._memory()) is None:
            return ""
        megabytes, each = memory.generator_bytes / 1e6, memory.picture_bytes / 1e3
        return f"C remembers {len(memory.rows)} training pictures ({megabytes:.1f} MB of G, {each:.1f} kB a picture)"

    def measured(self, evidence: Evidence, kept: KeptMetrics) -> Iterator[Metric | Unmeasured]:
        """Yield every number in the order of the registry, those first that were there already."""
        for spec in METRICS.values():
            for of in spec.of:
                yield kept.get(spec.name, of) or _kept(measure(spec, of, evidence), kept)
        for film in self.plan.films:
            for name, options in _FILM_METRICS.items():
                yield kept.get(name, film.name) or _of_film(film, name, options, kept)

    def _read(self, pictures: PictureSet) -> Readings:
        return read_all(pictures, self.readers, self._folder(pictures.name))

    def _folder(self, name: str) -> Path:
        return self.plan.out / READINGS / name.replace(" ", "-")

    def _names(self) -> dict[str, Sequence[str]]:
        names: dict[str, Sequence[str]] = {}
        if self.judges.classes is not None and self.judges.classes.named:
            names[CLASS_LOGITS] = self.judges.classes.judge.classes
        if self.judges.things is not None:
            names[THING_LOGITS] = self.judges.things.judge.classes
        clip = next((reader for reader in self.readers if isinstance(reader, ClipReader)), None)
        return names if clip is None else {**names, **dict.fromkeys(PROMPTS, clip.classes)}


_FILM_METRICS: Final = {
    "av_align": av_align.AlignOptions(),
    "av_align_shifted": av_align.AlignOptions(shifted=True),
}


def open_evaluation(plan: EvaluationPlan) -> Evaluation:
    """Open everything that `plan` names; what the folder holds of another evaluation is not mixed with it.

    Raises DataError, BundleError, FileNotFoundError, ValueError: whatever cannot be measured is refused before any
    picture is made.
    """
    clips = open_clips(plan.data, plan.moments, plan.clips)
    for film in plan.films:
        if not film.is_file():
            raise DataError(f"{film}: no such film")
    device = torch.device(plan.device)
    model = bundle.load(plan.model, device=device)
    judges = load_judges(plan.judges, plan.inception, device)
    readers: list[PictureReader] = [*judges.readers]
    missing = _missing_sets(model, clips) | _missing_judges(judges)
    if model.image_encoder is not None:
        readers.append(SeenReader(model))
    try:
        readers.append(ClipReader.load(plan.clip_weights, classes_of(clips), device))
    except NoClipError as error:
        missing |= dict.fromkeys(PROMPTS, str(error))
    check_identity(plan.out, _identity(plan, clips, missing))
    return Evaluation(plan, model, clips, judges, readers, missing)


def _missing_sets(model: Bundle, clips: Clips) -> dict[str, str]:
    """Return which sets of pictures there cannot be, and why not."""
    if not clips.has_pictures:
        why = "the data are sounds alone, without pictures"
        return dict.fromkeys((REAL, FROM_PICTURES, RETRIEVED), why)
    if model.image_encoder is None:
        return dict.fromkeys((SEEN, FROM_PICTURES, RETRIEVED), "the model holds no image encoder")
    if not isinstance(clips, PairClips) or not clips.training:
        return {RETRIEVED: "the data have no clips to train on, which a memory is made of"}
    return {}


def _missing_judges(judges: Judges) -> dict[str, str]:
    missing: dict[str, str] = {}
    if judges.classes is None:
        missing |= dict.fromkeys((CLASS_LOGITS, CLASS_FEATURES), "no classifier was given (--judge, of `train judge`)")
    if judges.things is None:
        why = "no judge of things was given (--judge, of `train thing-judge`)"
        missing |= dict.fromkeys((THING_LOGITS, THING_MASKS, THING_SIZES), why)
    return missing


def _identity(plan: EvaluationPlan, clips: Clips, missing: Mapping[str, str]) -> dict[str, Any]:
    files = [path for path in (plan.inception, plan.clip_weights, plan.moments) if path is not None]
    return {
        "method": _METHOD,
        "model": fingerprint_of(plan.model),
        "data": [clips.kind, fingerprint_of_names(clips.ids)],
        "judges": [*map(fingerprint_of, plan.judges), *map(fingerprint_of, files)],
        "not measured": sorted(missing),
        "each": plan.each,
        "seed": plan.seed,
    }


def classes_of(clips: Clips) -> list[str]:
    """Return the classes of the clips, sorted."""
    return sorted({label for label in clips.labels if label is not None})


def _kept(found: Metric | Unmeasured, kept: KeptMetrics) -> Metric | Unmeasured:
    return kept.append(found) if isinstance(found, Metric) else found


def _of_film(film: Path, name: str, options: av_align.AlignOptions, kept: KeptMetrics) -> Metric | Unmeasured:
    try:
        found = av_align.of_film(film, options)
    except CannotMeasureError as error:
        return Unmeasured(name, film.name, str(error))
    return kept.append(Metric(name, film.name, found.value, METRICS[name].unit, asdict(options), found.note))
