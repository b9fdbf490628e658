"""`study.json`: what a study's folder holds, and which picture is whose. It never leaves this machine by the page."""

import hashlib
from collections.abc import Mapping
from pathlib import Path
from typing import Any, Final, Literal

import pydantic

from s2s.files.atomic_write import write_text
from s2s.files.quote import one_line
from s2s.study.plan import EXPERIMENTS, Experiment, Method

MANIFEST: Final = "study.json"
MEDIA: Final = "media"
ANSWERS: Final = "answers.jsonl"
_NAME: Final = r"^[0-9a-f]{24}\.(wav|png)$"


class _Part(pydantic.BaseModel):
    model_config = pydantic.ConfigDict(extra="forbid", frozen=True)


class Picture(_Part):
    """A picture in `media/`: painted by `method` from `clip` of category `label`; `right` where that is heard."""

    file: str = pydantic.Field(pattern=_NAME)
    method: Method
    clip: str
    label: str
    right: bool


class Question(_Part):
    """What is heard, and the pictures to choose from, the right ones first."""

    id: str = pydantic.Field(pattern=r"^i{1,2}-\d{2,4}$")
    sound: str = pydantic.Field(pattern=_NAME)
    clip: str
    label: str
    pictures: tuple[Picture, ...] = pydantic.Field(min_length=2)

    @property
    def num_right(self) -> int:
        """How many pictures are of what is heard."""
        return sum(picture.right for picture in self.pictures)

    @pydantic.model_validator(mode="after")
    def _right_first(self) -> "Question":
        if not all(picture.right == (place < self.num_right) for place, picture in enumerate(self.pictures)):
            raise ValueError("the right pictures stand first")
        return self


class Study(_Part):
    """A whole study. `files` are the SHA-256 of all in `media/`; `models` and `data` say what it was made from."""

    format: Literal[1] = 1
    seed: int
    models: Mapping[Method, Mapping[str, Any]]
    data: Mapping[str, Any]
    check: str = pydantic.Field(pattern=_NAME)
    questions: Mapping[Experiment, tuple[Question, ...]]
    files: Mapping[str, str]

    @property
    def num_questions(self) -> int:
        """Of both experiments together."""
        return sum(len(self.questions[experiment]) for experiment in EXPERIMENTS)

    @property
    def mark(self) -> str:
        """What tells this study from every other, for the file of its answers."""
        return hashlib.sha256(self.model_dump_json().encode()).hexdigest()[:16]

    @pydantic.model_validator(mode="after")
    def _whole(self) -> "Study":
        if set(self.questions) != set(EXPERIMENTS) or not all(self.questions.values()):
            raise ValueError(f"expected questions of the experiments {' and '.join(EXPERIMENTS)}")
        asked = [question for experiment in EXPERIMENTS for question in self.questions[experiment]]
        if len({question.id for question in asked}) < len(asked):
            raise ValueError("two questions have one id")
        used = {self.check, *(one.sound for one in asked), *(picture.file for one in asked for picture in one.pictures)}
        if used != set(self.files):
            raise ValueError("`files` are not those that the questions name")
        return self


def write_study(folder: Path, study: Study) -> None:
    """Write `study.json`: the last file of a finished study."""
    write_text(folder / MANIFEST, study.model_dump_json(indent=1) + "\n")


def read_study(folder: Path) -> Study:
    """Return the study in `folder`. Raises ValueError for a folder without one, or one that says something else."""
    path = folder / MANIFEST
    try:
        return Study.model_validate_json(path.read_bytes())
    except FileNotFoundError as error:
        raise ValueError(f"{folder} holds no finished study: make one with `python -m s2s study make`") from error
    except pydantic.ValidationError as error:
        first = error.errors(include_url=False)[0]
        key = ".".join(str(part) for part in first["loc"])
        words = f"{path}: {key}: {first['msg']}" if key else f"{path}: {first['msg']}"
        raise ValueError(one_line(words, 300)) from error


def check_media(folder: Path, study: Study) -> None:
    """Raise ValueError where a sound or picture is missing or is not the one that the study was made with."""
    for name, digest in study.files.items():
        path = folder / MEDIA / name
        if not path.is_file():
            raise ValueError(f"{path} is missing: make the study again, into another folder")
        if hashlib.sha256(path.read_bytes()).hexdigest() != digest:
            raise ValueError(f"{path} is not the file that the study was made with: make it again, into another folder")
