"""One round of the slow path: hear, move, paint. A plain object: a host gives it time, in a child or inline.

Owns the networks. The latent is aimed every hop, a picture is made every round; a picture that holds NaN is counted
and never leaves.
"""

import logging
import time
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Final

import torch
from torch import Tensor

from installation.clock import local_hour
from installation.exit_codes import ExitCode
from installation.heard_words import heard_words
from installation.histogram import Histogram
from installation.inference.anchoring import ImageAnchor
from installation.inference.deciding import Decider, Evidence
from installation.inference.idle import level_db
from installation.inference.listening import Listener, Target
from installation.inference.motion import Motion, unit
from installation.inference.photographs import Photographs
from installation.inference.scene import scene_of
from installation.inference.scene_state import HeardNearness, held_states
from installation.mailbox import FrameBox, JsonBox
from installation.parameters import DEFAULTS, PAINTER
from installation.ring import AudioRing
from installation.status import EncoderStatus, GeneratorStatus, HeardSource, HeardStatus, InferenceStatus, LikelyName
from installation.values import Controls, Doing, Latent, Pixels
from installation.worker_params import ParamsReader
from s2s import bundle
from s2s.card import BundleError
from s2s.models.memory_generator import Beside, MemoryGenerator
from s2s.sampling.sources import Hearing

log = logging.getLogger(__name__)

_LEVEL_WINDOW_S: Final = 1.0
_RESTING_FPS: Final = 4.0
"""Pictures a second while others are seen: enough for one scene of the world to cross into another through them."""
_ALONE: Final = 0.999
_BAD_FRAMES_IN_A_ROW: Final = 20
"""So many pictures with NaN mean that the process is broken (a poisoned GPU, bad memory): a fresh one may not be."""


class ModelError(Exception):
    """The model cannot be loaded; one line that names file and key."""

    exit_code: Final = ExitCode.MODEL


@dataclass(frozen=True, slots=True)
class InferenceConfig:
    """`max_fps` bounds the pictures made a second, so that a fast machine stays cool and a slow one stays free.

    `patient` waits for the inversion of a preset's image, `cache` is where it is kept (None: the user's cache).
    `wall_hour` tells the local time in hours, for a picture whose hour is the wall's.
    """

    model: Path
    seed: int
    max_fps: float = 24.0
    device: str = "auto"
    threads: int = 1
    patient: bool = False
    cache: Path | None = None
    wall_hour: Callable[[], float] = local_hour


