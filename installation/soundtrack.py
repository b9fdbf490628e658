"""A sound that is known to its end, cut into a film's frames. Pure."""

from dataclasses import dataclass
from typing import Protocol

from installation.values import SAMPLE_RATE_HZ, Samples


class Sound(Protocol):
    """Mono samples at `SAMPLE_RATE_HZ`, an array or what is read piece by piece: an evening fills no memory."""

    def __len__(self) -> int: ...

    def __getitem__(self, part: slice, /) -> Samples: ...


@dataclass(frozen=True, slots=True)
class Soundtrack:
    """`samples` `[n]` at `SAMPLE_RATE_HZ`, shown at `fps` pictures a second."""

    samples: Sound
    fps: float

    @property
    def frames(self) -> int:
        """How many pictures the film has, at least one."""
        return max(int(len(self.samples) / SAMPLE_RATE_HZ * self.fps), 1)

    @property
    def duration_s(self) -> float:
        """When the last picture is shown; a rest of the sound shorter than a frame goes with it."""
        return self.frames / self.fps

    def heard(self, now: float) -> int:
        """Return how many samples have sounded when the picture of `now` is shown, all of them at the last one."""
        return len(self.samples) if now >= self.duration_s else round(now * SAMPLE_RATE_HZ)
