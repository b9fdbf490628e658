"""Keeps what is shown while the show runs: beside its thread, and seldom."""

from collections.abc import Callable, Mapping
from functools import partial
from pathlib import Path
from typing import Final

from installation.control_status import ControlStatus
from installation.desk import Desk
from installation.errand import Errands
from installation.presets.preset import Preset
from installation.service.last_shown import KEPT, LastShown
from installation.values import ParameterValue

_EVERY_S: Final = 2.0
_AFTER_FAILURE_S: Final = 20.0
_LAST_WRITE_S: Final = 2.0
_MODEL: Final = "/show/model"


class Remembering:
    """A control surface of its own; belongs to the show's thread. `preset` and `name_of` tell what is shown and how it
    is found again, `by_hand` whether the model is one that a hand went to; `model` is the one to begin with.
    """

    def __init__(
        self,
        desk: Desk,
        path: Path,
        asked: str,
        *,
        preset: Callable[[], Preset],
        name_of: Callable[[Preset], str],
        by_hand: Callable[[], bool],
        model: str = "",
    ) -> None:
        self._desk, self._path, self._asked = desk, path, asked
        self._preset, self._name_of, self._by_hand, self._model = preset, name_of, by_hand, model
        self._errands: Errands[bool] = Errands()
        self._changed = True
        self._next_at = float("-inf")
        self._problem = ""
        desk.watch(self._on_change)

    def start(self) -> None:
        """Go to the model that a hand had gone to."""
        if self._model:
            self._desk.post(_MODEL, self._model, "show")

    def poll(self, now: float) -> None:
        """Write where something has changed, at most every two seconds. Never waits."""
        outcome = self._errands.back(now)
        if isinstance(outcome, str):
            self._problem, self._changed = f"{self._path.name}: {outcome}", True
            self._next_at = now + _AFTER_FAILURE_S
        elif outcome:
            self._problem = ""
        if self._changed and now >= self._next_at and not self._errands.busy:
            self._changed, self._next_at = False, now + _EVERY_S
            self._send(now)

    def status(self) -> ControlStatus:
        """Return why what is shown cannot be kept, where it cannot."""
        return ControlStatus(problem=self._problem)

    def close(self) -> None:
        """Write what has changed since; waits for the disk, but not for long."""
        self._errands.finish(_LAST_WRITE_S)
        failed = isinstance(self._errands.back(float("-inf")), str)
        if (self._changed or failed) and not self._errands.busy:
            self._send(0.0)
            self._errands.finish(_LAST_WRITE_S)

    def _send(self, now: float) -> None:
        model = str(self._desk.standing(_MODEL)) if self._by_hand() else ""
        values = {address: self._desk.standing(address) for address in KEPT}
        write = partial(self._write, self._preset(), model, values)
        problem = self._errands.send(f"writing {self._path.name}", write, now)
        if problem:
            self._problem, self._changed = f"{self._path.name}: {problem}", True

    def _write(self, preset: Preset, model: str, values: Mapping[str, ParameterValue]) -> bool:
        LastShown(self._asked, self._name_of(preset), model, values).write(self._path)
        return True

    def _on_change(self, _address: str, _value: ParameterValue, _origin: str) -> None:
        self._changed = True
