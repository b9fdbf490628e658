"""What lies where in OUT, what the retraining in it was begun with, and what is forgotten in the end. No torch."""

import json
import logging
import shutil
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Final

from s2s.files.atomic_write import write_text

_log = logging.getLogger(__name__)

_WORK: Final = (
    "data",
    "cache",
    "moments.json",
    "audio-encoder",
    "generator",
    "candidate",
    "began.json",
    "report.json",
    "before-after.html",
)
_SPENT: Final = "spent.json"
_WITHIN: Final = ("data", "cache")
"""What `--forget` deletes."""


@dataclass(frozen=True, slots=True)
class Layout:
    """The folder OUT of a retraining."""

    out: Path

    @property
    def data(self) -> Path:
        """The clips: 16 kHz sound and frames, as `prepare` writes them."""
        return self.out / "data"

    @property
    def moments(self) -> Path:
        """Which frames of each clip were chosen, as `select` writes it."""
        return self.out / "moments.json"

    @property
    def cache(self) -> Path:
        """What was computed of the clips once: spectrograms, features, held-out frames, pictures."""
        return self.out / "cache"

    @property
    def place(self) -> Path:
        """Frames of the place for the new bundle's `memory/`."""
        return self.cache / "place"

    @property
    def audio_encoder(self) -> Path:
        """The run of f_A: checkpoints, log, weights."""
        return self.out / "audio-encoder"

    @property
    def mixed(self) -> Path:
        """The weights of f_A that the candidate gets."""
        return self.audio_encoder / "mixed.safetensors"

    @property
    def mixed_heads(self) -> Path:
        """The weights of its heads, where the old model has some."""
        return self.audio_encoder / "heads.safetensors"

    @property
    def generator(self) -> Path:
        """The run of the generator."""
        return self.out / "generator"

    @property
    def candidate(self) -> Path:
        """The new bundle until it is promoted; for good where it is not."""
        return self.out / "candidate"

    @property
    def model(self) -> Path:
        """The bundle to play: the old one until a better one is there."""
        return self.out / "model"

    @property
    def previous(self) -> Path:
        """What `model` was before."""
        return self.out / "previous"

    @property
    def report(self) -> Path:
        """What was found, as numbers."""
        return self.out / "report.json"

    @property
    def page(self) -> Path:
        """What was found, to look at."""
        return self.out / "before-after.html"

    def spent_s(self, options: dict[str, Any]) -> float:
        """Return the seconds that earlier starts of the same retraining, with `options`, have taken."""
        path = self.cache / _SPENT
        spent = json.loads(path.read_text(encoding="utf-8")) if path.exists() else {}
        return float(spent["seconds"]) if spent.get("options") == options else 0.0

    def note_spent(self, options: dict[str, Any], seconds: float) -> None:
        """Keep how long all starts together have taken: who goes on after a kill has no more time than the first."""
        self.cache.mkdir(parents=True, exist_ok=True)
        write_text(self.cache / _SPENT, json.dumps({"options": options, "seconds": round(seconds, 1)}) + "\n")

    def check_apart(self, folder: Path) -> None:
        """Raise ValueError where `folder` and OUT lie in each other: what is deleted in OUT is never a recording."""
        there = folder.resolve()
        for path in (self.out, *(self.out / name for name in _WITHIN)):
            here = path.resolve()
            if here.is_relative_to(there) or there.is_relative_to(here):
                raise ValueError(f"{self.out} and {folder} must be apart: what is deleted is never a recording")

    def claim(self, summary: dict[str, Any]) -> None:
        """Write what this retraining is begun with. Raises ValueError where OUT holds one begun otherwise."""
        path = self.out / "began.json"
        if path.exists():
            began = json.loads(path.read_text(encoding="utf-8"))
            if different := [name for name, value in summary.items() if began.get(name) != value]:
                name = different[0]
                raise ValueError(
                    f"{self.out} holds a retraining with {name} {began.get(name)}, asked for is {summary[name]}: "
                    "choose another OUT, or --restart, which keeps its model and the previous one"
                )
            return
        self.out.mkdir(parents=True, exist_ok=True)
        write_text(path, json.dumps(summary, indent=1) + "\n")

    def clear(self) -> None:
        """Delete all that an earlier retraining left but `model`, `previous` and their history."""
        for name in _WORK:
            _delete(self.out / name)

    def forget_clips(self) -> None:
        """Delete the copies of sounds and frames, once what is learnt from is cached."""
        for path in (self.data, self.place):
            if path.exists():
                _delete(path)
                _log.info("forgotten: %s", path)

    def forget_all(self) -> None:
        """Delete, besides, all from which a sound or a picture could be made again: a spectrogram is as good as one."""
        self.forget_clips()
        for path in (self.cache, *self.audio_encoder.glob("broken*"), *self.generator.glob("broken*")):
            _delete(path)
        for sheet in self.generator.glob("sheet*.png"):
            _delete(sheet)
        _log.info("forgotten: %s", self.cache)


def _delete(path: Path) -> None:
    if path.is_dir() and not path.is_symlink():
        shutil.rmtree(path)
    else:
        path.unlink(missing_ok=True)
