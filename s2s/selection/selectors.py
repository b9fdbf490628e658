"""Ways of saying how well each frame of a clip goes with its sound. One object per way; none has seen a label.

Each gives a score a frame, and the frames of the highest scores are selected.
"""

import zlib
from dataclasses import dataclass
from typing import Any, Final, Protocol

import numpy as np
import torch
from numpy.typing import NDArray
from torch import Tensor

from s2s.bundle import Bundle, BundleError
from s2s.data.clip_source import ClipSource
from s2s.models.image_encoder import PictureEncoder
from s2s.models.localizer import Localizer, similarity_maps
from s2s.rates import FRAME_RATE_HZ, SAMPLE_RATE_HZ
from s2s.sampling.embed import unit
from s2s.spectrogram import fit_clip, spectrogram
from s2s.training.inputs.log_bands import log_bands
from s2s.training.inputs.moments import fingerprint, frame_px, picture_maps
from s2s.training.stages.localizer import LocalizerAbout

Scores = NDArray[np.float32]  # [num_frames], higher goes better with the sound
WINDOW_S: Final = 2.0  # of sound around a frame, for self-training: f_A hears it repeated to a clip
AUDIBLE_DB: Final = 20.0
_INAUDIBLE_SHARE: Final = 1e-3  # of the range of scores, so that what cannot be heard keeps its order
WINDOW_EVERY: Final = 5  # frames: f_A hears ten seconds at a time, and takes its time
_WINDOWS_AT_ONCE: Final = 4
_FRAMES_AT_ONCE: Final = 32


class Selector(Protocol):
    """A way of scoring frames."""

    @property
    def settings(self) -> dict[str, Any]:
        """All that the scores depend on besides the clip: plain values."""
        ...

    def scores(self, source: ClipSource, clip_id: str) -> Scores:
        """Return a finite score for every frame of a clip. Raises ValueError for a clip without frames or sound."""
        ...


