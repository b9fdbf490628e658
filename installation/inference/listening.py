"""From the ring to a target: every hop, the newest 10 s become what is heard, in the image encoder's space.

Runs in the inference process. The spectrogram costs only what is new; a short history is repeated to full length.
"""

import math
from dataclasses import dataclass
from typing import Final

import numpy as np
import torch
from numpy.typing import NDArray
from torch import Tensor

from installation.ring import AudioRing
from installation.values import SAMPLE_RATE_HZ, Samples
from s2s.bundle import Bundle
from s2s.sampling.sources import Hearing, hear
from s2s.spectrogram import SpectrogramStream, at_gain, normalise

HOP_S: Final = 0.25
"""How often the encoder looks: four times a second is finer than its 10 s window can tell apart."""
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
        # A restarted worker hears what it missed.
        self._read_to = max(ring.position.written - model.spec.clip_samples, 0)
        self._serial = 0
        self._due_at: float | None = None

    def next_target(self, now: float, *, with_volume_direction: bool = False) -> Target | None:
        """Return a new target if a hop has passed and there is enough sound, else None.

        With `with_volume_direction` the target says which way louder lies, for a second pass of the encoder.
        """
        if self._due_at is not None and now < self._due_at:
            return None
        reading = self._ring.since(self._read_to)
        if reading.written < _LEAST_SAMPLES or len(reading.block.samples) == 0:
            return None
        # Hops lie on a grid, so that late steps do not stretch them; a long pause starts a new grid.
        late = self._due_at is None or now - self._due_at > HOP_S
        self._due_at = now + HOP_S if late or self._due_at is None else self._due_at + HOP_S
        if reading.lost:
            self._stream.reset()
        self._read_to = reading.written
        self._stream.push(np.nan_to_num(reading.block.samples))
        return self._encode(reading.block.heard_at, with_volume_direction=with_volume_direction)

    def recent(self, duration_s: float) -> Samples:
        """Return the newest `duration_s` seconds of sound, or what there is of them."""
        return self._ring.newest(round(duration_s * SAMPLE_RATE_HZ)).samples

    def _encode(self, heard_at: float, *, with_volume_direction: bool) -> Target | None:
        log_power = self._stream.log_power()
        try:
            hearing = hear(self._model, self._as_input(log_power))
        except ValueError:
            return None  # a dead ReLU vector has no direction: keep the last target
        louder = self._louder(hearing, log_power) if with_volume_direction else None
        self._serial += 1
        return Target(hearing, self._serial, heard_at, louder)

    def _as_input(self, log_power: Tensor) -> Tensor:
        return normalise(log_power, self._model.spec).float()[None, None]  # [1, 1, bins, frames]

    @torch.inference_mode()
    def _louder(self, hearing: Hearing, log_power: Tensor) -> NDArray[np.float32]:
        """Return which way louder lies, `[h_dim]`; a sound too soft to be answered lies at nothing."""
        quieter = self._as_input(at_gain(log_power, QUIETER_DB, self._model.spec)).to(self._model.device)
        embedding = self._model.audio_encoder(quieter)[0].float().cpu().numpy()
        length = float(np.linalg.norm(embedding))
        if not math.isfinite(length):
            return np.zeros_like(hearing.h)
        louder: NDArray[np.float32] = hearing.h - embedding / max(length, float(np.finfo(np.float32).tiny))
        return louder
