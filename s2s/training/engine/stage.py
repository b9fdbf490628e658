"""What the loop drives, and how long: one stage of training, its run's length, and the range of its loss."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Final, Protocol, runtime_checkable

import numpy as np
from numpy.typing import NDArray
from torch import Tensor

from s2s.training.engine.moving_average import MovingAverage
from s2s.training.engine.step_context import StepContext

EARLY_STOPPING_METRIC: Final = "loss"
"""Of what `Stage.validate` returns, the value that decides which weights are best: the lower the better."""


@dataclass(frozen=True, slots=True)
class LossBounds:
    """Between what a loss lies: `floor` where everything is learnt, `ceiling` where nothing is; `name` is its key."""

    name: str
    floor: float
    ceiling: float

    def __str__(self) -> str:
        return f"{self.name}: floor {self.floor:.3f}, ceiling {self.ceiling:.3f}"


class Stage(Protocol):
    """One stage of training. Every rank calls `step` and `validate`, at the same steps.

    The others must not wait for ranks: `bounds`, `sheet` and, for a checkpoint, `state_dict` are asked of rank 0 alone.
    """

    def step(self, ctx: StepContext) -> dict[str, float]:
        """Take one step of optimisation and return what to log."""
        ...

    def validate(self) -> dict[str, float]:
        """Measure on what is held out, always alike; `loss` decides. Empty where nothing is held out.

        Leaves nothing behind that a later step would notice.
        """
        ...

    def bounds(self) -> LossBounds | None:
        """Return between what the first logged loss lies, where that is known."""
        ...

    def sheet(self) -> NDArray[np.uint8] | None:
        """Return a picture [h, w, 3] that shows how far things are, or None."""
        ...

    def last_batch(self) -> dict[str, Tensor]:
        """Return what the last step was given: kept for a look where it broke the run."""
        ...

    def state_dict(self) -> dict[str, Any]:
        """Return all that a resumed run needs besides its draws: tensors and plain values only."""
        ...

    def load_state_dict(self, state: dict[str, Any]) -> None:
        """Take over what `state_dict` returned."""
        ...


@runtime_checkable
class Stateful(Protocol):
    """What a checkpoint can hold: networks, optimisers."""

    def state_dict(self) -> dict[str, Any]:
        """Return tensors and plain values."""
        ...

    def load_state_dict(self, state_dict: Any, /) -> object:
        """Take over what `state_dict` returned."""
        ...


class StageBase:
    """What most stages have in common: the checkpoint, the last batch, and neither known bounds nor a sheet.

    A stage calls `__init__` at the end of its own and keeps each step's input in `_last_batch`. `parts` are what a
    checkpoint holds, by key. `average`, where a stage has one, is kept as `average` and `num_updates`.
    """

    def __init__(
        self, parts: Mapping[str, Stateful | Sequence[Stateful]], *, average: MovingAverage[Any] | None = None
    ) -> None:
        self._parts, self._average = dict(parts), average
        self._last_batch: dict[str, Tensor] = {}

    def bounds(self) -> LossBounds | None:
        """Return None: nobody knows between what the loss lies."""
        return None

    def sheet(self) -> NDArray[np.uint8] | None:
        """Return None: there is nothing to see."""
        return None

    def last_batch(self) -> dict[str, Tensor]:
        """Return what the last step was given."""
        return self._last_batch

    def state_dict(self) -> dict[str, Any]:
        """Return the state of every part, and the average."""
        state = {key: _state_of(part) for key, part in self._parts.items()}
        if self._average is not None:
            state |= {"average": self._average.net.state_dict(), "num_updates": self._average.num_updates}
        return state

    def load_state_dict(self, state: dict[str, Any]) -> None:
        """Take over a checkpoint. Raises KeyError where a part is not in it."""
        for key, part in self._parts.items():
            parts, states = ([part], [state[key]]) if isinstance(part, Stateful) else (part, state[key])
            for one, saved in zip(parts, states, strict=True):
                one.load_state_dict(saved)
        if self._average is not None:
            self._average.net.load_state_dict(state["average"])
            self._average.num_updates = state["num_updates"]


def _state_of(part: Stateful | Sequence[Stateful]) -> Any:
    return part.state_dict() if isinstance(part, Stateful) else [one.state_dict() for one in part]


@dataclass(frozen=True, slots=True)
class RunLength:
    """A run ends after `steps` steps, `minutes` of training, or `patience` validations without a better one (0: never).

    Whichever comes first. `every` counts are in steps; a checkpoint is written every `save_every_s` of training. With
    `minutes` the rates of learning follow the clock, so that no two runs are bit-identical.
    """

    steps: int
    minutes: float = float("inf")
    patience: int = 0
    validate_every: int = 250
    sheet_every: int = 1000
    log_every: int = 10
    save_every_s: float = 60.0

    def __post_init__(self) -> None:
        if self.steps < 1 or not self.minutes > 0:
            raise ValueError(f"a run needs at least one step and some time; got {self.steps}, {self.minutes} min")
        if min(self.validate_every, self.sheet_every, self.log_every) < 1 or self.patience < 0:
            raise ValueError(f"expected counts of steps from 1 on and patience from 0 on, got {self}")

    def progress(self, step: int, trained_s: float) -> float:
        """Return how much of the run is over, 0..1."""
        return min(1.0, max(step / self.steps, trained_s / 60 / self.minutes))
