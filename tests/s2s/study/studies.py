"""Small studies for tests: planned, written without a model, and asked without a browser."""

import hashlib
import io
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

import numpy as np
from PIL import Image

from s2s.data.clip import wav_bytes
from s2s.study.answers import Answer, AnswerLog, Begun
from s2s.study.manifest import MEDIA, Picture, Question, Study, write_study
from s2s.study.order import questions_for
from s2s.study.plan import ListedClip, PlannedQuestion, plan_study

CATEGORIES = ("rain", "train", "dog", "sea", "fire", "bird")


def listed(per_category: int, categories: Sequence[str] = CATEGORIES) -> list[ListedClip]:
    """Return clips of each category, each a recording of its own."""
    names = [(label, f"{label}-{number}") for label in categories for number in range(per_category)]
    return [ListedClip(row, name, label, name) for row, (label, name) in enumerate(names)]


def study_of(num_questions: int, seed: int = 0, per_category: int = 10) -> Study:
    """Return a study whose files are names alone."""
    plan = plan_study(listed(per_category), num_questions, seed)
    return _study(plan.questions["i"], plan.questions["ii"], seed, {})


def write_small_study(folder: Path, num_questions: int = 2) -> Study:
    """Write a study with real sounds and pictures, of one colour each, and return it."""
    plan = plan_study(listed(10), num_questions, 0)
    media: dict[str, bytes] = {}
    study = _study(plan.questions["i"], plan.questions["ii"], 0, media)
    (folder / MEDIA).mkdir(parents=True)
    for name, data in media.items():
        (folder / MEDIA / name).write_bytes(data)
    write_study(folder, study)
    return study


def write_answered_study(folder: Path, model: Mapping[str, Any]) -> Path:
    """Write a study about `model`, its name and version, that one participant has finished; return its folder."""
    study = write_small_study(folder)
    asked = {name: model[name] for name in ("name", "version")}
    study = study.model_copy(update={"models": {**study.models, "ours": {**asked, "conditioned on": "sounds"}}})
    write_study(folder, study)
    log, _ = AnswerLog.open(folder, study)
    log.append(Begun(participant="a", place=0))
    for one in questions_for(study, "a", 0):
        log.append(Answer(participant="a", question=one.question.id, shown=one.shown, chosen=(0,), seconds=2.0))
    log.close()
    return folder


def _study(i: Sequence[PlannedQuestion], ii: Sequence[PlannedQuestion], seed: int, media: dict[str, bytes]) -> Study:
    check = _file(b"".join([wav_bytes(_tone(300))]), ".wav", media)
    questions = {
        name: tuple(_question(f"{name}-{number:02d}", one, media) for number, one in enumerate(asked, 1))
        for name, asked in (("i", i), ("ii", ii))
    }
    return Study.model_validate(
        {
            "seed": seed,
            "models": {
                "ours": {"name": "Tiny", "version": "1", "conditioned on": "sounds"},
                "baseline": {"name": "Tiny", "version": "1", "conditioned on": "pictures"},
            },
            "data": {"name": "tones"},
            "check": check,
            "questions": questions,
            "files": {name: hashlib.sha256(data).hexdigest() for name, data in media.items()},
        }
    )


def _question(name: str, planned: PlannedQuestion, media: dict[str, bytes]) -> Question:
    pictures = tuple(
        Picture(
            file=_file(_png(f"{name} {number}"), ".png", media),
            method=one.method,
            clip=one.clip.id,
            label=one.clip.label,
            right=one.right,
        )
        for number, one in enumerate(planned.pictures)
    )
    sound = _file(wav_bytes(_tone(200 + 10 * len(media))), ".wav", media)
    return Question(id=name, sound=sound, clip=planned.clip.id, label=planned.clip.label, pictures=pictures)


def _file(data: bytes, ending: str, media: dict[str, bytes]) -> str:
    name = hashlib.sha256(data).hexdigest()[:24] + ending
    media[name] = data
    return name


def _png(words: str) -> bytes:
    """Return a picture of a colour of its own."""
    file = io.BytesIO()
    color = tuple(hashlib.sha256(words.encode()).digest()[:3])
    Image.new("RGB", (32, 18), color).save(file, "PNG")
    return file.getvalue()


def _tone(hz: float) -> np.ndarray[tuple[int], np.dtype[np.int16]]:
    return np.round(8000 * np.sin(2 * np.pi * hz * np.arange(8000) / 16_000)).astype(np.int16)