@dataclass(frozen=True, slots=True)
class ByMiddle:
    """The nearer to the middle of the clip, the better: what is done where nothing is selected."""

    px: int = 128

    @property
    def settings(self) -> dict[str, Any]:
        """Nothing but the name."""
        return {"by": "middle"}

    def scores(self, source: ClipSource, clip_id: str) -> Scores:
        """Return minus the distance to the middle frame, num_frames // 2."""
        frames = np.arange(len(_frames(source, clip_id, self.px)))
        return np.asarray(-np.abs(frames - len(frames) // 2), np.float32)


@dataclass(frozen=True, slots=True)
class ByChance:
    """Drawn at random, fixed by seed and clip, in whatever order the clips come."""

    seed: int = 0
    px: int = 128

    @property
    def settings(self) -> dict[str, Any]:
        """The name and the seed."""
        return {"by": "random", "seed": self.seed}

    def scores(self, source: ClipSource, clip_id: str) -> Scores:
        """Return numbers drawn evenly from 0..1."""
        rng = np.random.default_rng([self.seed, zlib.crc32(clip_id.encode())])
        return rng.random(len(_frames(source, clip_id, self.px)), dtype=np.float32)


@dataclass(frozen=True, slots=True)
class ByLoudness:
    """The louder the moment, the better: tells how much of a selection sound alone explains."""

    px: int = 128

    @property
    def settings(self) -> dict[str, Any]:
        """Nothing but the name."""
        return {"by": "loudest"}

    def scores(self, source: ClipSource, clip_id: str) -> Scores:
        """Return the level of each frame's tenth of a second in dB."""
        return loudness_db(source.sound(clip_id), len(_frames(source, clip_id, self.px)))


@dataclass(frozen=True, slots=True)
class BySelfTraining:
    """The cosine of a bundle's f_V of the frame and f_A of the sound around it: no further network is needed."""

    bundle: Bundle

    @property
    def settings(self) -> dict[str, Any]:
        """The name and the bundle."""
        card = self.bundle.card
        return {"by": "self", "bundle": card.name, "version": card.version, "encoder": fingerprint(self._encoder)}

    @property
    def _encoder(self) -> PictureEncoder:
        if self.bundle.image_encoder is None:
            raise BundleError(self.bundle.path, "image_encoder", "self-training compares frames with sounds: needs f_V")
        return self.bundle.image_encoder

    @torch.inference_mode()
    def scores(self, source: ClipSource, clip_id: str) -> Scores:
        """Return cosines in 0..1."""
        frames = _frames(source, clip_id, frame_px(self._encoder))
        seen = [self._encoder.encode(few) for few in _as_pictures(frames, self.bundle.device)]
        heard = self._hear(source.sound(clip_id), len(frames))
        return _array((unit(torch.cat(seen)) * heard).sum(dim=1))

    def _hear(self, sound: NDArray[np.float32], num_frames: int) -> Tensor:
        """Return the unit embedding [num_frames, d] of the window around each frame, a new one every few frames."""
        spec = self.bundle.spec
        starts = range(0, num_frames, WINDOW_EVERY)
        centres = [(start + WINDOW_EVERY / 2) / FRAME_RATE_HZ for start in starts]
        half = round(WINDOW_S / 2 * spec.sample_rate_hz)
        windows = []
        for centre_s in centres:
            at = min(round(centre_s * spec.sample_rate_hz), max(len(sound) - half, 0))
            windows.append(fit_clip(sound[max(at - half, 0) : at + half], spec))
        heard = [
            self.bundle.audio_encoder(spectrogram(few, spec).to(self.bundle.device))
            for few in torch.split(torch.stack(windows), _WINDOWS_AT_ONCE)
        ]
        return unit(torch.cat(heard)).repeat_interleave(WINDOW_EVERY, dim=0)[:num_frames]


@dataclass(frozen=True, slots=True)
class ByLocalizer:
    """C_av[t] = q_t^V · q_t^A of a trained localizer (Sound2Scene, 3.3).

    A moment more than `audible_db` below the clip's loudest scores next to -1, None: at its C_av like any other. An
    empty place and its silence correspond, but nobody is to learn from them.
    """

    net: Localizer
    about: LocalizerAbout
    encoder: PictureEncoder
    audible_db: float | None = AUDIBLE_DB

    def __post_init__(self) -> None:
        if (here := fingerprint(self.encoder)) != self.about.encoder:
            raise ValueError(
                f"the localizer was trained with another image encoder ({self.about.encoder}, not {here}): "
                "name the bundle that it was trained with"
            )

    @property
    def settings(self) -> dict[str, Any]:
        """The name, and fingerprints of both networks."""
        networks = {"encoder": self.about.encoder, "localizer": fingerprint(self.net)}
        return {"by": "localizer", "audible_db": self.audible_db, **networks}

    def scores(self, source: ClipSource, clip_id: str) -> Scores:
        """Return C_av[t] in -1..1."""
        scores = _array(self.net.moments(*self._places_and_steps(source, clip_id)))
        if self.audible_db is None:
            return scores
        level_db = loudness_db(source.sound(clip_id), len(scores))
        audible = level_db >= level_db.max() - self.audible_db
        return np.where(audible, scores, -1.0 + _INAUDIBLE_SHARE * (scores + 1.0)).astype(np.float32)

    def maps(self, source: ClipSource, clip_id: str) -> NDArray[np.float32]:
        """Return where each frame shows what sounds: cosines [num_frames, h, w] in -1..1."""
        return _array(similarity_maps(*self._places_and_steps(source, clip_id)))

    @torch.inference_mode()
    def _places_and_steps(self, source: ClipSource, clip_id: str) -> tuple[Tensor, Tensor]:
        frames = _frames(source, clip_id, frame_px(self.encoder))
        device = next(self.net.parameters()).device
        bands = log_bands(source.sound(clip_id), len(frames), self.net.sizes.num_bands)
        heard = self.net.hear(self.about.scaled(bands)[None].to(device))[0].T
        maps = picture_maps(self.encoder, frames, self.about.stages)
        return self.net.see([one.to(device) for one in maps]), heard


def loudness_db(sound: NDArray[np.float32], num_frames: int) -> Scores:
    """Return the RMS level of each frame's tenth of a second, dB of full scale, -120 where there is no sound."""
    span = round(SAMPLE_RATE_HZ / FRAME_RATE_HZ)
    padded = np.zeros(num_frames * span, np.float64)
    kept = sound[: len(padded)]
    padded[: len(kept)] = kept
    power = np.square(padded).reshape(num_frames, span).mean(axis=1)
    return np.asarray(10.0 * np.log10(power + 1e-12), np.float32)


def _frames(source: ClipSource, clip_id: str, px: int) -> NDArray[np.uint8]:
    frames = source.frames(clip_id, px)
    if not len(frames):
        raise ValueError("it has no frames")
    return frames


def _as_pictures(frames: NDArray[np.uint8], device: torch.device) -> list[Tensor]:
    parts = torch.split(torch.from_numpy(np.ascontiguousarray(frames)), _FRAMES_AT_ONCE)
    return [part.to(device).permute(0, 3, 1, 2).float() / 127.5 - 1.0 for part in parts]


def _array(values: Tensor) -> NDArray[np.float32]:
    return np.asarray(values.float().cpu().numpy(), np.float32)
