"""What a run keeps on disk so that nothing but time is lost when it dies: checkpoints, and what it was run with.

Written by rank 0 alone, read by all; each file is the old one or the new one, never half of one.
"""

import json
import logging
import pickle
import platform
import struct
import zipfile
import zlib
from dataclasses import asdict, dataclass, field
from pathlib import Path
from typing import Any, Final

import torch

from s2s.files.atomic_write import atomic_path, write_text
from s2s.training.engine.renamed import checkpoint_of, run_info_of

_log = logging.getLogger(__name__)

LAST: Final = "checkpoint.pt"
BEST: Final = "best.pt"
BROKEN: Final = "broken.pt"
RUN: Final = "run.json"
_DAMAGE: Final = (
    *(OSError, EOFError, RuntimeError, LookupError, TypeError, ValueError),
    *(pickle.UnpicklingError, struct.error, zipfile.BadZipFile, zlib.error),
)
"""What zip, pickle and torch raise for a file that is not what it was."""
MAY_CHANGE: Final = frozenset({"length", "versions", "device", "precision", "compiled", "ranks"})
"""What a run may go on with otherwise than it began."""


@dataclass(slots=True)
class TrainState:
    """How far a run is. `best` is the lowest validated loss, at `best_step`; `since` counts validations after it.

    `validated` and `sheet_step` are the steps of the last validation and the last sheet. `sums` and `counts` are what
    was added up since the last line of the log, value by value, so that a resumed run writes the same.
    """

    step: int = 0
    trained_s: float = 0.0
    best: float = float("inf")
    best_step: int = 0
    since: int = 0
    validated: int = -1
    sheet_step: int = -1
    sums: dict[str, float] = field(default_factory=dict)
    counts: dict[str, int] = field(default_factory=dict)


def save(path: Path, stage: dict[str, Any], train_state: TrainState) -> None:
    """Write a checkpoint of `stage` and `train_state`."""
    replace(path, {"stage": stage, "train_state": asdict(train_state)})


def replace(path: Path, content: dict[str, Any]) -> None:
    """Write `content` whole or not at all, and only once the disk has it."""
    with atomic_path(path, durable=True) as partial, partial.open("wb") as file:
        torch.save(content, file)


def load(path: Path) -> tuple[dict[str, Any], TrainState]:
    """Return the stage's state and how far it was. Raises ValueError for a file that is no checkpoint, OSError."""
    with path.open("rb") as file:
        try:
            # torch's own reader takes what a bad disk has changed for the weights.
            if (member := zipfile.ZipFile(file).testzip()) is not None:
                raise ValueError(f"{member} is damaged")
            file.seek(0)
            saved = torch.load(file, map_location="cpu", weights_only=True)
            return dict(saved["stage"]), TrainState(**checkpoint_of(saved)["train_state"])
        except _DAMAGE as error:
            said = " ".join(str(error).split())[:200]
            advice = "delete it, or begin in another folder"
            raise ValueError(f"{path} is no checkpoint of a run ({said}): {advice}") from error


def check_run_info(out: Path, settings: dict[str, Any]) -> dict[str, Any]:
    """Return what is to be written down of the run in `out`, for `write_run_info`.

    Raises ValueError where `out` holds a checkpoint of a run with other settings.
    """
    path = out / RUN
    run_info: dict[str, Any] = json.loads(json.dumps({**settings, "versions": versions()}, default=str))
    if path.exists() and (out / LAST).exists():
        before = read_run_info(out)
        changed = [name for name in run_info.keys() | before.keys() if run_info.get(name) != before.get(name)]
        if wrong := sorted(set(changed) - MAY_CHANGE):
            words = ", ".join(f"{name} {before.get(name)!r}, now {run_info.get(name)!r}" for name in wrong)
            raise ValueError(f"{out} holds a run with other settings ({words}): choose another folder, or --restart")
    return run_info


def read_run_info(out: Path) -> dict[str, Any]:
    """Return what the run in `out` was run with. Raises OSError, and ValueError for a file that is no JSON."""
    return run_info_of(json.loads((out / RUN).read_text(encoding="utf-8")))


def write_run_info(out: Path, run_info: dict[str, Any]) -> None:
    """Write down what the run in `out` is run with."""
    write_text(out / RUN, json.dumps(run_info, indent=1) + "\n")


def finished_file(folder: Path, name: str, verb: str) -> Path:
    """Return the file `name` that a finished run of `train VERB` left in `folder`. Raises FileNotFoundError."""
    path = folder / name
    if not path.exists():
        raise FileNotFoundError(f"{path} is missing: train it with `python -m s2s train {verb} DATA {folder}`")
    return path


def versions() -> dict[str, str]:
    """Return what computed a result: the library's versions and the processor."""
    return {"torch": torch.__version__, "python": platform.python_version(), "machine": platform.machine()}
