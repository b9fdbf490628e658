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
from s2s.sampling.embed import unit
from s2s.selection.selectors import ByLocalizer, Scores, loudness_db
from s2s.selection.sounding import candidates, novelty_db, sounding
from s2s.spectrogram import fit_clip, spectrogram
from s2s.training.inputs.moments import fingerprint, frame_px

LOOKED_AT_EVERY: Final = 5
"""Of so many frames at which something sounds one is looked at."""
AROUND_S: Final = 1.0
"""So much sound before and after a frame is compared with it."""
DB_A_COSINE: Final = 60.0
"""What agreement is worth beside novelty: a cosine higher by 0.1 as much as 6 dB."""
_THUMBNAIL: Final = 8
_ALIKE: Final = 5.0
"""Thumbnails that differ by so many of 256 levels are half alike, as much as 0.37: one shot in a hand that shakes."""
_LEAST: Final = 1e-3
_UNSEEN: Final = 1e3


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
        """Return scores in dB of novelty; a moment at which nothing sounds lies a thousand below the others."""
        frames = source.frames(clip_id, frame_px(self._encoder))
        if not len(frames):
            raise ValueError("it has no frames")
        sound = source.sound(clip_id)
        heard = sounding(loudness_db(sound, len(frames)))
        looked_at = candidates(heard, LOOKED_AT_EVERY)
        scores = pooled(novelty_db(sound, len(frames)), frames)[looked_at]
        scores = scores + DB_A_COSINE * self._agreement(frames[looked_at], sound, looked_at, len(frames))
        if self.localizer is not None:
            scores = scores + DB_A_COSINE * self.localizer.scores(source, clip_id)[looked_at]
        return _spread(scores, looked_at, heard)

    @torch.inference_mode()
    def _agreement(self, frames: Frames, sound: NDArray[np.float32], at: NDArray[np.int64], num_frames: int) -> Scores:
        """Return the cosine of f_V of each frame and f_A of the sound around it, all of one pass over the clip."""
        pictures = torch.from_numpy(np.ascontiguousarray(frames)).to(self.bundle.device)
        seen = unit(self._encoder.encode(pictures.permute(0, 3, 1, 2).float() / 127.5 - 1.0))
        spec, ears = self.bundle.spec, self.bundle.audio_encoder
        columns = ears.features(spectrogram(fit_clip(sound, spec)[None], spec).to(self.bundle.device)).mean(2)[0].T
        span = len(columns) * len(sound) / max(len(sound), spec.clip_samples)  # a short clip is heard again and again
        around = [columns[_window(frame, num_frames, span, len(sound) / spec.sample_rate_hz)].mean(0) for frame in at]
        return np.asarray((seen * unit(ears.embed(torch.stack(around)))).sum(1).float().cpu().numpy(), np.float32)


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


def _window(frame: int, num_frames: int, span: float, seconds: float) -> slice:
    centre, half = (frame + 0.5) / num_frames * span, AROUND_S / max(seconds, AROUND_S) * span
    begin = int(max(centre - half, 0))
    return slice(begin, max(round(min(centre + half, span)), begin + 1))


def _spread(scores: Scores, looked_at: NDArray[np.int64], heard: NDArray[np.bool_]) -> Scores:
    """Return a score for every frame: that of the nearest one looked at, less the further away it is."""
    frames = np.arange(len(heard))
    apart = np.abs(frames[:, None] - looked_at[None])
    nearest = apart.argmin(axis=1)
    spread = scores[nearest] - _LEAST * apart[frames, nearest]
    return np.asarray(np.where(heard, spread, spread - _UNSEEN), np.float32)
