"""Goes to the model that `/show/model` or a preset asks for: tells the worker, and keeps its answer.

The show's process reads no model: the worker finds, loads and tries it, and what cannot play leaves the old one
playing. Once another plays, a worker that is started again begins with that one. The newest request wins.
"""

import logging
from dataclasses import dataclass
from pathlib import Path
from typing import Final, Protocol

from installation.control.rejections import RejectionCounter
from installation.desk import Desk
from installation.hosting import Host
from installation.model_names import ModelNameError, ModelNames
from installation.options import OptionError, model_folder
from installation.presets.preset import Preset
from installation.status import InferenceStatus
from installation.values import ParameterValue
from installation.worker_params import ModelRequest

log = logging.getLogger(__name__)

ADDRESS: Final = "/show/model"


class Start(Protocol):
    """With which model a worker begins that is started anew."""

    model: Path


@dataclass(frozen=True, slots=True)
class ModelRefusal:
    """A model that was asked for and does not play, and why, in one line."""

    name: str
    reason: str


class ModelFollower:
    """Follows one parameter of the desk. Every method belongs to the show's thread.

    `demanded` says that the command line named the model: presets do not change it then, a hand does.
    """

    def __init__(self, desk: Desk, start: Start, names: ModelNames, *, demanded: bool = False) -> None:
        self.request = ModelRequest()
        """What the worker is to do; number 0 where that is nothing."""
        self.refusal: str | None = None
        """Why the last model that was asked for does not play; None when it does."""
        self._desk, self._start, self._names, self._demanded = desk, start, names, demanded
        self._name = ""
        self._number = self._restarts = 0
        self._wanted: str | None = None
        self._rescuing = False
        self._by_hand = False
        self.chosen: Path | None = None
        """The bundle that plays, where a hand went to it since the last preset; None where it is the preset's own."""
        self._rejections = RejectionCounter(ADDRESS, log)
        self.shown = names.name_of(start.model.resolve())
        desk.correct(ADDRESS, self.shown)
        desk.watch(self._on_change)

    def follow(self, preset: Preset, host: Host[InferenceStatus]) -> ModelRefusal | None:
        """Go to the model of `preset`, unless the command line demanded another."""
        if self._demanded:
            return None
        try:
            folder = model_folder(preset)
        except OptionError as error:
            return self._reject(preset.model, str(error))
        self._wanted, self._by_hand, self.chosen = None, False, None
        self._ask(preset.model, (str(folder),), host)
        return None

    def poll(self, now: float, host: Host[InferenceStatus]) -> ModelRefusal | None:
        """Return the model that will not play, when that is new. Never waits."""
        self._rejections.report(now)
        name, self._wanted = self._wanted, None
        if name is not None:
            try:
                self._ask(name, self._names.candidates(name), host)
                self._by_hand = True
            except ModelNameError as error:
                return self._reject(name, str(error))
        return None if self.request.number == 0 else self._look(host)

    def _on_change(self, address: str, value: ParameterValue, origin: str) -> None:
        if address == ADDRESS and origin != "show":
            self._wanted = str(value)

    def _ask(self, name: str, folders: tuple[str, ...], host: Host[InferenceStatus]) -> None:
        self._number += 1
        self._name, self._restarts = name, host.restarts
        self.request = ModelRequest(self._number, folders, float(self._desk.get("/show/morph")))
        # Where no worker lives, the next one begins with it: the one that played may be what ails it.
        self._rescuing = host.failure is not None
        if self._rescuing:
            self._start.model = next((Path(one) for one in folders if Path(one).is_dir()), self._start.model)

    def _look(self, host: Host[InferenceStatus]) -> ModelRefusal | None:
        swap = host.status().swap
        if swap.answered == self.request.number:
            if swap.problem:
                return self._refuse(self._name, swap.problem)
            self._plays(Path(swap.folder))
        elif host.failure is not None and host.restarts != self._restarts and not self._rescuing:
            return self._refuse(self._name, f"the worker failed while it came ({host.failure.message})")
        return None

    def _plays(self, folder: Path) -> None:
        changed, self._start.model = folder != self._start.model.resolve(), folder
        self.request, self.refusal, self.shown = ModelRequest(), None, self._names.name_of(folder)
        self.chosen = folder if self._by_hand else self.chosen
        self._desk.correct(ADDRESS, self.shown)
        if changed:
            log.info("model: %s", self.shown)

    def _refuse(self, name: str, reason: str) -> ModelRefusal:
        self.request = ModelRequest()
        return self._reject(name, reason)

    def _reject(self, name: str, reason: str) -> ModelRefusal:
        """Keep why a model does not play; one that was asked for before is still on its way."""
        self.refusal = reason
        self._rejections.add(reason)
        self._desk.correct(ADDRESS, self.shown)
        return ModelRefusal(name, reason)