class InferenceCore:
    """Sound in `ring`, WorkerParams in `params`, pictures to `frames`."""

    def __init__(self, config: InferenceConfig, ring: AudioRing, params: JsonBox, frames: FrameBox) -> None:
        self._config = config
        self._device = _pick_device(config.device)
        torch.set_num_threads(config.threads)
        try:
            self._bundle = bundle.load(config.model, device=self._device, image_encoder=False)
        except BundleError as error:
            raise ModelError(str(error)) from error
        card = self._bundle.card
        try:
            self._listener = Listener(self._bundle, ring)
        except ValueError as error:
            raise ModelError(f"{config.model}: {error}") from error
        self._motion = Motion(card.generator.h_dim, card.generator.z_dim, config.seed)
        self._nearness = HeardNearness()
        self._photographs = Photographs(self._bundle.memory, card.generator.size_px)
        self._decider = Decider(config.seed)
        self._heard = HeardStatus()
        self._told: Doing | None = None
        self._params, self._frames = ParamsReader(params), frames
        self._controls = Controls(DEFAULTS)
        self._most_fps: float | None = None
        self._image: str | None = None
        self._anchor = ImageAnchor(self._bundle, patient=config.patient, cache=config.cache)
        self._target: Target | None = None
        self._unshown = False
        self._next_frame_at: float | None = None
        self._bad_frames = self._bad_in_a_row = 0
        self._level_db = -120.0
        self._encoder_ms, self._generator_ms, self._slow_ms = Histogram(), Histogram(), Histogram()

    def step(self, now: float) -> float:
        """Do what is due at `now`; return seconds until the next picture is."""
        self._read_params()
        self._listen(now)
        if self._next_frame_at is not None and now < self._next_frame_at:
            return min(self._next_frame_at - now, 0.02)
        self._paint(now)
        interval_s = 1.0 / self._wanted_fps
        on_time = self._next_frame_at is not None and now - self._next_frame_at < interval_s
        self._next_frame_at = (self._next_frame_at if on_time and self._next_frame_at else now) + interval_s
        return 0.0

    @property
    def _wanted_fps(self) -> float:
        """Fewer where what is generated is not seen: under the world's own shaders, or a photograph that stands."""
        photograph = self._photographs.status.share
        hidden = self._photographs.are_still if photograph > 0.0 else self._controls.number(PAINTER) >= _ALONE
        most_fps = self._config.max_fps if self._most_fps is None else min(self._config.max_fps, self._most_fps)
        return min(most_fps, _RESTING_FPS) if hidden else most_fps

    def status(self) -> InferenceStatus:
        """Return counters since the core was made, durations in ms, and how far the preset's image is."""
        made = self._generator_ms
        return InferenceStatus(
            model=self._bundle.card.name,
            device=str(self._device),
            idle=self._decider.idle,
            level_db=self._level_db,
            encoder=EncoderStatus(self._encoder_ms.count, self._encoder_ms.percentiles()),
            generator=GeneratorStatus(made.count, self._bad_frames, made.percentiles()),
            slow_ms=self._slow_ms.percentiles(),
            image=self._anchor.state,
            image_problem=self._anchor.problem,
            heard=self._heard,
            photograph=self._photographs.status,
        )

    def close(self) -> None:
        """End what still runs; the networks go with the process."""
        self._anchor.close()

    def _read_params(self) -> None:
        params = self._params.newest()
        if params is None:
            return
        self._controls, self._most_fps = params.controls, params.most_fps
        if params.image != self._image:
            self._image = params.image
            self._anchor.choose(None if params.image is None else Path(params.image))

    def _listen(self, now: float) -> None:
        began = time.perf_counter()
        target = self._listener.next_target(
            now,
            window_s=self._controls.number("/latent/window"),
            with_volume_direction=self._controls.number("/latent/edit") != 0.0,
        )
        if target is None:
            return
        self._encoder_ms.add((time.perf_counter() - began) * 1e3)
        self._level_db = level_db(self._listener.recent(_LEVEL_WINDOW_S))
        self._aim(now, target)
        self._tell(_heard_status(target.hearing, self._decider.doing))

    def _aim(self, now: float, target: Target) -> None:
        """Send the latent where what was heard leads, if anywhere."""
        evidence = Evidence(
            self._level_db,
            self._controls.number("/audio/gate"),
            target.hearing.certainty,
            self._controls.number("/scene/certainty"),
        )
        aim = self._decider.next_aim(now, evidence, scene_of(target.hearing, paints_two=self._bundle.paints_two))
        if aim is None:
            return
        self._target, self._unshown = target, True
        scene = aim.scene
        beside = None if scene.beside is None else unit(scene.beside)
        # A memory is no sound, so that it has no volume.
        louder = target.volume_direction if self._decider.doing is Doing.PAINTING else None
        self._motion.aim(unit(scene.h), louder, beside=beside, slowness=aim.slowness)
        self._nearness.aim(scene.nearness)

    def _tell(self, heard: HeardStatus) -> None:
        self._heard = heard
        if heard.doing is self._told:
            return
        self._told = heard.doing
        if heard.doing is Doing.REMEMBERING:
            log.info("the room is silent (%.0f dB): remembering", self._level_db)
        elif words := heard_words(heard):
            log.info("heard: %s", words)

    def _paint(self, now: float) -> None:
        anchors = self._anchor.anchors(shown=self._controls.number("/latent/blend") > 0.0)
        latent = self._motion.advance(now, self._controls, anchors)
        self._nearness.advance(now, self._controls.number("/latent/glide"))
        began = time.perf_counter()
        pixels = self._generate(latent)
        duration_s = time.perf_counter() - began
        if pixels is None:
            self._bad_frames += 1
            self._bad_in_a_row += 1
            if self._bad_in_a_row >= _BAD_FRAMES_IN_A_ROW:
                raise RuntimeError(f"the generator made {self._bad_in_a_row} pictures with NaN in a row")
            return
        self._bad_in_a_row = 0
        pixels = self._photographs.over(pixels, latent.h, self._controls.number("/latent/memory"), now)
        self._generator_ms.add(duration_s * 1e3)
        heard_at = self._target.heard_at if self._target else now
        made_at = now + duration_s
        if self._unshown and self._target is not None:
            self._unshown = False
            self._slow_ms.add((made_at - heard_at) * 1e3)
        self._frames.put(pixels, heard_at=heard_at, made_at=made_at)

    @torch.inference_mode()
    def _generate(self, latent: Latent) -> Pixels | None:
        """Return the picture of `latent`, uint8 `[height, width, 3]`, or None if it holds anything but numbers."""
        z = torch.from_numpy(latent.z).to(self._device)[None]
        h = torch.from_numpy(latent.h).to(self._device)[None]
        generator = self._bundle.generator
        if isinstance(generator, MemoryGenerator):
            picture = generator(z, h, self._held(), self._beside(latent))[0]
        else:
            picture = generator(z, h)[0]  # [3, height, width], -1..1
        if not bool(torch.isfinite(picture).all()):
            return None
        levels = ((picture.float().clamp(-1.0, 1.0) + 1.0) * 127.5).round().to(torch.uint8)
        pixels: Pixels = levels.permute(1, 2, 0).contiguous().cpu().numpy()
        return pixels

    def _held(self) -> Tensor | None:
        """Return what a hand says of the scene, [1, 2, 2], where the generator knows it."""
        if not self._bundle.knows_states:
            return None
        held = held_states(self._controls, self._config.wall_hour(), self._nearness.value)
        return torch.from_numpy(held).to(self._device)

    def _beside(self, latent: Latent) -> Beside | None:
        """Return the second thing, where there is one."""
        if latent.beside is None:
            return None
        weight = torch.tensor([latent.beside_weight], device=self._device)
        return Beside(torch.from_numpy(latent.beside).to(self._device)[None], weight)


def _heard_status(hearing: Hearing, doing: Doing) -> HeardStatus:
    sources = tuple(HeardSource(source.name, source.presence, source.nearness) for source in hearing.sources)
    likeliest = tuple(LikelyName(one.name, one.presence) for one in hearing.likeliest)
    return HeardStatus(sources, hearing.certainty, hearing.hour, hearing.hour_firmness, doing, likeliest)


def _pick_device(name: str) -> torch.device:
    if name == "auto":
        return torch.device("cuda" if torch.cuda.is_available() else "cpu")
    return torch.device(name)
