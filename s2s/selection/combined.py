"""The selector that `retrain` chooses by: what sounds, how new it is, what is seen then, and whether the two agree.

Each of these alone fails on some film: the loudest moment may be a door, the newest a step, and networks that never
heard the place are unsure of all of it. Only moments at which something sounds are looked at, and few of them, so that
a clip costs one pass of f_A and a handful of f_V.
"""

from dataclasses import dataclass
from typing import Any, Final

import numpy as np
import torch
from numpy.typing import NDArray

from s2s.bundle import Bundle, BundleError
from s2s.data.clip_source import ClipSource, Frames
from s2s.models.image_encoder import PictureEncoder
from s2s.rates import FRAME_RATE_HZ
from s2s.sampling.embed import unit
from s2s.selection.selectors import ByLocalizer, Scores, loudness_db
from s2s.selection.sounding import candidates, novelty_db, softest_and_loudest_db, sounding
from s2s.spectrogram import fit_clip, spectrogram
from s2s.training.inputs.moments import fingerprint, frame_px

LOOKED_AT_EVERY: Final = 5
"""Of so many frames at which something sounds one is looked at."""
AROUND_S: Final = 1.0
"""So much sound before and after a frame is compared with it."""
DB_A_COSINE: Final = 60.0
"""What agreement is worth where novelty tells nothing: a cosine higher by 0.1 as much as 6 dB."""
TELLING_DB: Final = 4.0
"""Where the novelty of what is looked at ranges over as much, agreement counts half, further half of that."""
_THUMBNAIL: Final = 8
_ALIKE: Final = 5.0
"""Thumbnails that differ by so many of 256 levels are half alike, as much as 0.37: one shot in a hand that shakes."""
_LEAST: Final = 1e-3
_APART: Final = 5.0


@dataclass(frozen=True, slots=True, eq=False)
class Evidence:
    """What speaks for the moments of a clip that are looked at: `at` [k] their frames, `scores` [k] in dB of novelty.

    `doubt`, 0..1, is how little novelty tells them apart. `seen` [k, d] are f_V's unit features of their pictures,
    `listened` [c] what f_A's last layer is given where something sounds, `heard` [n] where that is, `range_db` [2] the
    levels of the clip's softest moments and of its loudest.
    """

    at: NDArray[np.int64]
    scores: Scores
    doubt: float
    seen: Scores
    listened: Scores
    heard: NDArray[np.bool_]
    range_db: NDArray[np.float64]

    def of_every_frame(self, scores: Scores) -> Scores:
        """Return a score for each of the n frames: that of the nearest looked at, less the further away it is.

        A frame at which nothing sounds lies below all others.
        """
        frames = np.arange(len(self.heard))
        apart = np.abs(frames[:, None] - self.at[None])
        nearest = apart.argmin(axis=1)
        spread = scores[nearest] - _LEAST * apart[frames, nearest]
        return np.asarray(np.where(self.heard, spread, spread - np.ptp(spread) - _APART), np.float32)


