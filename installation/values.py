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
    """What is heard, each from 0 to 1: by the fast path in the last milliseconds, and by the slow one `certainty`, how
    sure it is of what sounds, 1 where the model cannot say. `beat` is 1 on the beat and falls to 0 until the next, as
    plainly as there is one. `level_db` is dB below full scale, `tempo_bpm` beats a minute, 0 where there are none.
    """

    level: float = 0.0
    bass: float = 0.0
    mid: float = 0.0
    treble: float = 0.0
    onset: float = 0.0
    centroid: float = 0.0
    level_db: float = -120.0
    heard_at: float = 0.0
    certainty: float = 1.0
    beat: float = 0.0
    tempo_bpm: float = 0.0


@dataclass(frozen=True, slots=True)
class Beat:
    """`bpm` beats a minute, 0 where there is none; `phase` 0..1 since the last one; `certainty` 0..1."""

    bpm: float = 0.0
    phase: float = 0.0
    certainty: float = 0.0

    @property
    def pulse(self) -> float:
        """Return 1 on the beat, falling to 0 until the next, as plainly as it is certain."""
        return self.certainty * (1.0 - self.phase) ** 3


FAST_FEATURE_NAMES: Final = ("level", "bass", "mid", "treble", "onset", "centroid")
"""What the fast path hears, and what a host that analyses for itself sends."""

FEATURE_NAMES: Final = (*FAST_FEATURE_NAMES, "certainty", "beat")
"""What may move a parameter, and reaches the shaders."""


@dataclass(frozen=True, slots=True)
class Latent:
    """One point of the generator's input: noise `z` `[z_dim]`, feature `h` `[h_dim]` of unit length.

    `beside` `[h_dim]`, of unit length, is a second thing in the place of `h`, and `beside_weight` 0..1 how much it is
    there; None and 0 where there is one thing.
    """

    z: NDArray[np.float32]
    h: NDArray[np.float32]
    beside: NDArray[np.float32] | None = None
    beside_weight: float = 0.0


@dataclass(frozen=True, slots=True)
class Frame:
    """One generated picture, `pixels` `[height, width, 3]` with row 0 at the top, from sound heard at `heard_at`.

    `wish` is what the generator was asked for, as `wish_bytes` packs it; empty where the picture is not what
    one generator makes of one wish.
    """

    pixels: Pixels
    serial: int
    heard_at: float
    made_at: float
    wish: bytes = b""


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
    """The show's condition with the reason in words, part by part; empty reasons mean all is well.

    `since` holds for each of these parts since when it has not been well, in monotonic seconds, where that is followed.
    """

    condition: Condition = Condition.OK
    reasons: Mapping[str, str] = field(default_factory=lambda: MappingProxyType({}))
    since: Mapping[str, float] = field(default_factory=lambda: MappingProxyType({}))
