"""A venue's clips as training and selection see them: films' own frames, or a sound's photographs in their place.

A photograph stands for the time around it, so that the frames of a piece of sound come ten a second like a film's, and
whoever reads films reads this. Files are read at every call; may be shared by threads.
"""

import functools
import logging
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np

from s2s.data.clip_source import Frames, Sound
from s2s.data.corpus import Split
from s2s.data.prepared import PreparedData
from s2s.data.settings import SAMPLES_A_FRAME
from s2s.media.images import ImageFileError, read_image
from s2s.retrain.venue import Photograph

_log = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True)
class VenueClips:
    """A `ClipSource` over what was prepared; `photographs` by the name of the sound's file in the index."""

    data: PreparedData
    photographs: Mapping[str, Sequence[Photograph]]

    @property
    def frame_rate_hz(self) -> float:
        """Ten."""
        return self.data.frame_rate_hz

    @property
    def ids(self) -> Sequence[str]:
        """The clips that have frames or photographs."""
        return [clip_id for clip_id in self.data.ids if self.data.num_frames(clip_id) or self._all(clip_id)]

    def split(self, clip_id: str) -> Split:
        """Return the clip's."""
        return self.data.split(clip_id)

    def label(self, clip_id: str) -> str | None:
        """Return the clip's."""
        return self.data.label(clip_id)

    def sound(self, clip_id: str) -> Sound:
        """Return the clip's."""
        return self.data.sound(clip_id)

    def frames(self, clip_id: str, px: int) -> Frames:
        """Return the film's frames, or the photographs squashed to squares, each for its time.

        A photograph that cannot be read is left out with a warning in the log. Raises ValueError where none is left.
        """
        if self.data.num_frames(clip_id):
            return self.data.frames(clip_id, px)
        seen = {one: pixels for one in self.photographs_of(clip_id) if (pixels := _pixels(one.path, px)) is not None}
        if not seen:
            raise ValueError("none of its photographs can be read")
        shown = self._shown(clip_id, list(seen))
        return np.stack([seen[one] for one in shown])

    def different_frames(self, clip_id: str, count: int) -> tuple[int, ...]:
        """Return numbers of frames that show different things: `count` spread over a film, one a photograph."""
        num_frames = self.data.num_frames(clip_id)
        if num_frames:
            return tuple(((np.arange(count) + 0.5) * num_frames / count).astype(int).tolist())
        shown = self._shown(clip_id, self.photographs_of(clip_id))
        return tuple({one: number for number, one in enumerate(shown)}.values())

    def photographs_of(self, clip_id: str) -> list[Photograph]:
        """Return those taken during this piece of the sound, else the nearest in time; those of no time, all."""
        row, photographs = self.data.rows[clip_id], self._all(clip_id)
        dated = [(one.at_s, one) for one in photographs if one.at_s is not None]
        if not dated:
            return list(photographs)
        begin_s, end_s = row.start_s, row.start_s + self._num_frames(clip_id) / self.frame_rate_hz
        during = [one for at_s, one in dated if begin_s <= at_s < end_s]
        middle_s = (begin_s + end_s) / 2
        return during or [min(dated, key=lambda each: abs(each[0] - middle_s))[1]]

    def photograph_at(self, clip_id: str, number: int) -> Photograph | None:
        """Return the photograph that frame `number` shows; None where a film's own frames are shown, or nothing."""
        if self.data.num_frames(clip_id) or not (photographs := self.photographs_of(clip_id)):
            return None
        shown = self._shown(clip_id, photographs)
        return shown[min(number, len(shown) - 1)]

    def _all(self, clip_id: str) -> Sequence[Photograph]:
        return self.photographs.get(self.data.rows[clip_id].source, ())

    def _num_frames(self, clip_id: str) -> int:
        return -(-self.data.rows[clip_id].num_samples // SAMPLES_A_FRAME)

    def _shown(self, clip_id: str, photographs: Sequence[Photograph]) -> list[Photograph]:
        """Return which photograph each frame shows: the nearest in time, or each for an equal part of the piece."""
        count, start_s = self._num_frames(clip_id), self.data.rows[clip_id].start_s
        dated = [one.at_s for one in photographs if one.at_s is not None]
        if len(dated) < len(photographs):
            return [photographs[number * len(photographs) // count] for number in range(count)]
        frames_s = start_s + np.arange(count) / self.frame_rate_hz
        nearest = np.abs(frames_s[:, None] - np.array(dated)[None, :]).argmin(axis=1)
        return [photographs[place] for place in nearest]


@functools.lru_cache(maxsize=64)  # the pieces of one long sound share their photographs
def _pixels(path: Path, px: int) -> Frames | None:
    try:
        return read_image(path, px)
    except ImageFileError as error:
        _log.warning("%s", error)
        return None
