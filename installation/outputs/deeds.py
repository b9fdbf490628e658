"""The outputs as a control surface: follows the venue's file, keeps what hands have changed, shows the test pattern."""

import logging
from collections.abc import Callable
from functools import partial
from typing import Final

from installation.control_status import OutputsStatus, OutputState
from installation.desk import Desk
from installation.errand import Errands
from installation.followed_file import FollowedFile
from installation.outputs.layout import Layout
from installation.outputs.marks import Marking
from installation.outputs.store import LayoutStore
from installation.values import ParameterValue
from s2s.files.quote import one_line

log = logging.getLogger(__name__)

PATTERN: Final = "/show/pattern"
_SAVE_EVERY_S: Final = 1.0
_AGAIN_AFTER_S: Final = 5.0
_LAST_SAVE_S: Final = 2.0


class OutputDeeds:
    """Belongs to the show's thread. `states` says where each output is shown; `every_turn` is called in each."""

    def __init__(
        self,
        desk: Desk,
        store: LayoutStore,
        file: FollowedFile[Layout | None],
        marking: Marking,
        states: Callable[[], tuple[OutputState, ...]],
        every_turn: Callable[[], None] = lambda: None,
    ) -> None:
        self._every_turn = every_turn
        self._desk, self._store, self._file, self._marking, self._states = desk, store, file, marking, states
        self._errands: Errands[bool] = Errands()
        self._save_at = float("-inf")
        self._problem = self._said = ""
        desk.watch(self._on_change)

    def start(self) -> None:
        """The file was read before there was a window; whatever the desk begins with is shown."""
        self._marking.wants_pattern = self._desk.get(PATTERN) != "none"

    def poll(self, now: float) -> None:
        """Take up an edit of the file, or keep what was changed. Never waits."""
        self._marking.move(now)
        self._every_turn()
        if self._errands.busy:
            self._end_saving(now)
        elif self._file.busy or not self._store.is_unsaved:  # never both at once: what is read is what was written last
            if self._file.poll(now) and self._file.value != self._store.get():  # else it is what was kept here
                self._store.follow(self._file.value)
                log.info("outputs: %s", "read" if self._file.there else "as without their file")
        elif now >= self._save_at:
            self._save_at = now + _SAVE_EVERY_S
            self._problem = self._errands.send("saving the outputs", partial(_saved, self._store), now)
        if self._file.problem != self._said:
            self._said = self._file.problem
            if self._said:
                log.warning("outputs: %s", self._said)

    def status(self) -> OutputsStatus:
        """Return where each output is shown, what is selected, and what is wrong; any thread."""
        states, selected = self._states(), self._marking.selection
        missing = "; ".join(f"{state.name}: {state.problem}" for state in states if state.problem)
        return OutputsStatus(
            problem=self._file.problem or self._problem or missing,
            outputs=states,
            selected="" if selected is None else selected.output,
            corner=None if selected is None else selected.corner,
        )

    def close(self) -> None:
        """Keep what was changed last, if the disk takes it in time."""
        self._errands.finish(_LAST_SAVE_S)
        if self._store.is_unsaved:
            self._errands.send("saving the outputs", partial(_saved, self._store), 0.0)
            self._errands.finish(_LAST_SAVE_S)

    def _end_saving(self, now: float) -> None:
        outcome = self._errands.back(now)
        if isinstance(outcome, str):
            self._problem, self._save_at = outcome, now + _AGAIN_AFTER_S
            log.warning("outputs: %s", outcome)
        elif outcome is not None:
            self._problem = ""

    def _on_change(self, address: str, value: ParameterValue, _origin: str) -> None:
        if address == PATTERN:
            self._marking.wants_pattern = value != "none"


def _saved(store: LayoutStore) -> bool:
    try:
        store.save()
    except OSError as error:
        raise OSError(f"{store.path.name}: {one_line(error.strerror or error)}") from None
    return True
