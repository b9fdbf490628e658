"""From the ring to a target: every hop, the newest 10 s become what is heard, in the image encoder's space.

Runs in the inference process. Spectrogram and encoder cost only what is new; a short history is repeated to full
length.
"""

import math
import time
from dataclasses import dataclass
from typing import Final

import numpy as np
import torch
from numpy.typing import NDArray
from torch import Tensor

from installation.inference.captured_hearing import hearing_of
from installation.inference.running_encoder import RunningEncoder
from installation.ring import AudioRing
from installation.values import SAMPLE_RATE_HZ, Samples
from s2s.bundle import Bundle
from s2s.sampling.sources import Hearing, hear_features
from s2s.spectrogram import SpectrogramStream

QUIETER_DB: Final = -20.0
"""How far the sound is turned down to learn which way louder lies: a tenth of the amplitude, clearly another volume."""
_LEAST_SAMPLES: Final = SAMPLE_RATE_HZ // 5


@dataclass(frozen=True, slots=True, eq=False)
class Target:
    """What was heard, numbered, with its sound's stamp.

    `volume_direction` `[h_dim]` points from the embedding of the same sound turned down to that of the sound (z_A1 -
    z_A2 of the paper's edit); None where nobody asked for it.
    """

    hearing: Hearing
    serial: int
    heard_at: float
    volume_direction: NDArray[np.float32] | None = None


class Listener:
    """Owns the running spectrogram and hears by `model`. `ring` holds sound at the spectrogram's own rate."""

    def __init__(self, model: Bundle, ring: AudioRing) -> None:
        if model.spec.sample_rate_hz != SAMPLE_RATE_HZ:
            raise ValueError(f"the show hears {SAMPLE_RATE_HZ} Hz, this model wants {model.spec.sample_rate_hz} Hz")
        self._model, self._ring = model, ring
        self._stream = SpectrogramStream(model.spec)
        self._encoder = RunningEncoder(model, self._stream, hearing_of(model))
        # A restarted worker hears what it missed.
        self._read_to = max(ring.position.written - model.spec.clip_samples, 0)
        self._serial = 0

    def next_target(
        self, now: float, *, window_s: float = math.inf, with_volume_direction: bool = False
    ) -> Target | None:
        """Return a new target if a clip is due and there is enough sound, else None.

        Of the clip the newest `window_s` seconds count: f_A's map has a column for each third of a second or so, and
        the older ones are left out of what is averaged.
        With `with_volume_direction` the target says which way louder lies, for a second pass of the encoder.
        """
        written = self._ring.position.written
        if written < _LEAST_SAMPLES or written <= self._read_to:
            return None
        if not self._encoder.is_due(now, written - self._read_to):
            return None
        reading = self._ring.since(self._read_to)
        if reading.lost:
            self._stream.reset()
            self._encoder.reset()
        self._read_to = reading.written
        self._stream.push(np.nan_to_num(reading.block.samples))
        began = time.perf_counter()
        target = self._encode(now, reading.block.heard_at, window_s, with_volume_direction=with_volume_direction)
        self._encoder.took(time.perf_counter() - began)
        return target

    @property
    def read_to(self) -> int:
        """How many samples of the ring have been taken in, or passed over before the first."""
        return self._read_to

    def recent(self, duration_s: float) -> Samples:
        """Return the newest `duration_s` seconds of sound, or what there is of them."""
        return self._ring.newest(round(duration_s * SAMPLE_RATE_HZ)).samples

    def _encode(self, now: float, heard_at: float, window_s: float, *, with_volume_direction: bool) -> Target | None:
        clip = self._encoder.encode(now, QUIETER_DB if with_volume_direction else None)
        newest = (self._newest(columns, window_s) for columns in (clip.features, clip.log_power))
        try:
            hearing = hear_features(self._model, *newest)
        except ValueError:
            return None  # a dead ReLU vector has no direction: keep the last target
        louder = None if clip.quieter is None else self._louder(hearing, self._newest(clip.quieter, window_s))
        self._serial += 1
        return Target(hearing, self._serial, heard_at, louder)

    def _newest(self, features: Tensor, window_s: float) -> Tensor:
        """Return the columns of a clip's map [..., t] that hear the newest `window_s` seconds, at least one.

        Of a history that is repeated to a clip's length, the newest sound is not at the clip's end.
        """
        columns = features.shape[-1]
        clip_s = self._model.spec.clip_samples / SAMPLE_RATE_HZ
        kept = min(max(round(columns * min(window_s / clip_s, 1.0)), 1), columns)
        if kept == columns:
            return features
        end = max(round(columns * self._stream.newest_end), kept)
        return features[..., end - kept : end]

    @torch.inference_mode()
    def _louder(self, hearing: Hearing, quieter: Tensor) -> NDArray[np.float32]:
        """Return which way louder lies, `[h_dim]`; a sound too soft to be answered lies at nothing."""
        embedding: NDArray[np.float32] = self._model.audio_encoder.embed(quieter.mean((2, 3)))[0].float().cpu().numpy()
        length = float(np.linalg.norm(embedding))
        if not math.isfinite(length):
            return np.zeros_like(hearing.h)
        louder: NDArray[np.float32] = hearing.h - embedding / max(length, float(np.finfo(np.float32).tiny))
        return louder
