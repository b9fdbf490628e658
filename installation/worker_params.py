"""What the workers need to know of the controls: the parameters they read, and the preset's image and source.

The show's thread sends when something changes; any number of workers read, each in its own process. Which parameters
travel follows from the table: those of the groups in `parameters.WORKER_GROUPS`, and who is seen.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Self

from installation.mailbox import JsonBox
from installation.parameters import DEFAULTS, WORKER_ADDRESSES
from installation.plain import from_plain, to_plain
from installation.values import Controls, ParameterValue


@dataclass(frozen=True, slots=True)
class ModelRequest:
    """Another model is wanted, the first of `folders` that there is, crossed to in `fade_s` seconds.

    Requests count from 1; 0 is none.
    """

    number: int = 0
    folders: tuple[str, ...] = ()
    fade_s: float = 0.0


@dataclass(frozen=True, slots=True)
class WorkerParams:
    """`values` by address, modulation included; `image` and `source` are the preset's: a path, and text as `--source`
    takes it. `most_fps` pictures a second are to be generated at most; None leaves that to the generator. `model` is
    what was asked for last and is not answered yet.
    """

    values: Mapping[str, ParameterValue] = field(default_factory=dict)
    image: str | None = None
    source: str | None = None
    most_fps: float | None = None
    model: ModelRequest = ModelRequest()

    @classmethod
    def of(
        cls, controls: Controls, image: str | None, source: str | None = None, most_fps: float | None = None
    ) -> Self:
        """Return the part of `controls` that workers read."""
        return cls({address: controls.values[address] for address in WORKER_ADDRESSES}, image, source, most_fps)

    @property
    def controls(self) -> Controls:
        """A whole snapshot; what did not travel is at its default."""
        return Controls({**DEFAULTS, **self.values})


class ParamsSender:
    """The show's end of the box. Belongs to one thread."""

    def __init__(self, box: JsonBox) -> None:
        self._box = box
        self._sent: WorkerParams | None = None

    def send(self, params: WorkerParams) -> None:
        """Publish `params` unless the workers have them already."""
        if params != self._sent:
            self._box.put(to_plain(params))
            self._sent = params

    def close(self) -> None:
        """Let go of the box."""
        self._box.close()


class ParamsReader:
    """A worker's end of the box. Belongs to one thread."""

    def __init__(self, box: JsonBox) -> None:
        self._box = box
        self._serial = 0

    def newest(self) -> WorkerParams | None:
        """Return what was sent last, None where that was read already. Raises PlainValueError."""
        news = self._box.newest(self._serial)
        if news is None:
            return None
        message, self._serial = news
        return from_plain(WorkerParams, message)
