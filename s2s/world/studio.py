"""Whole clips of the world: frames, sound and truth together, one at a time, without end, or by id.

A studio owns a GL context and so belongs to one thread.
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from types import TracebackType
from typing import Final, Self

import numpy as np
from numpy.typing import NDArray

from s2s.data.corpus import Split
from s2s.data.splits import split_of
from s2s.world.painter import Painter
from s2s.world.scene_clip import Clip, draw_clip
from s2s.world.sounds import synthesize_clip
from s2s.world.state import SCENES
from s2s.world.truth import FRAME_RATE_HZ, Truth, truth_of

SAMPLE_RATE_HZ: Final = 16_000
_SHARE: Final = 0.1  # of a world source, for validation and for testing


@dataclass(frozen=True, slots=True)
class WorldClip:
    """A clip as seen and heard: frames [n, px, px, 3] uint8, sound mono [samples] within ±1, and its truth at 10 Hz."""

    clip: Clip
    frames: NDArray[np.uint8]
    sound: NDArray[np.float32]
    truth: Truth


class Studio:
    """Paints and sounds clips at `px` pixels and `fps` frames a second."""

    def __init__(self, px: int, fps: float = FRAME_RATE_HZ, *, sample_rate_hz: int = SAMPLE_RATE_HZ) -> None:
        if not 1.0 <= fps <= 240.0:
            raise ValueError(f"fps must lie in 1..240, got {fps}")
        self.fps, self._sample_rate_hz = fps, sample_rate_hz
        self._painter = Painter(px)

    def render(self, clip: Clip) -> WorldClip:
        """Return `clip`, the same at every call."""
        heard = synthesize_clip(clip, sample_rate_hz=self._sample_rate_hz)
        sizes = self._painter.coverage(clip.moments(FRAME_RATE_HZ))
        frames = self._painter.paint_layers(clip.moments(self.fps))
        return WorldClip(clip, frames, heard.sound, truth_of(clip, sizes, heard.parts))

    def close(self) -> None:
        """Give the GL context back."""
        self._painter.close()

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.close()


@dataclass(frozen=True, slots=True)
class Kind:
    """Which clips are drawn: as `draw_clip` takes it."""

    scenes: tuple[str, ...] = SCENES
    visible: tuple[float, float] | None = None
    parts: int | None = None

    def draw(self, seed: int) -> Clip:
        """Return the clip of `seed`."""
        return draw_clip(seed, scenes=self.scenes, visible=self.visible, parts=self.parts)


def stream(studio: Studio, first_seed: int, kind: Kind | None = None) -> Iterator[WorldClip]:
    """Render clips without end, of seeds that follow each other. Training stops asking; nothing is kept."""
    kind, seed = kind or Kind(), first_seed
    while True:
        yield studio.render(kind.draw(seed))
        seed += 1


class WorldSource:
    """The world as a `ClipSource`: clips of given seeds, rendered when asked for; the last one is kept.

    Ids are `world-SEED`. Every clip is a recording of its own, so the split goes by the id.
    """

    frame_rate_hz = FRAME_RATE_HZ

    def __init__(self, seeds: Sequence[int], px: int, kind: Kind | None = None) -> None:
        self._kind, self._px = kind or Kind(), px
        self._seeds = {f"world-{seed:09d}": seed for seed in seeds}
        self._studio = Studio(px)
        self._last: tuple[str, WorldClip] | None = None

    @property
    def ids(self) -> Sequence[str]:
        """Every clip's id, in the order of the seeds given."""
        return list(self._seeds)

    def split(self, clip_id: str) -> Split:
        """Return where a clip belongs."""
        seed = self._seeds[clip_id]
        return split_of(f"world-{seed:09d}", val_share=_SHARE, test_share=_SHARE)

    def label(self, clip_id: str) -> str | None:
        """Return the scene that owns the clip."""
        return self._kind.draw(self._seeds[clip_id]).parts[0].scene

    def sound(self, clip_id: str) -> NDArray[np.float32]:
        """Return the sound, mono [n] at 16 kHz within ±1."""
        return self.clip(clip_id).sound

    def frames(self, clip_id: str, px: int) -> NDArray[np.uint8]:
        """Return all frames at 10 Hz, RGB [num_frames, px, px, 3]. Raises ValueError for another size."""
        if px != self._px:
            raise ValueError(f"this world is painted at {self._px} pixels, asked for {px}")
        return self.clip(clip_id).frames

    def truth(self, clip_id: str) -> Truth:
        """Return what is known of the clip."""
        return self.clip(clip_id).truth

    def clip(self, clip_id: str) -> WorldClip:
        """Return the whole clip."""
        if self._last is None or self._last[0] != clip_id:
            self._last = clip_id, self._studio.render(self._kind.draw(self._seeds[clip_id]))
        return self._last[1]

    def close(self) -> None:
        """Give the GL context back."""
        self._studio.close()
