"""From the ring to a target: every hop, the newest 10 s become an embedding in the image encoder's space.

Runs in the inference process. The spectrogram costs only what is new; a short history is repeated to full length.
"""

from typing import Final

import numpy as np
import torch

from installation.ring import AudioRing
from installation.values import SAMPLE_RATE_HZ, Samples, Target
from s2s.models.audio_encoder import AudioEncoder
from s2s.spectrogram import SpectrogramStream, at_gain, normalise
from s2s.spectrogram_spec import SpectrogramSpec

HOP_S: Final = 0.25
"""How often the encoder looks: four times a second is finer than its 10 s window can tell apart."""
QUIETER_DB: Final = -20.0
"""How far the sound is turned down to learn which way louder lies: a tenth of the amplitude, clearly another volume."""
_LEAST_SAMPLES: Final = SAMPLE_RATE_HZ // 5


class Listener:
    """Owns the running spectrogram and the encoder. `ring` holds sound at the spectrogram's own rate."""

    def __init__(self, encoder: AudioEncoder, spec: SpectrogramSpec, ring: AudioRing, device: torch.device) -> None:
        if spec.sample_rate_hz != SAMPLE_RATE_HZ:
            raise ValueError(f"the show hears {SAMPLE_RATE_HZ} Hz, this model wants {spec.sample_rate_hz} Hz")
        self._encoder, self._ring, self._device = encoder, ring, device
        self._stream = SpectrogramStream(spec)
        self._read_to = max(ring.position.written - spec.clip_samples, 0)  # a restarted worker hears what it missed
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

    @torch.inference_mode()
    def _encode(self, heard_at: float, *, with_volume_direction: bool) -> Target | None:
        spec, log_power = self._stream.spec, self._stream.log_power()
        volumes = [log_power, at_gain(log_power, QUIETER_DB, spec)] if with_volume_direction else [log_power]
        inputs = torch.stack([normalise(volume, spec).float() for volume in volumes])  # [1 or 2, bins, frames]
        embeddings = self._encoder(inputs[:, None].to(self._device)).float().cpu().numpy()
        lengths = np.linalg.norm(embeddings, axis=1, keepdims=True)
        if not np.isfinite(lengths).all() or not lengths[0] > 0.0:
            return None  # a dead ReLU vector has no direction: keep the last target
        self._serial += 1
        units = embeddings / np.maximum(lengths, np.finfo(np.float32).tiny)
        return Target(units[0], self._serial, heard_at, units[0] - units[1] if with_volume_direction else None)