@dataclass(frozen=True, slots=True)
class Combined:
    """Novelty, pooled over the moments that look alike, and agreement; with a localizer its C_av as well.

    A picture that is seen while something new sounds, and not while nothing does, is of what sounds, whatever that may
    be: this needs no network, and holds for a sound as short as a bark. What is new all the time is told by agreement.
    """

    bundle: Bundle
    localizer: ByLocalizer | None = None

    def __post_init__(self) -> None:
        if self.bundle.image_encoder is None:
            raise BundleError(self.bundle.path, "image_encoder", "selection compares frames with sounds: needs f_V")

    @property
    def settings(self) -> dict[str, Any]:
        """The name, the bundle and the localizer."""
        card = self.bundle.card
        networks = {"encoder": fingerprint(self._encoder), "ears": fingerprint(self.bundle.audio_encoder)}
        located = None if self.localizer is None else self.localizer.settings
        return {"by": "combined", "bundle": card.name, "version": card.version, **networks, "localizer": located}

    @property
    def _encoder(self) -> PictureEncoder:
        assert self.bundle.image_encoder is not None
        return self.bundle.image_encoder

    def scores(self, source: ClipSource, clip_id: str) -> Scores:
        """Return scores in dB of novelty; a moment at which nothing sounds lies below all others."""
        evidence = self.evidence(source, clip_id)
        return evidence.of_every_frame(evidence.scores)

    def evidence(self, source: ClipSource, clip_id: str) -> Evidence:
        """Return what speaks for the moments of a clip. Raises ValueError for a clip without frames."""
        frames = source.frames(clip_id, frame_px(self._encoder))
        if not len(frames):
            raise ValueError("it has no frames")
        sound, num_frames = source.sound(clip_id), len(frames)
        level_db = loudness_db(sound, num_frames)
        heard, range_db = sounding(level_db), np.array(softest_and_loudest_db(level_db))
        at = candidates(heard, LOOKED_AT_EVERY)
        novelty = pooled(novelty_db(sound, num_frames), frames)[at]
        doubt = 1.0 / (1.0 + float(np.ptp(novelty)) / TELLING_DB)
        seen, columns = self._seen(frames[at]), self._columns(sound, num_frames)
        agreement = (seen * self._embedded(columns, at)).sum(axis=1)
        if self.localizer is not None:
            agreement = agreement + self.localizer.scores(source, clip_id)[at]
        scores = np.asarray(novelty + DB_A_COSINE * doubt * agreement, np.float32)
        return Evidence(at, scores, doubt, seen, columns[heard].mean(axis=0), heard, range_db)

    @torch.inference_mode()
    def _seen(self, frames: Frames) -> Scores:
        pictures = torch.from_numpy(np.ascontiguousarray(frames)).to(self.bundle.device)
        return _array(unit(self._encoder.encode(pictures.permute(0, 3, 1, 2).float() / 127.5 - 1.0)))

    @torch.inference_mode()
    def _columns(self, sound: NDArray[np.float32], num_frames: int) -> Scores:
        """Return f_A's last map at every frame, averaged over frequency [num_frames, c]: of one pass over the clip."""
        spec = self.bundle.spec
        heard = spectrogram(fit_clip(sound, spec)[None], spec).to(self.bundle.device)
        columns = _array(self.bundle.audio_encoder.features(heard).mean(2)[0].T)
        # A clip shorter than f_A hears is heard again and again: its frames are those of the first time.
        share = min(len(sound) / spec.clip_samples, 1.0)
        places = (np.arange(num_frames) + 0.5) / num_frames * share * len(columns)
        return columns[np.minimum(places.astype(np.int64), len(columns) - 1)]

    @torch.inference_mode()
    def _embedded(self, columns: Scores, at: NDArray[np.int64]) -> Scores:
        """Return f_A's unit embedding [k, d] of the sound around each frame of `at`."""
        reach = round(AROUND_S * FRAME_RATE_HZ)
        around = [columns[max(frame - reach, 0) : frame + reach + 1].mean(axis=0) for frame in at.tolist()]
        pool = torch.from_numpy(np.stack(around)).to(self.bundle.device)
        return _array(unit(self.bundle.audio_encoder.embed(pool)))


def pooled(values: Scores, frames: Frames) -> Scores:
    """Return the mean of `values` [n] over the frames that look like each frame [n, px, px, 3]: a shot's, mostly."""
    small = _thumbnails(frames)
    apart = np.abs(small[:, None] - small[None]).mean(axis=2)
    weights = np.exp(-apart / _ALIKE)
    return np.asarray(weights @ values / weights.sum(axis=1), np.float32)


def _thumbnails(frames: Frames) -> NDArray[np.float32]:
    """Return frames [n, px, px, 3] as means of 8×8 patches [n, 192]."""
    px = frames.shape[1] // _THUMBNAIL * _THUMBNAIL
    side = px // _THUMBNAIL
    patches = frames[:, :px, :px].reshape(len(frames), _THUMBNAIL, side, _THUMBNAIL, side, 3)
    return np.asarray(patches.mean(axis=(2, 4), dtype=np.float32).reshape(len(frames), -1))


def _array(values: torch.Tensor) -> Scores:
    return np.asarray(values.float().cpu().numpy(), np.float32)
