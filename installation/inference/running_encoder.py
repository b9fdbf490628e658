"""f_A beside a running spectrogram: which clip is heard next, and how much of it has to be computed anew.

A clip as long as the sound's history is heard once a hop. From the first whole clip on, a model whose levels are fixed
hears clips that lie a whole number of steps apart, so that its convolutions go on from the clip before; one that
levels each clip by itself changes every column with every hop, and is heard as often as the machine has time for it.
"""

from collections import deque
from dataclasses import dataclass
from typing import Final

import torch
from torch import Tensor

from installation.inference.captured_hearing import CapturedHearing
from s2s.bundle import Bundle
from s2s.models.streaming_audio_encoder import COLUMNS_A_STEP, StreamingAudioEncoder
from s2s.spectrogram import SpectrogramStream, at_gain, normalise

HOP_S: Final = 0.25
"""How often a clip is heard whole: four times a second is finer than its ten seconds can tell apart."""
LONGEST_HOP_S: Final = 2.0
MOST_BUSY: Final = 0.25
"""The share of one core that hearing may take: the picture needs the rest."""

_REMEMBERED: Final = 5


@dataclass(frozen=True, slots=True, eq=False)
class EncodedClip:
    """The log power [bins, frames] of the newest clip, f_A's last map [1, map_dim, f, t] of it, and of the same turned
    down, where that was asked for.
    """

    log_power: Tensor
    features: Tensor
    quieter: Tensor | None = None


class RunningEncoder:
    """Owns f_A's running maps over the sound in `stream`."""

    def __init__(self, model: Bundle, stream: SpectrogramStream, captured: CapturedHearing | None = None) -> None:
        """`captured` hears whole clips, where there is a device that does it at once."""
        self._model, self._stream, self._captured = model, stream, captured
        frames = model.spec.num_frames
        on_cpu = model.device.type == "cpu" and captured is None
        self._goes_on = model.spec.normalisation == "fixed" and on_cpu
        self._encoder, self._quieter = (
            StreamingAudioEncoder(model.audio_encoder, frames) if on_cpu else None for _ in range(2)
        )
        self._next_end = frames
        self._due_at: float | None = None
        self._hop_s = HOP_S
        self._took_s: deque[float] = deque(maxlen=_REMEMBERED)

    def is_due(self, now: float, new_samples: int) -> bool:
        """Return whether there is a clip to be heard, `new_samples` after what the stream has."""
        if self._steps:
            return new_samples >= self._stream.samples_until(self._next_end)
        return self._due_at is None or now >= self._due_at

    def took(self, duration_s: float) -> None:
        """Learn how long hearing a clip took: clips that are heard whole may take up no more than their share.

        The shortest of the last few counts: longer ones waited for a busy machine.
        """
        self._took_s.append(duration_s)
        if not self._goes_on and len(self._took_s) == _REMEMBERED:
            self._hop_s = min(max(HOP_S, min(self._took_s) / MOST_BUSY), LONGEST_HOP_S)

    def reset(self) -> None:
        """Forget the sound, as after a gap in it."""
        self._next_end = self._model.spec.num_frames
        for encoder in (self._encoder, self._quieter):
            if encoder is not None:
                encoder.reset()

    def encode(self, now: float, quieter_db: float | None = None) -> EncodedClip:
        """Return the newest clip as f_A hears it, and the same so many dB quieter, if that is asked.

        The stream has heard what was due. Raises ValueError before its first sample.
        """
        self._plan_next(now)
        end = self._next_end - COLUMNS_A_STEP if self._steps else None
        log_power = self._stream.log_power() if end is None else self._stream.log_power_until(end)
        features = self._map(self._encoder, log_power, end)
        if quieter_db is None:
            return EncodedClip(log_power, features)
        turned_down = at_gain(log_power, quieter_db, self._model.spec)
        return EncodedClip(log_power, features, self._map(self._quieter, turned_down, end))

    @property
    def _steps(self) -> bool:
        return self._goes_on and self._stream.num_columns >= self._model.spec.num_frames

    def _plan_next(self, now: float) -> None:
        # Hops lie on a grid, so that late steps do not stretch them; a long pause starts a new grid.
        late = self._due_at is None or now - self._due_at > self._hop_s
        self._due_at = now + self._hop_s if late or self._due_at is None else self._due_at + self._hop_s
        newest = self._stream.num_columns
        if self._steps and newest >= self._next_end:
            self._next_end += ((newest - self._next_end) // COLUMNS_A_STEP + 1) * COLUMNS_A_STEP

    @torch.inference_mode()
    def _map(self, encoder: StreamingAudioEncoder | None, log_power: Tensor, end: int | None) -> Tensor:
        inputs = normalise(log_power, self._model.spec).float()[None, None]  # [1, 1, bins, frames]
        if self._captured is not None:
            return self._captured.features(inputs)
        if encoder is None:
            return self._model.audio_encoder.features(inputs.to(self._model.device))
        return encoder.features(inputs, end)
