"""Makes a study: paints what its plan asks for and writes all of it into one folder, the manifest last.

Files are called by what they hold: neither their names nor their order tell which picture is whose.
"""

import hashlib
import io
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, Final

import numpy as np
from numpy.typing import NDArray
from PIL import Image
from tqdm import tqdm

from s2s.bundle import Bundle
from s2s.data.clip import wav_bytes
from s2s.files.atomic_write import atomic_path
from s2s.rates import SAMPLE_RATE_HZ
from s2s.study.check_tones import check_sound
from s2s.study.manifest import ANSWERS, MANIFEST, MEDIA, Picture, Question, Study, write_study
from s2s.study.material import Material
from s2s.study.painting import Painter, from_pictures, from_sounds
from s2s.study.plan import Experiment, Method, Plan, PlannedQuestion, plan_study

CLIP_S: Final = 10.0


def make_study(
    out: Path, model: Bundle, material: Material, *, against: Bundle | None, num_questions: int, seed: int, name: str
) -> Study:
    """Write a study of `num_questions` in each experiment into `out`, and return it.

    The baseline is `against`, asked by sound as `model` is, or where that is None the image-conditioned one. `name`
    is what the data are called. Raises ValueError where `out` holds a study already, where there are too few sounds or
    categories, and whatever reading them raises.
    """
    if (out / MANIFEST).exists() or (out / ANSWERS).exists():
        raise ValueError(f"{out} holds a study already: choose another folder")
    baseline = from_pictures(model, material) if against is None else from_sounds(against, material)
    plan = plan_study(material.clips, num_questions, seed)
    (out / MEDIA).mkdir(parents=True, exist_ok=True)
    writer = _Writer(out, material, {"ours": from_sounds(model, material), "baseline": baseline}, seed)
    questions = writer.write(plan)
    check = writer.sound(check_sound())
    data = {"name": name, "kind": material.kind, "sounds": len(material.clips)}
    categories = sorted({clip.label for clip in material.clips})
    other = _told(model, "pictures") if against is None else _told(against, "sounds")
    study = Study(
        seed=seed,
        models={"ours": _told(model, "sounds"), "baseline": other},
        data={**data, "categories": categories, "different sounds in both experiments": plan.apart},
        check=check,
        questions=questions,
        files=dict(sorted(writer.files.items())),
    )
    write_study(out, study)
    return study


@dataclass(slots=True)
class _Writer:
    """Paints and writes; `files` grows to the SHA-256 of all that was written, by name."""

    out: Path
    material: Material
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
        pictures = tuple(
            Picture(
                file=self._picture(one.method, one.clip.id),
                method=one.method,
                clip=one.clip.id,
                label=one.clip.label,
                right=one.right,
            )
            for one in planned.pictures
        )
        sound = self.sound(self.material.sound(planned.clip.id))
        return Question(id=name, sound=sound, clip=planned.clip.id, label=planned.clip.label, pictures=pictures)

    def _picture(self, method: Method, clip_id: str) -> str:
        """Paint with noise of its own: two pictures of one clip are two pictures."""
        self._painted += 1
        pixels = self.painters[method](clip_id, (self.seed << 20) + self._painted)
        file = io.BytesIO()
        Image.fromarray(pixels).save(file, "PNG")
        return self._file(file.getvalue(), ".png")

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
