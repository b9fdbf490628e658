"""The passes' files, taken up while they are drawn. A control surface of its own; belongs to the show's thread.

What does not compile goes back to its last good text, all files of it, and the rest of the edit is taken up: one broken
pass does not hold up another. Compiling is paid for in pieces, a turn each; the swap is one moment, and what a pass
remembers (`u_last`) stays.
"""

import logging
from collections.abc import Callable
from typing import Final, Protocol

from installation.control_status import ControlStatus
from installation.render.shader import ShaderError
from installation.render.shader_sources import ShaderSources
from s2s.files.quote import one_line

log = logging.getLogger(__name__)

_WITHIN_S: Final = 30.0
"""A shader that is not drawn once by then would hold up the show for as long."""
_MOST_FAULTS: Final = 20


class Painter(Protocol):
    """Who draws the passes: the renderer."""

    @property
    def texts(self) -> ShaderSources: ...

    def prepare_texts(self, texts: ShaderSources) -> bool: ...

    def set_texts(self, texts: ShaderSources) -> None: ...

    def give_up_texts(self) -> None: ...


class ShaderReload:
    """`take` returns another state of the files, once; `busy` says that another preset is on its way, which comes
    first; `taken` is called after each state that was taken up.
    """

    def __init__(
        self,
        painter: Painter,
        take: Callable[[], ShaderSources | None],
        busy: Callable[[], bool] = lambda: False,
        taken: Callable[[], None] = lambda: None,
    ) -> None:
        self._painter, self._take, self._busy, self._taken = painter, take, busy, taken
        self._coming: ShaderSources | None = None
        self._faults: list[str] = []
        self._problem, self._refused, self._last = _names_problem(painter.texts), 0, ""
        self._until: float | None = None

    def start(self) -> None:
        """Say what is wrong with the names of files already."""
        if self._problem:
            log.warning("%s", self._problem)

    def poll(self, now: float) -> None:
        """Go one step towards the newest state of the files. Never waits."""
        newest = self._take()
        if newest is not None:
            self._coming, self._faults, self._until = newest, [], None
        if self._coming is None or self._busy():
            return
        if self._until is None:
            self._until = now + _WITHIN_S
        if now > self._until:
            self._painter.give_up_texts()
            self._faults.append(f"{self._changed(self._coming)}: not drawn within {_WITHIN_S:g} s")
            self._end(self._painter.texts)
            return
        try:
            if self._painter.prepare_texts(self._coming):
                self._painter.set_texts(self._coming)
                self._end(self._coming)
        except ShaderError as error:
            self._go_back(self._coming, error)

    def status(self) -> ControlStatus:
        """Return what is wrong with the files, empty where they are as they are drawn."""
        return ControlStatus(problem=self._problem, refused=self._refused, last_refusal=self._last)

    def close(self) -> None:
        """Nothing is held."""

    def _go_back(self, coming: ShaderSources, error: ShaderError) -> None:
        """Try the same with the last good text of what is at fault; with nothing new at all where that is no better."""
        if str(error) not in self._faults:
            self._faults.append(str(error))
        former = coming.with_former(error.files, self._painter.texts)
        if former == coming or len(self._faults) > _MOST_FAULTS:
            self._end(self._painter.texts)
        else:
            self._coming = former

    def _end(self, texts: ShaderSources) -> None:
        self._coming, self._until = None, None
        problem = "; ".join(self._faults) or _names_problem(texts)
        if self._faults:
            self._refused, self._last = self._refused + 1, problem
            log.warning("shaders: %s; what was there before stays", problem)
        elif self._problem and not problem:
            log.info("shaders: mended, and taken up")
        elif problem != self._problem:
            log.warning("%s", problem)
        else:
            log.info("shaders: taken up")
        self._problem = problem
        self._taken()

    def _changed(self, coming: ShaderSources) -> str:
        texts = self._painter.texts.texts
        names = sorted(path.name for path, text in coming.texts.items() if texts.get(path) != text)
        return one_line(", ".join(names), 200) or "shaders"


def _names_problem(texts: ShaderSources) -> str:
    return one_line("; ".join(texts.clashes), 400)
