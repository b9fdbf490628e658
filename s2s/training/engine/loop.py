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
from s2s.training.engine.checkpoint import BEST, BROKEN, LAST, TrainState
from s2s.training.engine.device import DeviceContext
from s2s.training.engine.distributed import all_reduce_mean, barrier, broadcast_from_main
from s2s.training.engine.run_log import LOG, RunLog
from s2s.training.engine.stage import EARLY_STOPPING_METRIC, RunLength, Stage
from s2s.training.engine.step_context import StepContext

_log = logging.getLogger(__name__)

__all__ = ["RunLength", "RunPlan", "Stage", "train"]

_VALIDATED: Final = "val_"


@dataclass(frozen=True, slots=True)
class RunPlan:
    """Where, how long and on what a stage runs. `resume` demands something to resume; `restart` begins anew."""

    out: Path
    length: RunLength
    device_context: DeviceContext = field(default_factory=DeviceContext)
    seed: int = 0
    resume: bool = False
    restart: bool = False
    tensorboard: bool = False

    def __post_init__(self) -> None:
        if self.resume and self.restart:
            raise ValueError("a run is resumed or begun anew, not both: leave out --resume or --restart")


def train(
    stage: Stage, plan: RunPlan, settings: dict[str, Any], clock: Callable[[], float] = time.monotonic
) -> TrainState:
    """Run `stage` to the end of the plan, resuming from its folder; return where it ended.

    Where anything was validated the stage is left with its best weights, else with the last. Raises
    FloatingPointError, with the batch saved, where a value is no finite number; ValueError for a folder of another run
    and a checkpoint that is damaged.
    """
    length, device_context = plan.length, plan.device_context
    train_state = _begin(stage, plan, settings)
    log_folder = plan.out if device_context.is_main else None
    with RunLog(log_folder, step=train_state.step, total=length.steps, tensorboard=plan.tensorboard) as log:
        saved_s = train_state.trained_s
        while not _is_over(train_state, length):
            # Take one step, its random numbers a function of its number.
            began = clock()
            progress = length.progress(train_state.step, train_state.trained_s)
            ctx = StepContext(train_state.step, progress, plan.seed, device_context.rank)
            ctx.seed_torch()
            values = all_reduce_mean(stage.step(ctx))
            train_state.step += 1
            train_state.trained_s = broadcast_from_main(train_state.trained_s + clock() - began)
            _check(stage, plan, train_state.step, values)

            # Log the mean since the last line.
            _add(train_state, values)
            log.advance(train_state.step, train_state.trained_s, _left_s(train_state, length), values)
            if train_state.step % length.log_every == 0:
                _write_means(log, train_state)

            # Validate, and keep what is best so far.
            if train_state.step % length.validate_every == 0:
                _validate(stage, plan, train_state, log)
            if train_state.step % length.sheet_every == 0:
                _draw(stage, plan, train_state, log)

            # Save; the last step is saved with what the end adds to it, or a run killed there would add it twice.
            if train_state.trained_s - saved_s >= length.save_every_s and not _is_over(train_state, length):
                saved_s = train_state.trained_s
                _save(stage, plan, train_state, LAST)
        _end(stage, plan, train_state, log)
    return train_state


def _begin(stage: Stage, plan: RunPlan, settings: dict[str, Any]) -> TrainState:
    out, device_context = plan.out, plan.device_context
    if plan.restart and device_context.is_main:
        _clear(out)
    barrier()  # nobody reads before rank 0 has cleared
    # Before the weights are read: they fit no network of other settings.
    run_info = checkpoint.check_run_info(
        out, {**settings, "seed": plan.seed, "length": asdict(plan.length), **_summary_of(device_context)}
    )
    there = (out / LAST).exists()
    if plan.resume and not there:
        raise ValueError(f"{out} holds no checkpoint to resume from")
    train_state = _restored(stage, out / LAST) if there else TrainState()
    barrier()  # nobody writes before all have read
    out.mkdir(parents=True, exist_ok=True)
    if device_context.is_main:
        checkpoint.write_run_info(out, run_info)
        _log.info("%s", json.dumps(run_info))
        if (bounds := stage.bounds()) is not None:
            _log.info("%s", bounds)
        if there:
            _log.info("resumed %s at step %d", out, train_state.step)
    return train_state


def _clear(out: Path) -> None:
    for pattern in (LAST, BEST, "broken*.pt", LOG, "sheet*.png"):
        for path in out.glob(pattern):
            path.unlink()
    shutil.rmtree(out / "tensorboard", ignore_errors=True)


