"""One model while it plays: what it hears, what it does about it, where its latent is, and what it paints.

Everything that belongs to one model and dies with it: another one hears in another space. No clock or thread of its
own; it is made and warmed by one thread and then handed to another (`swapping`).
"""

import logging
import time
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Final

import torch

from installation.clock import local_hour
from installation.exit_codes import ExitCode
from installation.heard_words import heard_words
from installation.inference.anchoring import ImageAnchor
from installation.inference.captured_painting import painter_of
from installation.inference.deciding import Decider, Evidence
from installation.inference.idle import level_db
from installation.inference.listening import Listener, Target
from installation.inference.motion import Motion, Vector, unit
from installation.inference.painting import Wish
from installation.inference.photographs import Photographs
from installation.inference.scene import Scene, scene_of
from installation.inference.scene_state import HeardNearness, held_states
from installation.ring import AudioRing
from installation.status import HeardSource, HeardStatus, LikelyName, PhotographStatus
from installation.values import Controls, Doing, Pixels
from installation.wish_bytes import pack_wish
from s2s import bundle
from s2s.card import BundleError
from s2s.sampling.own_places import own_places
from s2s.sampling.sources import Hearing

log = logging.getLogger(__name__)

_LEVEL_WINDOW_S: Final = 1.0


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


@dataclass(frozen=True, slots=True, eq=False)
class Painted:
    """A picture `pixels` [height, width, 3], None where it held NaN, made in `took_s`.

    `heard_at` stamps the sound that it is of; `first_of_it` marks the first picture that is made from it. `wish` is
    what it was painted of, empty where something else lies over it; `place` is the unit vector in it, None there.
    """

    pixels: Pixels | None
    took_s: float
    heard_at: float
    first_of_it: bool = False
    wish: bytes = b""
    place: Vector | None = None


