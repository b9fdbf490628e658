"""The one training loop: steps until a number, a time or patience ends; validates, logs, keeps best and last.

Knows no network and no loss. A run stopped at any moment, on one rank or many, goes on from its last checkpoint as if
nothing had happened.
"""

import json
import logging
import shutil
import time
from collections.abc import Callable
from dataclasses import asdict, dataclass, field
from pathlib import Path
from typing import Any, Final

import numpy as np

from s2s.training.engine import checkpoint
from s2s.training.engine.checkpoint import BEST, BROKEN, LAST, Standing
from s2s.training.engine.device import Rig
from s2s.training.engine.distributed import mean_of_ranks, meet, of_rank_0
from s2s.training.engine.run_log import LOG, RunLog
from s2s.training.engine.stage import JUDGED_BY, RunLength, Stage
from s2s.training.engine.step_context import Turn

_log = logging.getLogger(__name__)

__all__ = ["RunLength", "RunPlan", "Stage", "train"]

_VALIDATED: Final = "val_"


@dataclass(frozen=True, slots=True)
class RunPlan:
    """Where, how long and on what a stage runs. `resume` demands something to resume; `restart` begins anew."""

    out: Path
    length: RunLength
    rig: Rig = field(default_factory=Rig)
    seed: int = 0
    resume: bool = False
    restart: bool = False
    tensorboard: bool = False

    def __post_init__(self) -> None:
        if self.resume and self.restart:
            raise ValueError("a run is resumed or begun anew, not both: leave out --resume or --restart")


def train(
    stage: Stage, plan: RunPlan, settings: dict[str, Any], clock: Callable[[], float] = time.monotonic
) -> Standing:
    """Run `stage` to the end of the plan, resuming from its folder; return where it ended.

    Where anything was validated the stage is left with its best weights, else with the last. Raises
    FloatingPointError, with the batch saved, where a value is no finite number; ValueError for a folder of another run
    and a checkpoint that is damaged.
    """
    length, rig = plan.length, plan.rig
    standing = _begin(stage, plan, settings)
    with RunLog(
        plan.out if rig.is_first else None, step=standing.step, total=length.steps, tensorboard=plan.tensorboard
    ) as log:
        saved_s = standing.trained_s
        while not _is_over(standing, length):
            # Take one step, its random numbers a function of its number.
            began = clock()
            progress = length.progress(standing.step, standing.trained_s)
            turn = Turn(standing.step, progress, plan.seed, rig.rank)
            turn.seed_torch()
            values = mean_of_ranks(stage.step(turn))
            standing.step += 1
            standing.trained_s = of_rank_0(standing.trained_s + clock() - began)
            _check(stage, plan, standing.step, values)

            # Log the mean since the last line.
            _add(standing, values)
            log.advance(standing.step, standing.trained_s, _left_s(standing, length), values)
            if standing.step % length.log_every == 0:
                _write_means(log, standing)

            # Validate, and keep what is best so far.
            if standing.step % length.validate_every == 0:
                _validate(stage, plan, standing, log)
            if standing.step % length.sheet_every == 0:
                _draw(stage, plan, standing, log)

            # Save; the last step is saved with what the end adds to it, or a run killed there would add it twice.
            if standing.trained_s - saved_s >= length.save_every_s and not _is_over(standing, length):
                saved_s = standing.trained_s
                _save(stage, plan, standing, LAST)
        _end(stage, plan, standing, log)
    return standing


def _begin(stage: Stage, plan: RunPlan, settings: dict[str, Any]) -> Standing:
    out, rig = plan.out, plan.rig
    if plan.restart and rig.is_first:
        _clear(out)
    meet()  # nobody reads before rank 0 has cleared
    # Before the weights are read: they fit no network of other settings.
    told = checkpoint.agreed(out, {**settings, "seed": plan.seed, "length": asdict(plan.length), **_told_of(rig)})
    there = (out / LAST).exists()
    if plan.resume and not there:
        raise ValueError(f"{out} holds no checkpoint to resume from")
    standing = _restored(stage, out / LAST) if there else Standing()
    meet()  # nobody writes before all have read
    out.mkdir(parents=True, exist_ok=True)
    if rig.is_first:
        checkpoint.claim(out, told)
        _log.info("%s", json.dumps(told))
        if (bounds := stage.bounds()) is not None:
            _log.info("%s", bounds)
        if there:
            _log.info("resumed %s at step %d", out, standing.step)
    return standing


