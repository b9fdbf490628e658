"""Where a long recording is cut into clips, and which of them are silent. Pure.

All is counted in frames of a tenth of a second, so that clips that overlap share their frames.
"""

from dataclasses import dataclass
from typing import Final

import numpy as np
from numpy.typing import NDArray

from s2s.data.settings import SAMPLES_A_FRAME, PrepareSettings
from s2s.rates import FRAME_RATE_HZ, SAMPLE_RATE_HZ

Pcm = NDArray[np.int16]

_FULL_SCALE: Final = 32768.0
_QUIETEST_DBFS: Final = -200.0


@dataclass(frozen=True, slots=True)
class Cut:
    """A stretch of a recording: where it begins, in frames, and how many samples it is long."""

    first_frame: int
    num_samples: int

    @property
    def num_frames(self) -> int:
        """How many frames it has: one at its beginning, and every tenth of a second up to its end."""
        return -(-self.num_samples // SAMPLES_A_FRAME)

    @property
    def first_sample(self) -> int:
        """Where it begins, in samples."""
        return self.first_frame * SAMPLES_A_FRAME

    @property
    def start_s(self) -> float:
        """Where it begins, in seconds."""
        return self.first_frame / FRAME_RATE_HZ

    def of(self, samples: Pcm) -> Pcm:
        """Return its part of a recording."""
        return samples[self.first_sample : self.first_sample + self.num_samples]


def cuts_of(num_samples: int, settings: PrepareSettings) -> list[Cut]:
    """Cut a recording of `num_samples`; an end too short for a clip of its own is left out.

    A recording that is hardly longer than a clip is one clip: no second is cut for what the first leaves.
    """
    clip_samples = settings.clip_frames * SAMPLES_A_FRAME
    cuts: list[Cut] = []
    first_frame = 0
    while (rest := num_samples - first_frame * SAMPLES_A_FRAME) >= settings.min_samples:
        cuts.append(Cut(first_frame, min(rest, clip_samples)))
        if rest - clip_samples < settings.min_samples:
            break
        first_frame += settings.hop_frames
    return cuts


def loudest_second_dbfs(samples: Pcm) -> float:
    """Return the RMS level of the loudest second, in dB of full scale; -200 for digital silence."""
    seconds = [samples[start : start + SAMPLE_RATE_HZ] for start in range(0, len(samples), SAMPLE_RATE_HZ)]
    # A last piece of a few samples could be louder than any second.
    whole = [second for second in seconds if len(second) >= SAMPLE_RATE_HZ // 2] or seconds
    power = max((float(np.mean(np.square(second, dtype=np.float64))) for second in whole), default=0.0)
    return max(10 * float(np.log10(power / _FULL_SCALE**2)), _QUIETEST_DBFS) if power else _QUIETEST_DBFS


def clip_id(video_id: str, start_s: float, duration_s: float) -> str:
    """Return the id of a clip that was cut out, as AudioSet names its own: start and end in milliseconds."""
    return f"{video_id}_{round(start_s * 1000)}_{round((start_s + duration_s) * 1000)}"
