"""A run that is struck down in the midst of it."""

from s2s.training.engine.stage import Stage
from s2s.training.engine.step_context import StepContext


class StoppedError(Exception):
    """Stands for a signal or a power cut."""


def stop_before(stage: Stage, step: int) -> None:
    """Let `stage` be stopped when it is asked for step number `step`, from 0."""
    take = stage.step

    def until_then(ctx: StepContext) -> dict[str, float]:
        if ctx.step == step:
            raise StoppedError
        return take(ctx)

    stage.step = until_then  # type: ignore[method-assign]