def _clear(out: Path) -> None:
    for pattern in (LAST, BEST, "broken*.pt", LOG, "sheet*.png"):
        for path in out.glob(pattern):
            path.unlink()
    shutil.rmtree(out / "tensorboard", ignore_errors=True)


def _restored(stage: Stage, path: Path) -> Standing:
    state, standing = checkpoint.load(path)
    try:
        stage.load_state_dict(state)
    except (LookupError, RuntimeError, TypeError, ValueError) as error:
        said = " ".join(str(error).split())[:200]
        raise ValueError(f"{path} does not fit this stage ({said}): choose another folder, or --restart") from error
    return standing


def _told_of(rig: Rig) -> dict[str, Any]:
    return {
        "device": str(rig.device),
        "precision": str(rig.format).removeprefix("torch."),
        "compiled": rig.compiled,
        "ranks": rig.rank.count,
    }


def _is_over(standing: Standing, length: RunLength) -> bool:
    is_weary = 0 < length.patience <= standing.since
    return is_weary or length.progress(standing.step, standing.trained_s) >= 1.0


def _left_s(standing: Standing, length: RunLength) -> float:
    progress = length.progress(standing.step, standing.trained_s)
    return standing.trained_s * (1 - progress) / max(progress, 1e-9)


def _check(stage: Stage, plan: RunPlan, step: int, values: dict[str, float]) -> None:
    broken = [name for name, value in values.items() if not np.isfinite(value)]
    if not broken:
        return
    path = plan.out / BROKEN
    if not plan.rig.is_first:
        path = path.with_suffix(f".rank-{plan.rig.rank.index}.pt")
    checkpoint.replace(path, {"step": step, "values": values, "batch": stage.drawn(), "stage": stage.state_dict()})
    meet()  # the first rank that ends may be the end of all
    raise FloatingPointError(
        f"step {step}: {', '.join(broken)} is not finite; {path} holds the batch and the weights after it. "
        "The last checkpoint is from before; a lower learning rate may help"
    )


def _add(standing: Standing, values: dict[str, float]) -> None:
    # One by one: a step may tell what the one before it had not.
    for name, value in values.items():
        standing.sums[name] = standing.sums.get(name, 0.0) + value
        standing.counts[name] = standing.counts.get(name, 0) + 1


def _write_means(log: RunLog, standing: Standing) -> None:
    means = {name: total / standing.counts[name] for name, total in standing.sums.items()}
    log.write(standing.step, means, trained_s=round(standing.trained_s, 1))
    standing.sums, standing.counts = {}, {}


def _validate(stage: Stage, plan: RunPlan, standing: Standing, log: RunLog) -> None:
    values = mean_of_ranks(stage.validate())
    standing.validated = standing.step
    if not values:
        return
    _check(stage, plan, standing.step, {_VALIDATED + JUDGED_BY: values[JUDGED_BY]})
    standing.since += 1
    if values[JUDGED_BY] < standing.best:
        standing.best, standing.best_step, standing.since = values[JUDGED_BY], standing.step, 0
        _save(stage, plan, standing, BEST)
    log.write(standing.step, {_VALIDATED + name: value for name, value in values.items()})


def _draw(stage: Stage, plan: RunPlan, standing: Standing, log: RunLog) -> None:
    standing.drawn = standing.step
    sheet = stage.sheet() if plan.rig.is_first else None
    if sheet is not None:
        log.picture(standing.step, sheet)


def _save(stage: Stage, plan: RunPlan, standing: Standing, name: str) -> None:
    if plan.rig.is_first:
        checkpoint.save(plan.out / name, stage.state_dict(), standing)


def _end(stage: Stage, plan: RunPlan, standing: Standing, log: RunLog) -> None:
    if standing.counts:
        _write_means(log, standing)
    if standing.validated != standing.step:
        _validate(stage, plan, standing, log)
    if standing.drawn != standing.step:
        _draw(stage, plan, standing, log)
    _save(stage, plan, standing, LAST)
    meet()  # rank 0 has written what all read now
    if standing.best_step and standing.best_step != standing.step:
        best = _restored(stage, plan.out / BEST)
        if plan.rig.is_first:
            _log.info("%s: the weights of step %d are the best", plan.out.name, best.step)
