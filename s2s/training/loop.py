"""The one training loop: steps until a number or a time is reached, writes its log, sheets and checkpoints.

Knows no network and no loss. A run stopped at any moment goes on from its last checkpoint.
"""

import json
import logging
import time
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any, Final, Protocol

import numpy as np
import torch
from numpy.typing import NDArray
from PIL import Image
from tqdm import tqdm

_log = logging.getLogger(__name__)

CHECKPOINT: Final = "checkpoint.pt"
SMOOTHING: Final = 0.05  # weight of the newest step in the logged means


class Trainer(Protocol):
    """What the loop drives: one stage of training."""

    def step(self, progress: float) -> dict[str, float]:
        """Take one step of optimisation and return what to log; `progress` runs from 0 to 1 over the run."""
        ...

    def sheet(self) -> NDArray[np.uint8] | None:
        """Return a picture [h, w, 3] that shows how far things are, or None."""
        ...

    def state_dict(self) -> dict[str, Any]:
        """Return everything that a resumed run needs: tensors and plain values only."""
        ...

    def load_state_dict(self, state: dict[str, Any]) -> None:
        """Take over what `state_dict` returned."""
        ...


@dataclass(frozen=True, slots=True)
class RunLength:
    """A run ends after `steps` steps or after `minutes` of training, whichever comes first."""

    steps: int
    minutes: float = float("inf")
    save_every_s: float = 120.0

    def __post_init__(self) -> None:
        if self.steps < 1 or not self.minutes > 0:
            raise ValueError(f"a run needs at least one step and some time; got {self.steps}, {self.minutes} min")

    def progress(self, step: int, trained_s: float) -> float:
        """Return how much of the run is over, 0..1."""
        return min(1.0, max(step / self.steps, trained_s / 60 / self.minutes))


def train(trainer: Trainer, out: Path, length: RunLength, settings: dict[str, Any]) -> float:
    """Run `trainer` to the end of `length`, resuming from `out`; return the seconds of training spent in all."""
    out.mkdir(parents=True, exist_ok=True)
    step, trained_s = _resume(trainer, out)
    (out / "run.json").write_text(json.dumps({**settings, "length": asdict(length)}, indent=1, default=str) + "\n")
    saved_s = trained_s
    means: dict[str, float] = {}
    bar = tqdm(total=length.steps, initial=step, desc=out.name, disable=None)  # none in a log file
    while (progress := length.progress(step, trained_s)) < 1.0:
        began = time.monotonic()
        values = trainer.step(progress)
        trained_s += time.monotonic() - began
        step += 1
        bar.update()
        _check(values, step)
        means = {k: (1 - SMOOTHING) * means.get(k, v) + SMOOTHING * v for k, v in values.items()}
        if trained_s - saved_s >= length.save_every_s:
            saved_s = trained_s
            _save(trainer, out, step, trained_s, means)
    bar.close()
    _save(trainer, out, step, trained_s, means)
    return trained_s


def _check(values: dict[str, float], step: int) -> None:
    broken = [name for name, value in values.items() if not np.isfinite(value)]
    if broken:
        raise FloatingPointError(f"step {step}: {', '.join(broken)} is not finite; lower the learning rate")


def _resume(trainer: Trainer, out: Path) -> tuple[int, float]:
    path = out / CHECKPOINT
    if not path.exists():
        return 0, 0.0
    saved = torch.load(path, weights_only=True)
    trainer.load_state_dict(saved["trainer"])
    _log.info("resumed %s at step %d", out, saved["step"])
    return saved["step"], saved["trained_s"]


def _save(trainer: Trainer, out: Path, step: int, trained_s: float, means: dict[str, float]) -> None:
    saved = {"trainer": trainer.state_dict(), "step": step, "trained_s": trained_s}
    partial = out / (CHECKPOINT + ".partial")
    torch.save(saved, partial)
    partial.replace(out / CHECKPOINT)  # a killed run leaves the old one or the new one, never half a file
    with (out / "log.jsonl").open("a") as log:
        log.write(json.dumps({"step": step, "trained_s": round(trained_s, 1), **means}) + "\n")
    sheet = trainer.sheet()
    if sheet is not None:
        Image.fromarray(sheet).save(out / "sheet.png")
        Image.fromarray(sheet).save(out / f"sheet-{step:06d}.png")
