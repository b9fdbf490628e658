"""What a log holds, one line each: turns, changes of controls, presets as they were, models. Values alone.

A turn is all that the renderer was asked for. How it is written is `turn_lines`' business.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field
from types import MappingProxyType
from typing import Any, Final, TypeAlias

from installation.isf.header import IsfValue
from installation.parameters import DEFAULTS
from installation.status import HeardStatus, PhotographStatus
from installation.values import Controls, Features, ParameterValue, Pixels

NOTHING_SET: Final = Controls(MappingProxyType(dict(DEFAULTS)))


@dataclass(frozen=True, slots=True, eq=False)
class Picture:
    """A generated picture by its `stamp`, serial and moment: what it was painted of, else the picture itself."""

    stamp: tuple[int, float]
    wish: bytes = b""
    pixels: Pixels | None = None


@dataclass(frozen=True, slots=True, eq=False)
class Turn:
    """What the renderer was asked to draw at `now`, in monotonic seconds.

    `size` is the window's in pixels; `scale` and `world_scale` are the heights of the passes and of the world's painter
    as parts of it. `hour` is the wall's, None where nobody asked; `ready` the scenes that could be drawn; `sounded` how
    many samples had been heard. `lut` is the grading's file, empty for none; `isf` the inputs of ISF passes by address,
    `day` the calendar's.
    """

    now: float
    size: tuple[int, int] = (1280, 720)
    scale: float = 1.0
    world_scale: float = 1.0
    features: Features = field(default_factory=Features)
    controls: Controls = NOTHING_SET
    heard: HeardStatus = field(default_factory=HeardStatus)
    photograph: PhotographStatus = field(default_factory=PhotographStatus)
    picture: Picture | None = None
    passes: tuple[str, ...] = ()
    ready: frozenset[str] = frozenset()
    hour: float | None = None
    sounded: int = 0
    lut: str = ""
    isf: Mapping[str, IsfValue] = field(default_factory=lambda: MappingProxyType({}))
    day: tuple[int, int, int] = (2000, 1, 1)


@dataclass(frozen=True, slots=True)
class Change:
    """A control that took another `value` at `at`, and who moved it."""

    at: float
    address: str
    value: ParameterValue
    origin: str


@dataclass(frozen=True, slots=True)
class PresetTaken:
    """A preset as it was when it was gone to: one that is edited later does not change the past."""

    name: str
    document: Mapping[str, Any] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class ModelSeen:
    """A model that pictures are painted by from here on, and its fingerprint."""

    folder: str
    sha256: str


Entry: TypeAlias = Turn | Change | PresetTaken | ModelSeen
