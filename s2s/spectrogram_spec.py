"""The constants that fix a model's input. Plain data without torch, so that a bundle's card can be read
anywhere.
"""

from dataclasses import asdict
from typing import Any, Final, Literal, Self

from pydantic import ConfigDict, FiniteFloat, StrictInt
from pydantic.dataclasses import dataclass

from s2s.rates import SAMPLE_RATE_HZ

_LONGEST_CLIP_S: Final = 600  # longer is a slip of the pen: every second of the clip is kept, and heard again each time


@dataclass(frozen=True, config=ConfigDict(extra="forbid"))
class SpectrogramSpec:
    """What a model hears: `clip_samples` of mono sound as log power, then normalised.

    The defaults are those of the published Sound2Scene. `floor` is added to the power before the natural
    logarithm, in units of full scale squared per hertz: it decides how gain changes the picture, so it
    belongs to the model. `normalisation` is "clip" (z-score over the whole clip, as published: cancels
    loudness except through the floor) or "fixed" (`mean` and `deviation` of a training set's log power: keeps
    loudness). Raises ValueError.
    """

    sample_rate_hz: StrictInt = SAMPLE_RATE_HZ
    clip_samples: StrictInt = 160_000
    window_samples: StrictInt = 512
    hop_samples: StrictInt = 159
    floor: FiniteFloat = 1e-7
    normalisation: Literal["clip", "fixed"] = "clip"
    mean: FiniteFloat | None = None
    deviation: FiniteFloat | None = None

    def __post_init__(self) -> None:
        for name in ("sample_rate_hz", "hop_samples", "floor"):
            if not getattr(self, name) > 0:
                raise ValueError(f"{name} must be positive, got {getattr(self, name)}")
        if self.window_samples < 2 or self.window_samples % 2:
            raise ValueError(f"window_samples must be even and at least 2, got {self.window_samples}")
        if self.hop_samples > self.window_samples:
            raise ValueError(f"hop_samples must not pass the window of {self.window_samples}, got {self.hop_samples}")
        if self.clip_samples < self.window_samples:
            raise ValueError(f"clip_samples must hold a window of {self.window_samples}, got {self.clip_samples}")
        if self.clip_samples > _LONGEST_CLIP_S * self.sample_rate_hz:
            raise ValueError(f"clip_samples must be at most {_LONGEST_CLIP_S} s of sound, got {self.clip_samples}")
        self._check_normalisation()

    def _check_normalisation(self) -> None:
        given = self.mean is not None and self.deviation is not None
        if self.normalisation == "fixed" and not given:
            raise ValueError("normalisation 'fixed' needs both mean and deviation")
        if self.normalisation == "clip" and (self.mean is not None or self.deviation is not None):
            raise ValueError("normalisation 'clip' measures each clip: mean and deviation must be absent")
        if self.deviation is not None and not self.deviation > 0:
            raise ValueError(f"deviation must be positive, got {self.deviation}")

    @property
    def num_bins(self) -> int:
        """Frequencies from 0 Hz to half the sample rate, both included."""
        return self.window_samples // 2 + 1

    @property
    def num_frames(self) -> int:
        """Whole windows in one clip; nothing is padded."""
        return self.frames_in(self.clip_samples)

    @property
    def hop_s(self) -> float:
        """Seconds from one column to the next."""
        return self.hop_samples / self.sample_rate_hz

    def frames_in(self, num_samples: int) -> int:
        """Return how many whole windows `num_samples` hold."""
        return max(0, (num_samples - self.window_samples) // self.hop_samples + 1)

    def to_dict(self) -> dict[str, Any]:
        """Return the fields that are set, as `from_dict` takes them."""
        return {name: value for name, value in asdict(self).items() if value is not None}

    @classmethod
    def from_dict(cls, fields: dict[str, Any]) -> Self:
        """Build from plain values; raises ValueError that names the field for anything unknown or out of
        range.
        """
        return cls(**fields)
