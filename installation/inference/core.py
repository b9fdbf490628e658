"""One round of the slow path: hear, move, paint. A plain object: a host gives it time, in a child or inline.

Keeps the rhythm: a model is let hear every hop and paint every round, and what it makes is counted and sent; a picture
that holds NaN is counted and never leaves. Which model that is, is `swapping`'s business.
"""

import logging
from pathlib import Path
from typing import Final

import torch

from installation.histogram import Histogram
from installation.inference.fading import within_room
from installation.inference.playing import InferenceConfig, ModelError, Painted, PlayingModel
from installation.inference.swapping import ModelSwap, Tried
from installation.inference.variety import Variety
from installation.mailbox import FrameBox, JsonBox
from installation.parameters import DEFAULTS, PAINTER
from installation.ring import AudioRing
from installation.status import EncoderStatus, GeneratorStatus, InferenceStatus
from installation.values import Controls
from installation.worker_params import ParamsReader

log = logging.getLogger(__name__)

__all__ = ["InferenceConfig", "InferenceCore", "ModelError"]

_RESTING_FPS: Final = 4.0
"""Pictures a second while others are seen: enough for one scene of the world to cross into another through them."""
_ALONE: Final = 0.999
_BAD_FRAMES_IN_A_ROW: Final = 20
"""So many pictures with NaN mean that the process is broken (a poisoned GPU, bad memory): a fresh one may not be."""


class InferenceCore:
    """Sound in `ring`, WorkerParams in `params`, pictures to `frames`."""

    def __init__(self, config: InferenceConfig, ring: AudioRing, params: JsonBox, frames: FrameBox) -> None:
        """Load the model. Raises ModelError."""
        self._config, self._ring = config, ring
        torch.set_num_threads(config.threads)
        self._models = ModelSwap(PlayingModel(config.model, config, ring), self._load)
        self._params, self._frames = ParamsReader(params), frames
        self._controls = Controls(DEFAULTS)
        self._most_fps: float | None = None
        self._image: str | None = None
        self._next_frame_at: float | None = None
        self._bad_frames = self._bad_in_a_row = 0
        self._variety = Variety()
        self._encoder_ms, self._generator_ms, self._slow_ms = Histogram(), Histogram(), Histogram()

    @property
    def playing(self) -> PlayingModel:
        """The model that plays; another one while a fade goes on is not yet it."""
        return self._models.playing

    def step(self, now: float) -> float:
        """Do what is due at `now`; return seconds until the next picture is."""
        self._read_params()
        took_s = self._models.hear(now, self._controls)
        if took_s is not None:
            self._encoder_ms.add(took_s * 1e3)
        if self._next_frame_at is not None and now < self._next_frame_at:
            return min(self._next_frame_at - now, 0.02)
        self._send(now, self._models.paint(now, self._controls))
        interval_s = 1.0 / self._wanted_fps
        on_time = self._next_frame_at is not None and now - self._next_frame_at < interval_s
        self._next_frame_at = (self._next_frame_at if on_time and self._next_frame_at else now) + interval_s
        return 0.0

    @property
    def _wanted_fps(self) -> float:
        """Fewer where what is generated is not seen: under the world's own shaders, or a photograph that stands."""
        most_fps = self._config.max_fps if self._most_fps is None else min(self._config.max_fps, self._most_fps)
        return min(most_fps, _RESTING_FPS) if self._is_hidden else most_fps

    @property
    def _is_hidden(self) -> bool:
        if self._models.crossing:
            return False
        if self.playing.photograph.share > 0.0:
            return self.playing.shows_a_still_photograph
        return self._controls.number(PAINTER) >= _ALONE

    def status(self) -> InferenceStatus:
        """Return counters since the core was made, durations in ms, and how far the preset's image is."""
        made, model = self._generator_ms, self._models.goal
        return InferenceStatus(
            model=self.playing.name,
            device=model.device,
            idle=model.idle,
            level_db=model.level_db,
            encoder=EncoderStatus(self._encoder_ms.count, self._encoder_ms.percentiles(), model.read_to),
            generator=GeneratorStatus(
                made.count, self._bad_frames, made.percentiles(), self._variety.distinct, self._variety.wanted
            ),
            slow_ms=self._slow_ms.percentiles(),
            image=model.image.state,
            image_problem=model.image.problem,
            heard=model.heard,
            photograph=model.photograph,
            swap=self._models.status(),
            paints_by=model.paints_by,
        )

    def close(self) -> None:
        """End what still runs; the networks go with the process."""
        self._models.close()

    def _read_params(self) -> None:
        params = self._params.newest()
        if params is not None:
            self._controls, self._image, self._most_fps = params.controls, params.image, params.most_fps
            self._models.ask(params.model)
        self._models.goal.choose_image(self._image)

    def _load(self, folder: Path, now: float) -> Tried:
        """Make the model in `folder`, and let it hear and paint once. On a thread of its own. Raises ModelError."""
        model = PlayingModel(folder, self._config, self._ring)
        model.choose_image(self._image)
        model.hear(now, self._controls)
        picture = model.paint(now, self._controls).pixels
        if picture is None:
            model.close()
            raise ModelError(f"{folder}: its first picture holds NaN")
        return Tried(model, picture)

    def _send(self, now: float, painted: Painted) -> None:
        """Count a picture that was begun at `now`, and send it."""
        if painted.pixels is None:
            self._bad_frames += 1
            self._bad_in_a_row += 1
            if self._bad_in_a_row >= _BAD_FRAMES_IN_A_ROW:
                raise RuntimeError(f"the generator made {self._bad_in_a_row} pictures with NaN in a row")
            return
        self._bad_in_a_row = 0
        self._generator_ms.add(painted.took_s * 1e3)
        made_at = now + painted.took_s
        if painted.first_of_it:
            self._slow_ms.add((made_at - painted.heard_at) * 1e3)
        self._variety.count(painted.pixels, painted.place)
        pixels = within_room(painted.pixels, self._frames.room_px)
        wish = painted.wish if pixels is painted.pixels else b""
        self._frames.put(pixels, heard_at=painted.heard_at, made_at=made_at, wish=wish)
