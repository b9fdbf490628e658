"""Where pairs of sound and picture come from: chosen moments of clips, the world's takes, recordings without pictures.

Plain data; no torch.
"""

from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass, field
from pathlib import Path
from typing import Any, Final, Literal

import numpy as np

from s2s.data.annotations import fit, read_annotation
from s2s.data.clip_source import ClipSource, Frames, Sound
from s2s.data.corpus import Split
from s2s.data.esc10 import Recording
from s2s.data.prepared import PreparedData
from s2s.rates import SAMPLE_RATE_HZ
from s2s.world.takes import WorldTakes

Choice = Literal["top1", "middle"]
PICTURES_A_RECORDING: Final = 8


@dataclass(frozen=True, slots=True)
class ChosenMoments:
    """Clips, each with the frames that were chosen of it, and the sound around the first of them.

    `moments` are frame numbers by id, best first, as `select` writes them; a clip without any is left out. None takes
    every clip's middle frame. `clip_s` seconds of sound are cut around the first frame, as far as the clip reaches.
    """

    source: ClipSource
    px: int
    moments: Mapping[str, Sequence[int]] | None = None
    pictures_each: int = 1
    clip_s: float = 10.0

    @property
    def ids(self) -> Sequence[str]:
        """The clips that have moments, in the source's order."""
        if self.moments is None:
            return list(self.source.ids)
        return [clip_id for clip_id in self.source.ids if self.moments.get(clip_id)]

    @property
    def choice(self) -> Mapping[str, Any]:
        """The frames of each clip, their size, and how much is heard around them."""
        choice = {"px": self.px, "pictures_each": self.pictures_each, "clip_s": self.clip_s}
        if self.moments is None:
            return {**choice, "frames": "middle"}
        return {**choice, "frames": [list(self.moments[clip_id][: self.pictures_each]) for clip_id in self.ids]}

    def split(self, pair_id: str) -> Split:
        """Return the clip's."""
        return self.source.split(pair_id)

    def label(self, pair_id: str) -> str | None:
        """Return the clip's."""
        return self.source.label(pair_id)

    def weight(self, pair_id: str) -> float:  # noqa: ARG002 - all are alike
        """Return 1: every clip is drawn alike."""
        return 1.0

    def calibrated(self, pair_id: str) -> bool:  # noqa: ARG002 - none is
        """Return false: each film was recorded at a level of its own."""
        return False

    def sound(self, pair_id: str) -> Sound:
        """Return the sound around the first moment."""
        sound, length = self.source.sound(pair_id), round(self.clip_s * SAMPLE_RATE_HZ)
        if len(sound) <= length:
            return sound
        middle_s = (len(sound) / SAMPLE_RATE_HZ) / 2
        if self.moments is not None:
            middle_s = (self.moments[pair_id][0] + 0.5) / self.source.frame_rate_hz
        start = int(np.clip(round(middle_s * SAMPLE_RATE_HZ) - length // 2, 0, len(sound) - length))
        return sound[start : start + length]

    def pictures(self, pair_id: str) -> Frames:
        """Return the first moments' frames."""
        frames = self.source.frames(pair_id, self.px)
        if not len(frames):
            raise ValueError("it has no frames")
        chosen = [len(frames) // 2] if self.moments is None else list(self.moments[pair_id][: self.pictures_each])
        return frames[np.minimum(chosen, len(frames) - 1)]


def moments_of(source: PreparedData, annotation: Path) -> Mapping[str, Sequence[int]]:
    """Return the frames that `annotation`, as `select` or the authors wrote it, names of the clips of `source`."""
    lengths = {clip_id: source.num_frames(clip_id) for clip_id in source.ids}
    return fit(read_annotation(annotation).moments, lengths).moments


@dataclass(frozen=True, slots=True)
class WorldPairs:
    """The world's takes that have sound, each with its picture; and recordings, with pictures of the like scene.

    Recordings have no pictures of their own: scene names enter here, and nowhere else in the training of f_A. They
    are drawn for `recordings_share` of every batch; those of scenes that the data do not show are left out.
    """

    data: WorldTakes
    recordings: Sequence[Recording] = ()
    recordings_share: float = 0.12
    pictures_each: int = PICTURES_A_RECORDING
    _recorded: dict[str, Recording] = field(init=False)

    def __post_init__(self) -> None:
        shown = [one for one in self.recordings if one.scene in self.data.classes]
        object.__setattr__(self, "_recorded", {f"recording-{one.path.stem}": one for one in shown})

    @property
    def ids(self) -> Sequence[str]:
        """Takes by number, then recordings by name."""
        return [*self.data.ids, *self._recorded]

    @property
    def choice(self) -> Mapping[str, Any]:
        """Which world it is."""
        return {"pictures_each": self.pictures_each, "world": asdict(self.data.counts)}

    def split(self, pair_id: str) -> Split:
        """Return train for recordings, and what the world says of a take."""
        return "train" if pair_id in self._recorded else self.data.split(pair_id)

    def label(self, pair_id: str) -> str | None:
        """Return the scene."""
        if pair_id in self._recorded:
            return self._recorded[pair_id].scene
        return self.data.label(pair_id)

    def weight(self, pair_id: str) -> float:
        """Return weights that give recordings their share of every batch."""
        if not self._recorded:
            return 1.0
        if pair_id in self._recorded:
            return self.recordings_share / len(self._recorded)
        return (1.0 - self.recordings_share) / self.data.num_training_takes

    def calibrated(self, pair_id: str) -> bool:
        """Return whether it is a take: the world's sounds fall with distance, recordings came at any level."""
        return pair_id not in self._recorded

    def sound(self, pair_id: str) -> Sound:
        """Return the take's sound, or the recording."""
        if pair_id in self._recorded:
            return self._recorded[pair_id].sound
        return self.data.sound(pair_id)

    def pictures(self, pair_id: str) -> Frames:
        """Return the take's own picture; of a recording, pictures of training takes of its scene."""
        if pair_id not in self._recorded:
            return self.data.frames(pair_id, self.data.counts.picture_px)
        place = self.data.classes.index(self._recorded[pair_id].scene)
        takes = np.flatnonzero(self.data.scenes[: self.data.num_training_takes] == place)
        rng = np.random.default_rng([*pair_id.encode()])
        return np.asarray(self.data.pictures[np.sort(rng.choice(takes, self.pictures_each))])