class PlayingModel:
    """Hears `ring` and paints by the bundle in `folder`. Belongs to one thread at a time."""

    def __init__(self, folder: Path, config: InferenceConfig, ring: AudioRing) -> None:
        """Load it. Raises ModelError."""
        try:
            self._model = bundle.load(folder, device=pick_device(config.device), image_encoder=False)
            self._listener = Listener(self._model, ring)
        except BundleError as error:
            raise ModelError(str(error)) from error
        except ValueError as error:
            raise ModelError(f"{folder}: {error}") from error
        self.folder, self._config = folder.resolve(), config
        sizes = self._model.card.generator
        self._painter = painter_of(self._model)
        own = [Scene(h) for h in own_places(self._model.generator, config.seed)]
        self._motion = Motion(sizes.h_dim, sizes.z_dim, config.seed, own[0].h if own else None)
        self._nearness = HeardNearness()
        self._photographs = Photographs(self._model.memory, sizes.size_px)
        self._decider = Decider(config.seed, own)
        self._anchor = ImageAnchor(self._model, patient=config.patient, cache=config.cache)
        self._image: str | None = None
        self._target: Target | None = None
        self._unshown = False
        self._told: Doing | None = None
        self.heard, self.level_db = HeardStatus(), -120.0

    @property
    def name(self) -> str:
        """What its card calls it."""
        return self._model.card.name

    @property
    def device(self) -> str:
        """Where it runs, and how it paints there."""
        return str(self._model.device)

    @property
    def paints_by(self) -> str:
        """How it paints, in words."""
        return self._painter.words

    @property
    def read_to(self) -> int:
        """How many samples of the ring it has taken in."""
        return self._listener.read_to

    @property
    def idle(self) -> bool:
        """Whether the room is silent."""
        return self._decider.idle

    @property
    def image(self) -> ImageAnchor:
        """How far the preset's image is."""
        return self._anchor

    @property
    def photograph(self) -> PhotographStatus:
        """What is seen of the place's own frames."""
        return self._photographs.status

    @property
    def shows_a_still_photograph(self) -> bool:
        """Whether what the generator paints is not seen."""
        return self._photographs.are_still

    def choose_image(self, image: str | None) -> None:
        """Go to the preset's image, the path of a picture, or to none."""
        if image != self._image:
            self._image = image
            self._anchor.choose(None if image is None else Path(image))

    def hear(self, now: float, controls: Controls) -> float | None:
        """Hear what is due at `now`; return how many seconds that took, None where nothing was."""
        began = time.perf_counter()
        target = self._listener.next_target(
            now,
            window_s=controls.number("/latent/window"),
            with_volume_direction=controls.number("/latent/edit") != 0.0,
        )
        if target is None:
            return None
        took_s = time.perf_counter() - began
        self.level_db = level_db(self._listener.recent(_LEVEL_WINDOW_S))
        self._aim(now, target, controls)
        self._tell(_heard_status(target.hearing, self._decider.doing))
        return took_s

    def paint(self, now: float, controls: Controls) -> Painted:
        """Move the latent on to `now` and paint it."""
        anchors = self._anchor.anchors(shown=controls.number("/latent/blend") > 0.0)
        latent = self._motion.advance(now, controls, anchors)
        self._nearness.advance(now, controls.number("/latent/glide"))
        knows_states = self._model.knows_states
        held = held_states(controls, self._config.wall_hour(), self._nearness.value) if knows_states else None
        began = time.perf_counter()
        pixels = self._painter.paint(Wish(latent, held))
        took_s = time.perf_counter() - began
        heard_at = self._target.heard_at if self._target else now
        if pixels is None:
            return Painted(None, took_s, heard_at)
        seen = self._photographs.over(pixels, latent.h, controls.number("/latent/memory"), now)
        first, self._unshown = self._unshown, False
        alone = seen is pixels
        told = pack_wish(str(self.folder), latent, held) if alone else b""
        return Painted(seen, took_s, heard_at, first, told, latent.h if alone else None)

    def close(self) -> None:
        """End what still runs; the networks go with the object."""
        self._anchor.close()

    def _aim(self, now: float, target: Target, controls: Controls) -> None:
        """Send the latent where what was heard leads, if anywhere."""
        evidence = Evidence(
            self.level_db,
            controls.number("/audio/gate"),
            target.hearing.certainty,
            controls.number("/scene/certainty"),
        )
        aim = self._decider.next_aim(now, evidence, scene_of(target.hearing, paints_two=self._model.paints_two))
        if aim is None:
            return
        self._target, self._unshown = target, True
        scene = aim.scene
        beside = None if scene.beside is None else unit(scene.beside)
        remembered = self._decider.doing is not Doing.PAINTING
        louder = None if remembered else target.volume_direction  # a memory is no sound, so that it has no volume
        self._motion.aim(unit(scene.h), louder, beside=beside, slowness=aim.slowness, remembered=remembered)
        self._nearness.aim(scene.nearness)

    def _tell(self, heard: HeardStatus) -> None:
        self.heard = heard
        if heard.doing is self._told:
            return
        self._told = heard.doing
        if heard.doing is Doing.REMEMBERING:
            log.info("the room is silent (%.0f dB): remembering", self.level_db)
        elif words := heard_words(heard):
            log.info("heard: %s", words)


def _heard_status(hearing: Hearing, doing: Doing) -> HeardStatus:
    sources = tuple(HeardSource(source.name, source.presence, source.nearness) for source in hearing.sources)
    likeliest = tuple(LikelyName(one.name, one.presence) for one in hearing.likeliest)
    return HeardStatus(sources, hearing.certainty, hearing.hour, hearing.hour_firmness, doing, likeliest)


def pick_device(name: str) -> torch.device:
    """Return the device called `name`; `auto` is CUDA's where there is one."""
    if name == "auto":
        return torch.device("cuda" if torch.cuda.is_available() else "cpu")
    return torch.device(name)
