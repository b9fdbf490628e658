"""What flows between the stages: small, frozen, stamped, with units in the names.

`heard_at` is the monotonic time at which the newest sound sample behind a value arrived. It rides along from the
audio block to the presented frame, so that sound-to-light latency is measured and never guessed.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field
from enum import StrEnum
from types import MappingProxyType
from typing import Final

import numpy as np
from numpy.typing import NDArray

SAMPLE_RATE_HZ: Final = 16_000
"""The rate of everything behind the capture process (paper, section 3: 16 kHz mono)."""

Samples = NDArray[np.float32]
Pixels = NDArray[np.uint8]
ParameterValue = float | int | bool | str


@dataclass(frozen=True, slots=True)
class AudioBlock:
    """Mono samples `[n]` at `SAMPLE_RATE_HZ`, nominally within ±1; the last one was heard at `heard_at`."""

    samples: Samples
    heard_at: float


@dataclass(frozen=True, slots=True)
class Features:
    """What the fast path hears in the last milliseconds, each from 0 to 1; `level_db` is dB below full scale."""

    level: float = 0.0
    bass: float = 0.0
    mid: float = 0.0
    treble: float = 0.0
    onset: float = 0.0
    centroid: float = 0.0
    level_db: float = -120.0
    heard_at: float = 0.0


FEATURE_NAMES: Final = ("level", "bass", "mid", "treble", "onset", "centroid")


@dataclass(frozen=True, slots=True)
class Target:
    """The embedding that the latent moves to: `h` `[h_dim]` of unit length, numbered, with its sound's stamp.

    `volume_direction` `[h_dim]` points from the embedding of the same sound turned down to `h` (z_A1 - z_A2 of the
    paper's edit); None where nobody asked for it.
    """

    h: NDArray[np.float32]
    serial: int
    heard_at: float
    volume_direction: NDArray[np.float32] | None = None


@dataclass(frozen=True, slots=True)
class Latent:
    """One point of the generator's input: noise `z` `[z_dim]`, feature `h` `[h_dim]` of unit length."""

    z: NDArray[np.float32]
    h: NDArray[np.float32]


@dataclass(frozen=True, slots=True)
class Frame:
    """One generated picture, `pixels` `[height, width, 3]` with row 0 at the top, from sound heard at `heard_at`."""

    pixels: Pixels
    serial: int
    heard_at: float
    made_at: float


@dataclass(frozen=True, slots=True)
class Controls:
    """One consistent snapshot of all live parameters, modulation included, by address."""

    values: Mapping[str, ParameterValue]
    revision: int = 0

    def number(self, address: str) -> float:
        """Return a float or int parameter."""
        return float(self.values[address])

    def switch(self, address: str) -> bool:
        """Return a bool parameter."""
        return bool(self.values[address])

    def text(self, address: str) -> str:
        """Return a choice or text parameter."""
        return str(self.values[address])


class Doing(StrEnum):
    """What the show does about what it hears: paint it, drift because it is nothing known, or, while the room is
    silent, go back to what it has heard before.
    """

    PAINTING = "painting"
    DRIFTING = "drifting"
    REMEMBERING = "remembering"


class Condition(StrEnum):
    """How a part of the show is doing."""

    OK = "ok"
    DEGRADED = "degraded"
    FAILED = "failed"


@dataclass(frozen=True, slots=True)
class Health:
    """The show's condition with the reason in words, part by part; empty reasons mean all is well."""

    condition: Condition = Condition.OK
    reasons: Mapping[str, str] = field(default_factory=lambda: MappingProxyType({}))
