"""The built-in performance: the synthetic world's scenes, one after another, for rooms without a microphone.

Used in the capture process. The next scene is rendered ahead on one background thread that the object owns, because
a scene takes about a second to make and `read` has milliseconds; what is heard depends on the seed alone, never on
how fast that thread was. No device here.
"""

from concurrent.futures import Future, ThreadPoolExecutor
from dataclasses import dataclass
from typing import Final

import numpy as np
from numpy.typing import NDArray
from scipy.interpolate import PchipInterpolator

from s2s.world.sounds import synthesize
from s2s.world.state import SCENES, SceneState

SCENE_S: Final = (20.0, 40.0)
OPENING_S: Final = 20.0  # the only scene that is waited for, so the shortest
FADE_S: Final = 3.0
FAR: Final = (0.25, 0.5)
NEAR: Final = (0.7, 0.95)
# Two scenes cross at equal power, so together they may reach the square root of two.
HEADROOM: Final = float(np.sqrt(0.5))


@dataclass(frozen=True, slots=True)
class Score:
    """One scene of the performance before it sounds: the take from far and from near, and the way between them.

    `approach` holds the share of the near take, 0..1, at equal steps over the scene.
    """

    far: SceneState
    near: SceneState
    duration_s: float
    approach: tuple[float, ...]


@dataclass(frozen=True, slots=True)
class Passage:
    """One scene rendered, faded at both ends, and placed at the sample `start` of the performance."""

    scene: str
    start: int
    samples: NDArray[np.float32]

    @property
    def end(self) -> int:
        return self.start + self.samples.size


class Performance:
    """An endless built-in performance: scenes follow and cross-fade, each some 20-40 s, never twice the same.

    Deterministic by seed. Making one waits for its first scene (some tenths of a second); `read` waits only where it
    is asked to run far ahead of real time. Not to be shared between threads.
    """

    def __init__(self, seed: int, sample_rate_hz: int = 16_000) -> None:
        self._rng = np.random.default_rng([seed, *b"performance"])
        self._rate = sample_rate_hz
        self._fade = round(FADE_S * sample_rate_hz)
        self._bag: list[str] = []
        self._last = ""
        self._position = 0
        self._thread = ThreadPoolExecutor(1, thread_name_prefix="performance")
        opening = self._compose(OPENING_S)
        self._passages = [Passage(opening.near.scene, 0, render(opening, sample_rate_hz))]
        self._coming = self._render_ahead()

    @property
    def scene(self) -> str:
        """The name of the scene sounding now; in a cross-fade, the louder."""
        scene = self._passages[0].scene
        for passage in self._passages[1:]:
            if passage.start + self._fade // 2 <= self._position:
                scene = passage.scene
        return scene

    def read(self, frames: int) -> NDArray[np.float32]:
        """Return the next samples [frames], mono, within ±1. Raises ValueError for a negative count."""
        if frames < 0:
            raise ValueError(f"frames must be 0 or more, got {frames}")
        end = self._position + frames
        while self._passages[-1].end - self._fade < end:
            self._append_next()
        out = np.zeros(frames, np.float32)
        for passage in self._passages:
            _add_overlap(out, self._position, passage)
        self._position = end
        self._passages = [passage for passage in self._passages if passage.end > end]
        return out

    def close(self) -> None:
        """End the background thread, waiting for the scene it is at."""
        self._thread.shutdown(wait=True, cancel_futures=True)

    def _append_next(self) -> None:
        scene, samples = self._coming.result()
        self._passages.append(Passage(scene, self._passages[-1].end - self._fade, samples))
        self._coming = self._render_ahead()

    def _render_ahead(self) -> Future[tuple[str, NDArray[np.float32]]]:
        score = self._compose(float(self._rng.uniform(*SCENE_S)))
        return self._thread.submit(lambda: (score.near.scene, render(score, self._rate)))

    def _compose(self, duration_s: float) -> Score:
        scene, seed = self._draw_scene(), int(self._rng.integers(2**31))
        far, near = float(self._rng.uniform(*FAR)), float(self._rng.uniform(*NEAR))
        hour = float(self._rng.uniform(0.0, 24.0))
        # It swells to its nearest somewhere within and is never all the way far for long.
        turns = self._rng.uniform(0.1, 0.9, 6)
        turns[int(self._rng.integers(1, 5))] = 1.0
        approach = tuple(float(share) for share in turns)
        return Score(SceneState(scene, seed, far, hour), SceneState(scene, seed, near, hour), duration_s, approach)

    def _draw_scene(self) -> str:
        """Return the next scene that the model knows: all of them before any returns, and none twice running."""
        if not self._bag:
            order = [str(scene) for scene in self._rng.permutation(SCENES)]
            if order[0] == self._last:
                order.append(order.pop(0))
            self._bag = order[::-1]
        self._last = self._bag.pop()
        return self._last


def render(score: Score, sample_rate_hz: int) -> NDArray[np.float32]:
    """Return one scene of the performance [samples], within ±HEADROOM, faded in and out over FADE_S at equal power.

    One seed sounds from far and from near at once, and the mix wanders between the two: the events stay, while level,
    brightness and room change as they do when one walks.
    """
    far = synthesize(score.far, duration_s=score.duration_s, sample_rate_hz=sample_rate_hz)
    near = synthesize(score.near, duration_s=score.duration_s, sample_rate_hz=sample_rate_hz)
    along = np.linspace(0.0, 1.0, near.size)
    share = PchipInterpolator(np.linspace(0.0, 1.0, len(score.approach)), score.approach)(along)
    mixed = far + share.astype(np.float32) * (near - far)
    mixed *= np.float32(HEADROOM)
    return _faded(mixed, round(FADE_S * sample_rate_hz))


def _faded(samples: NDArray[np.float32], fade: int) -> NDArray[np.float32]:
    ramp = np.sin(0.5 * np.pi * (np.arange(fade) + 0.5) / fade).astype(np.float32)
    samples[:fade] *= ramp
    samples[-fade:] *= ramp[::-1]
    return samples


def _add_overlap(out: NDArray[np.float32], position: int, passage: Passage) -> None:
    first, last = max(position, passage.start), min(position + out.size, passage.end)
    if first < last:
        out[first - position : last - position] += passage.samples[first - passage.start : last - passage.start]
