"""Makes a study: paints what its plan asks for and writes all of it into one folder, the manifest last.

Files are called by what they hold: neither their names nor their order tell which picture is whose.
"""

import hashlib
import io
import logging
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, Final

import numpy as np
from numpy.typing import NDArray
from PIL import Image
from tqdm import tqdm

from s2s.bundle import Bundle
from s2s.data.clip import wav_bytes
from s2s.evaluate.metrics.clips import Clips
from s2s.files.atomic_write import atomic_path
from s2s.rates import SAMPLE_RATE_HZ
from s2s.study.check_tones import check_sound
from s2s.study.manifest import ANSWERS, MANIFEST, MEDIA, Picture, Question, Study, write_study
from s2s.study.painting import Painter, from_pictures, from_sounds
from s2s.study.plan import Experiment, ListedClip, Method, Plan, PlannedPicture, PlannedQuestion, plan_study

CLIP_S: Final = 10.0
_log = logging.getLogger(__name__)


def make_study(
    out: Path, model: Bundle, clips: Clips, *, against: Bundle | None, num_questions: int, seed: int
) -> Study:
    """Write a study of `num_questions` in each experiment into `out`, and return it.

    The baseline is `against`, asked by sound as `model` is, or where that is None the image-conditioned one. A clip
    that is silent or cannot be read is left out with a warning. Raises ValueError where `out` holds a study already,
    and where there are too few sounds or categories.
    """
    if (out / MANIFEST).exists() or (out / ANSWERS).exists():
        raise ValueError(f"{out} holds a study already: choose another folder")
    baseline = from_pictures(model, clips) if against is None else from_sounds(against, clips)
    listed = _listed(clips)
    plan = _usable_plan(clips, listed, num_questions, seed, baseline_sees=against is None)
    (out / MEDIA).mkdir(parents=True, exist_ok=True)
    writer = _Writer(out, clips, {"ours": from_sounds(model, clips), "baseline": baseline}, seed)
    questions = writer.write(plan)
    check = writer.sound(check_sound())
    data = {"name": clips.name, "kind": clips.kind, "sounds": len(listed)}
    other = _told(model, "pictures") if against is None else _told(against, "sounds")
    study = Study(
        seed=seed,
        models={"ours": _told(model, "sounds"), "baseline": other},
        data={
            **data,
            "categories": sorted({clip.label for clip in listed}),
            "different sounds in both experiments": plan.apart,
        },
        check=check,
        questions=questions,
        files=dict(sorted(writer.files.items())),
    )
    write_study(out, study)
    return study


def _listed(clips: Clips) -> list[ListedClip]:
    """Return the clips that have a category."""
    rows = zip(clips.ids, clips.labels, clips.recordings, strict=True)
    return [
        ListedClip(row, one, label, recording) for row, (one, label, recording) in enumerate(rows) if label is not None
    ]


def _usable_plan(
    clips: Clips, listed: Sequence[ListedClip], num_questions: int, seed: int, *, baseline_sees: bool
) -> Plan:
    """Return a plan all of whose clips can be read: one that cannot is left out, and the plan drawn anew."""
    left, usable = list(listed), dict[tuple[int, bool], bool]()
    while True:
        plan = plan_study(left, num_questions, seed)
        needed = {
            (picture.clip, baseline_sees and picture.method == "baseline")
            for asked in plan.questions.values()
            for question in asked
            for picture in question.pictures
        }
        for clip, sees in needed:
            if (clip.row, sees) not in usable:
                usable[clip.row, sees] = _is_usable(clips, clip, sees)
        unusable = {clip for clip, sees in needed if not usable[clip.row, sees]}
        if not unusable:
            return plan
        left = [clip for clip in left if clip not in unusable]


def _is_usable(clips: Clips, clip: ListedClip, sees: bool) -> bool:
    try:
        sound = clips.sound(clip.row)
        if sees:
            clips.picture(clip.row)
    except (ValueError, OSError) as error:
        _log.warning("%s is left out: %s", clip.id, " ".join(str(error).split()))
        return False
    if not np.abs(sound).max(initial=0.0) > 0:
        _log.warning("%s is left out: it is silent", clip.id)
        return False
    return True


@dataclass(slots=True)
class _Writer:
    """Paints and writes; `files` grows to the SHA-256 of all that was written, by name."""

    out: Path
    clips: Clips
    painters: Mapping[Method, Painter]
    seed: int
    files: dict[str, str] = field(default_factory=dict)
    _painted: int = 0

    def write(self, plan: Plan) -> dict[Experiment, tuple[Question, ...]]:
        """Write every sound and picture of `plan`."""
        total = sum(map(len, plan.questions.values()))
        with tqdm(total=total, desc="questions", disable=None) as bar:
            questions: dict[Experiment, tuple[Question, ...]] = {}
            for experiment, planned in plan.questions.items():
                written = []
                for number, one in enumerate(planned, 1):
                    written.append(self._question(f"{experiment}-{number:02d}", one))
                    bar.update()
                questions[experiment] = tuple(written)
        return questions

    def sound(self, sound: NDArray[np.float32]) -> str:
        """Write what a model is given at most, ten seconds, and return the file's name."""
        heard = np.clip(sound[: round(CLIP_S * SAMPLE_RATE_HZ)], -1, 1)
        return self._file(wav_bytes(np.round(heard * 32767).astype(np.int16)), ".wav")

    def _question(self, name: str, planned: PlannedQuestion) -> Question:
        pictures = tuple(self._picture(one) for one in planned.pictures)
        sound = self.sound(self.clips.sound(planned.clip.row))
        return Question(id=name, sound=sound, clip=planned.clip.id, label=planned.clip.label, pictures=pictures)

    def _picture(self, planned: PlannedPicture) -> Picture:
        """Paint with noise of its own: two pictures of one clip are two pictures."""
        self._painted += 1
        clip, file = planned.clip, io.BytesIO()
        pixels = self.painters[planned.method](clip.row, (self.seed << 20) + self._painted)
        Image.fromarray(pixels).save(file, "PNG")
        name = self._file(file.getvalue(), ".png")
        return Picture(file=name, method=planned.method, clip=clip.id, label=clip.label, right=planned.right)

    def _file(self, data: bytes, ending: str) -> str:
        digest = hashlib.sha256(data).hexdigest()
        name = digest[:24] + ending
        with atomic_path(self.out / MEDIA / name) as partial:
            partial.write_bytes(data)
        self.files[name] = digest
        return name


def _told(model: Bundle, conditioned_on: str) -> dict[str, Any]:
    card = model.card
    return {"name": card.name, "version": card.version, "conditioned on": conditioned_on}
