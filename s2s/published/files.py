"""Which of the published files on disk are meant: files as named, folders by what lies in them.

Of an IC-GAN folder's two best generators the one with the lower recorded FID, as its authors' own loader chooses.
"""

import math
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Final

from torch import Tensor

from s2s.files.folders import is_hidden
from s2s.published.checkpoint import CheckpointError, read_values

_WEIGHTS: Final = "G_ema"
_RECORD: Final = "state_dict"
_OF_TRAINING: Final = ("G_", "D_", "state_dict")  # IC-GAN's: weights that no picture needs, optimisers, records
_ENDINGS: Final = (".pth", ".pth.tar", ".pt")
_NEVER_MEASURED_FID: Final = 1e5  # training starts from 999 999, and the authors' loader takes nothing from 100 000 on


@dataclass(frozen=True, slots=True)
class PublishedFile:
    """A file of weights; `chosen` says why this one, where there was a choice, and what is recorded about it."""

    path: Path
    chosen: str = ""


def published_files(paths: Iterable[Path]) -> list[PublishedFile]:
    """Return the files meant by `paths`: files, IC-GAN's folders, or folders that hold these.

    Raises CheckpointError for what is not there, for a folder without any, and where a choice cannot be made.
    """
    return [file for path in paths for file in _files(path)]


def _files(path: Path) -> list[PublishedFile]:
    if path.is_file():
        return [PublishedFile(path)]
    if not path.is_dir():
        raise CheckpointError(path, "", "no such file or folder")
    folders = [path, *sorted(child for child in path.iterdir() if child.is_dir() and not is_hidden(child.name))]
    found = [file for folder in folders for file in _in_folder(folder)]
    if not found:
        raise CheckpointError(path, "", f"holds no published weights; expected files that end in {', '.join(_ENDINGS)}")
    return found


def _in_folder(folder: Path) -> list[PublishedFile]:
    """Return the best generator of IC-GAN's training files in `folder`, and whatever else is a checkpoint there."""
    files = (file for file in folder.iterdir() if file.is_file() and not is_hidden(file.name))
    checkpoints = sorted(file for file in files if file.name.endswith(_ENDINGS))
    others = [PublishedFile(file) for file in checkpoints if not file.name.startswith(_OF_TRAINING)]
    generators = [file for file in checkpoints if file.name.startswith(_WEIGHTS)]
    if not generators and any(file.name.startswith(_RECORD) for file in checkpoints):
        raise CheckpointError(folder, "", f"holds IC-GAN's records but no {_WEIGHTS}_*.pth, the generator itself")
    return [_best(generators), *others] if generators else others


def _best(generators: list[Path]) -> PublishedFile:
    records = {path: _record(path) for path in generators}
    if len(generators) == 1:
        (path,) = generators
        return PublishedFile(path, f"the only {_WEIGHTS}_*.pth in its folder, {records[path]}")
    measured = {path: record.fid for path, record in records.items() if record.fid is not None}
    if not measured:
        names = ", ".join(path.name for path in generators)
        message = f"no record beside {names} holds an FID to choose by; name one of them directly"
        raise CheckpointError(generators[0].parent, "best_FID", message)
    best = min(measured, key=lambda path: measured[path])
    others = "; ".join(f"{path.name}: {records[path]}" for path in generators if path != best)
    return PublishedFile(best, f"the best of its folder, {records[best]} ({others})")


@dataclass(frozen=True, slots=True)
class _Record:
    """What `state_dict_*.pth` says about the generator of the same name."""

    fid: float | None = None
    epoch: int | None = None

    def __str__(self) -> str:
        fid = "no FID recorded" if self.fid is None else f"recorded FID {self.fid:.2f}"
        return fid if self.epoch is None else f"{fid}, epoch {self.epoch}"


def _record(generator: Path) -> _Record:
    path = generator.with_name(generator.name.replace(_WEIGHTS, _RECORD, 1))
    if not path.is_file():
        return _Record()
    try:
        values = read_values(path)
    except CheckpointError as error:
        message = f"{error.message}; it only tells which generator is the better: name {generator} directly"
        raise CheckpointError(path, error.key, message) from error
    fid, epoch = _number(values, "best_FID"), _number(values, "epoch")
    measured = fid is not None and 0.0 <= fid < _NEVER_MEASURED_FID
    return _Record(fid if measured else None, None if epoch is None else int(epoch))


def _number(values: Mapping[str, Any], name: str) -> float | None:
    value = values.get(name)
    if isinstance(value, Tensor) and value.numel() == 1:
        value = value.item()
    return float(value) if isinstance(value, int | float) and math.isfinite(value) else None
