"""What the operator page shows and moves: everything that it asks of the show, and nothing else of it."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Protocol

from installation.desk import Desk
from installation.events import Event
from installation.logs.figures import Measured
from installation.outputs.monitors import Monitor
from installation.outputs.store import LayoutStore
from installation.presets.shelf import ListedPreset, PresetShelf
from installation.status import ShowStatus
from installation.values import Features


class SmallPicture(Protocol):
    """One small picture of the wall; `jpeg` takes milliseconds the first time."""

    @property
    def serial(self) -> int: ...

    @property
    def jpeg(self) -> bytes: ...


class Wall(Protocol):
    """Takes small pictures of what is on the wall while somebody asks for some. Any thread."""

    @property
    def newest(self) -> SmallPicture | None: ...

    def ask(self, fps: float) -> None: ...


@dataclass(frozen=True, slots=True)
class Sources:
    """The functions are called on the page's threads; those that list files may take their time, the others not.

    `picture` is the newest generated one as JPEG, None before there is one. `idle` is whether the room is silent.
    `outputs` is where the picture lies, None where it lies nowhere; `monitors` are those that there are by now.
    """

    desk: Desk
    status: Callable[[], ShowStatus]
    picture: Callable[[], bytes | None]
    presets: Callable[[], Sequence[str]]
    models: Callable[[], Sequence[str]] = tuple
    features: Callable[[], Features] = Features
    idle: Callable[[], bool] = bool
    events: Callable[[], Sequence[Event]] = tuple
    measured: Callable[[], Measured] = Measured
    shelf: PresetShelf | None = None
    wall: Wall | None = None
    outputs: LayoutStore | None = None
    monitors: Callable[[], Sequence[Monitor]] = tuple

    def listed(self) -> list[ListedPreset]:
        """Return the presets as they are offered; by their names alone where nobody knows more."""
        if self.shelf is not None:
            return self.shelf.listed()
        return [ListedPreset(name) for name in self.presets()]

    def thumbnail(self, name: str) -> bytes | None:
        """Return the JPEG of a preset's picture, None where there is none."""
        return None if self.shelf is None else self.shelf.thumbnail(name)
