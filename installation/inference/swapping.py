"""Another model while one plays: it is found, loaded and tried beside the pictures, and then crossed to.

The newest request wins. What cannot play leaves the old one playing, with the reason in one line; at most two models
live at once, and what has left gives its memory back.
"""

import logging
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from functools import partial
from pathlib import Path
from typing import Final

from installation.inference.background import Failed, Job
from installation.inference.fading import Fade
from installation.inference.memory_return import give_memory_back
from installation.inference.playing import ModelError, Painted, PlayingModel
from installation.status import SwapStatus
from installation.values import Controls, Pixels
from installation.worker_params import ModelRequest

log = logging.getLogger(__name__)

_TIME_LIMIT_S: Final = 120.0
_MOST_STUCK: Final = 2
"""Threads that a dead disk may hold; then it is not tried again before one of them is back."""
_PATIENCE_S: Final = 2.0


@dataclass(frozen=True, slots=True, eq=False)
class Tried:
    """A model that can play, and the picture that it was tried with."""

    model: PlayingModel
    picture: Pixels


class ModelSwap:
    """Owns the model that plays, and for a while the one that comes. Belongs to the core's thread.

    `load` makes a model of the bundle in a folder and tries it at a time, or raises what says in one line why it
    cannot play; it runs in a thread.
    """

    def __init__(self, playing: PlayingModel, load: Callable[[Path, float], Tried]) -> None:
        self.playing = playing
        self._load = load
        self._fade: Fade | None = None
        self._request = ModelRequest()
        self._open = False
        self._folder: Path | None = None  # that of the request, once it is found
        self._job: Job[Path | Tried] | None = None
        self._job_number = 0
        self._stuck: list[Job[Path | Tried]] = []
        self._answered, self._problem = 0, ""
        self._shown: Pixels | None = None

    @property
    def goal(self) -> PlayingModel:
        """The model that plays, or will when the fade is over: the one that hears."""
        return self.playing if self._fade is None else self._fade.goal

    @property
    def crossing(self) -> bool:
        """Whether two models are seen."""
        return self._fade is not None

    def status(self) -> SwapStatus:
        """Return how far the newest request is."""
        return SwapStatus(self._answered, str(self.playing.folder), self._problem, self._words())

    def ask(self, request: ModelRequest) -> None:
        """Go to another model. A request that was heard of before is not a new one."""
        if request.number > self._request.number:
            self._request, self._open, self._folder = request, True, None

    def hear(self, now: float, controls: Controls) -> float | None:
        """Let the model hear that is gone to; return how many seconds that took, None where nothing was due."""
        return self.playing.hear(now, controls) if self._fade is None else self._fade.hear(now, controls)

    def paint(self, now: float, controls: Controls) -> Painted:
        """Go on with what was asked for, and return the picture at `now`."""
        self._follow(now)
        painted = self.playing.paint(now, controls) if self._fade is None else self._fade.paint(now, controls)
        if self._fade is not None:
            self._look_after(self._fade)
        self._shown = self._shown if painted.pixels is None else painted.pixels
        return painted

    def close(self) -> None:
        """End what still runs."""
        for job in [*self._stuck, *([] if self._job is None else [self._job])]:
            job.abandon()
            job.join(_PATIENCE_S)
        for model in [self.playing] if self._fade is None else [self._fade.leaving, self._fade.coming]:
            model.close()

    def _follow(self, now: float) -> None:
        """Go one step on with the newest request. Never waits."""
        if self._job is not None:
            self._fetch(self._job, now)
        if not self._open or self._job is not None:
            return
        self._stuck = [job for job in self._stuck if job.is_alive()]
        if self._folder is not None:
            self._go_to(self._folder, now)
        elif len(self._stuck) >= _MOST_STUCK:
            self._refuse("the folders of models do not answer")
        else:
            self._begin("find", partial(find_folder, self._request.folders), now)

    def _go_to(self, folder: Path, now: float) -> None:
        fade = self._fade
        if fade is not None:  # a third model waits until one of the two has left
            if folder == fade.other.folder and not fade.failure:
                fade.turn_back()
        elif folder == self.playing.folder:
            self._answered, self._problem, self._open = self._request.number, "", False
        else:
            log.info("model: loading %s beside the one that plays", folder)
            self._begin("load", partial(self._load, folder, now), now)

    def _begin(self, task: str, work: Callable[[], Path | Tried], now: float) -> None:
        self._job, self._job_number = Job(f"{task}-model", work, now, discard=_discard), self._request.number
        self._job.start()

    def _fetch(self, job: Job[Path | Tried], now: float) -> None:
        """Take in what a thread has brought; nobody waits for what another request has superseded."""
        outcome, superseded = job.take(), self._job_number != self._request.number
        if outcome is None and now - job.began_at > _TIME_LIMIT_S:
            outcome = Failed(f"it takes longer than {_TIME_LIMIT_S:g} s")
            job.abandon()
            self._stuck.append(job)
        if outcome is None:
            return
        self._job = None
        if isinstance(outcome, Failed):
            if not superseded:
                self._refuse(outcome.reason)
        elif superseded:
            _discard(outcome)
        elif isinstance(outcome, Path):
            self._folder = outcome
        else:
            log.info("model: crossing to %s in %g s", outcome.model.name, self._request.fade_s)
            self._fade = Fade(
                self.playing, outcome.model, self._request.fade_s, shown=self._shown, first=outcome.picture
            )

    def _look_after(self, fade: Fade) -> None:
        """End a fade that is over, and refuse what failed on the way."""
        if fade.failure and self._open and self._folder == fade.coming.folder:
            self._refuse(f"{fade.coming.folder}: {fade.failure}")
        if fade.over:
            self.playing, self._fade = fade.goal, None
            _retire(fade.other)

    def _refuse(self, reason: str) -> None:
        self._answered, self._problem, self._open = self._request.number, reason, False

    def _words(self) -> str:
        if self._fade is not None:
            return f"crossing to {self._fade.goal.name}"
        return f"loading {self._folder.name}" if self._open and self._folder is not None else ""


def find_folder(folders: Sequence[str]) -> Path:
    """Return the first of `folders` that is one. Raises ModelError that names them."""
    for folder in folders:
        if Path(folder).is_dir():
            return Path(folder).resolve()
    raise ModelError(f"there is no such model folder (looked for {', '.join(folders)})")


def _retire(model: PlayingModel) -> None:
    """Close a model that has left, and let it go, beside the pictures: a search for an image ends at its next step."""
    held = [model]

    def let_go() -> Path:
        leaving = held.pop()
        folder = leaving.folder
        leaving.close()
        del leaving
        give_memory_back()
        return folder

    Job("retire-model", let_go, 0.0).start()


def _discard(outcome: Path | Tried) -> None:
    if isinstance(outcome, Tried):
        outcome.model.close()