def _restored(stage: Stage, path: Path) -> TrainState:
    state, train_state = checkpoint.load(path)
    try:
        stage.load_state_dict(state)
    except (LookupError, RuntimeError, TypeError, ValueError) as error:
        said = " ".join(str(error).split())[:200]
        raise ValueError(f"{path} does not fit this stage ({said}): choose another folder, or --restart") from error
    return train_state


def _summary_of(device_context: DeviceContext) -> dict[str, Any]:
    return {
        "device": str(device_context.device),
        "precision": str(device_context.format).removeprefix("torch."),
        "compiled": device_context.compiled,
        "ranks": device_context.rank.count,
    }


def _is_over(train_state: TrainState, length: RunLength) -> bool:
    is_weary = 0 < length.patience <= train_state.since
    return is_weary or length.progress(train_state.step, train_state.trained_s) >= 1.0


def _left_s(train_state: TrainState, length: RunLength) -> float:
    progress = length.progress(train_state.step, train_state.trained_s)
    return train_state.trained_s * (1 - progress) / max(progress, 1e-9)


def _check(stage: Stage, plan: RunPlan, step: int, values: dict[str, float]) -> None:
    broken = [name for name, value in values.items() if not np.isfinite(value)]
    if not broken:
        return
    path = plan.out / BROKEN
    if not plan.device_context.is_main:
        path = path.with_suffix(f".rank-{plan.device_context.rank.index}.pt")
    checkpoint.replace(path, {"step": step, "values": values, "batch": stage.last_batch(), "stage": stage.state_dict()})
    barrier()  # the first rank that ends may be the end of all
    raise FloatingPointError(
        f"step {step}: {', '.join(broken)} is not finite; {path} holds the batch and the weights after it. "
        "The last checkpoint is from before; a lower learning rate may help"
    )


def _add(train_state: TrainState, values: dict[str, float]) -> None:
    # One by one: a step may tell what the one before it had not.
    for name, value in values.items():
        train_state.sums[name] = train_state.sums.get(name, 0.0) + value
        train_state.counts[name] = train_state.counts.get(name, 0) + 1


def _write_means(log: RunLog, train_state: TrainState) -> None:
    means = {name: total / train_state.counts[name] for name, total in train_state.sums.items()}
    log.write(train_state.step, means, trained_s=round(train_state.trained_s, 1))
    train_state.sums, train_state.counts = {}, {}


def _validate(stage: Stage, plan: RunPlan, train_state: TrainState, log: RunLog) -> None:
    values = all_reduce_mean(stage.validate())
    train_state.validated = train_state.step
    if not values:
        return
    _check(stage, plan, train_state.step, {_VALIDATED + EARLY_STOPPING_METRIC: values[EARLY_STOPPING_METRIC]})
    train_state.since += 1
    if values[EARLY_STOPPING_METRIC] < train_state.best:
        train_state.best, train_state.best_step, train_state.since = values[EARLY_STOPPING_METRIC], train_state.step, 0
        _save(stage, plan, train_state, BEST)
    log.write(train_state.step, {_VALIDATED + name: value for name, value in values.items()})


def _draw(stage: Stage, plan: RunPlan, train_state: TrainState, log: RunLog) -> None:
    train_state.sheet_step = train_state.step
    sheet = stage.sheet() if plan.device_context.is_main else None
    if sheet is not None:
        log.picture(train_state.step, sheet)


def _save(stage: Stage, plan: RunPlan, train_state: TrainState, name: str) -> None:
    if plan.device_context.is_main:
        checkpoint.save(plan.out / name, stage.state_dict(), train_state)


def _end(stage: Stage, plan: RunPlan, train_state: TrainState, log: RunLog) -> None:
    if train_state.counts:
        _write_means(log, train_state)
    if train_state.validated != train_state.step:
        _validate(stage, plan, train_state, log)
    if train_state.sheet_step != train_state.step:
        _draw(stage, plan, train_state, log)
    _save(stage, plan, train_state, LAST)
    barrier()  # rank 0 has written what all read now
    best = (train_state.best, train_state.best_step) if train_state.best_step else None
    log.end(train_state.step, train_state.trained_s, best)
    if train_state.best_step and train_state.best_step != train_state.step:
        restored = _restored(stage, plan.out / BEST)
        if plan.device_context.is_main:
            _log.info("%s: the weights of step %d are the best", plan.out.name, restored.step)
