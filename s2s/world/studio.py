"""Whole clips of the world: frames, sound and truth together.

A studio owns a GL context and so belongs to one thread.
"""

from dataclasses import dataclass
from types import TracebackType
from typing import Self

import numpy as np
from numpy.typing import NDArray

from s2s.rates import FRAME_RATE_HZ, SAMPLE_RATE_HZ
from s2s.world.painter import Painter
from s2s.world.scene_clip import SceneClip, draw_clip
from s2s.world.sounds import synthesize_clip
from s2s.world.state import SCENES
from s2s.world.truth import Truth, truth_of


@dataclass(frozen=True, slots=True)
class WorldClip:
    """A clip as seen and heard: frames [n, px, px, 3] uint8, sound mono [samples] within ±1, and its truth at 10 Hz."""

    clip: SceneClip
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

    def render(self, clip: SceneClip) -> WorldClip:
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
class SceneChoice:
    """Which clips are drawn: as `draw_clip` takes it."""

    scenes: tuple[str, ...] = SCENES
    visible: tuple[float, float] | None = None
    parts: int | None = None

    def draw(self, seed: int) -> SceneClip:
        """Return the clip of `seed`."""
        return draw_clip(seed, scenes=self.scenes, visible=self.visible, parts=self.parts)
