"""THE definition of a model's input, for training and for the show, whole clips and running sound alike.

Called from any thread; owns no clock, device or file. Power and logarithm are computed in float64: in float32
the quiet bins of a loud frame lose the fifth digit, and what a model hears should not depend on the machine.
"""

import functools
import math

import numpy as np
import numpy.typing as npt
import torch
from torch import Tensor

from s2s.spectrogram_spec import SpectrogramSpec

__all__ = [
    "SPARE_COLUMNS",
    "SpectrogramSpec",
    "SpectrogramStream",
    "at_gain",
    "fit_clip",
    "log_power",
    "normalise",
    "power",
    "spectrogram",
]

_TAPER = 0.25  # part of the window that is tapered: SciPy's default window is Tukey(0.25)
SPARE_COLUMNS = 64
"""Columns that a running spectrogram holds before those of the newest clip."""
_MIN_DEVIATION = 1e-9  # added to a clip's deviation, as published: silence becomes zeros


@functools.lru_cache(maxsize=8)
def _window(num_samples: int, device: torch.device) -> Tensor:
    """Return the periodic Tukey window [n]: a raised cosine over the first and last eighth."""
    position = torch.arange(num_samples, dtype=torch.float64)
    to_edge = torch.minimum(position, num_samples - position) / (_TAPER * num_samples / 2)
    window = torch.sin(to_edge.clamp(max=1.0) * (math.pi / 2)).square()
    return window.to(device)


def power(waveform: Tensor, spec: SpectrogramSpec) -> Tensor:
    """Return the power density of every whole window, float64.

    `waveform` [..., samples], full scale ±1 -> [..., bins, frames], full scale squared per hertz. One-sided,
    each window's mean removed, nothing padded: `scipy.signal.spectrogram` at its defaults (Sound2Scene,
    published code). Raises ValueError where there is less than one window.
    """
    if waveform.shape[-1] < spec.window_samples:
        raise ValueError(f"need at least one window of {spec.window_samples} samples, got {waveform.shape[-1]}")
    window = _window(spec.window_samples, waveform.device)
    frames = waveform.to(torch.float64).unfold(-1, spec.window_samples, spec.hop_samples)  # [..., frames, window]
    frames = frames - frames.mean(-1, keepdim=True)
    spectrum = torch.fft.rfft(frames * window)  # [..., frames, bins]
    energy: Tensor = spectrum.real.square() + spectrum.imag.square()
    density = energy / (spec.sample_rate_hz * window.square().sum())
    density[..., 1:-1] *= 2  # the energy of the negative frequencies; 0 Hz and Nyquist have none
    return density.transpose(-1, -2)


def log_power(waveform: Tensor, spec: SpectrogramSpec) -> Tensor:
    """Return the natural logarithm of `power` above the floor, float64 [..., bins, frames]."""
    return torch.log(power(waveform, spec) + spec.floor)


def at_gain(log_power: Tensor, gain_db: float, spec: SpectrogramSpec) -> Tensor:
    """Return the log power [..., bins, frames] of the same sound `gain_db` louder, without hearing it again.

    Exact for float64 but for the clip to ±1, which is not applied anew: meant for sound that is turned down.
    """
    return torch.log((torch.exp(log_power) - spec.floor).clamp(min=0.0) * 10.0 ** (gain_db / 10.0) + spec.floor)


def normalise(log_power: Tensor, spec: SpectrogramSpec) -> Tensor:
    """Scale log power [..., bins, frames] as `spec.normalisation` says; same shape and dtype."""
    if spec.normalisation == "fixed":
        assert spec.mean is not None and spec.deviation is not None  # the spec checked this
        return (log_power - spec.mean) / spec.deviation
    mean = log_power.mean((-2, -1), keepdim=True)
    deviation = log_power.std((-2, -1), correction=0, keepdim=True)
    return (log_power - mean) / (deviation + _MIN_DEVIATION)


def spectrogram(waveform: Tensor, spec: SpectrogramSpec) -> Tensor:
    """Return the network's input for whole clips: [b, clip_samples] -> float32 [b, 1, bins, frames].

    Raises ValueError for any other shape: `fit_clip` brings sound of any length to it.
    """
    if waveform.ndim != 2 or waveform.shape[1] != spec.clip_samples:
        raise ValueError(f"expected waveforms [b, {spec.clip_samples}], got {list(waveform.shape)}")
    return normalise(log_power(waveform, spec), spec).float().unsqueeze(1)


def fit_clip(waveform: Tensor | npt.NDArray[np.floating], spec: SpectrogramSpec) -> Tensor:
    """Bring mono sound [..., samples] to one clip [..., clip_samples]: repeated or cut, then clipped to ±1.

    Raises ValueError for sound that is empty or holds NaN or infinity.
    """
    waveform = torch.as_tensor(waveform)
    num_samples = waveform.shape[-1] if waveform.ndim else 0
    if num_samples == 0:
        raise ValueError("the sound is empty: expected at least one sample")
    if not bool(torch.isfinite(waveform).all()):
        raise ValueError("the sound holds NaN or infinite samples")
    repeats = math.ceil(spec.clip_samples / num_samples)
    whole = waveform.repeat(*(1,) * (waveform.ndim - 1), repeats) if repeats > 1 else waveform
    return whole[..., : spec.clip_samples].clamp(-1.0, 1.0)


class SpectrogramStream:
    """The newest clip of a sound that arrives in blocks of any size.

    Columns lie on a grid of hops counted from the first sample. Until one whole clip was heard, the window is
    the spectrogram of all that was heard, repeated to the clip's length exactly as `fit_clip` repeats a short
    clip: it is computed anew at each call, and its repeats move as the history grows. From then on the window
    is the newest `spec.num_frames` columns and costs only what is new. Both agree where they meet.
    """

    def __init__(self, spec: SpectrogramSpec) -> None:
        self.spec = spec
        self.reset()

    def reset(self) -> None:
        """Forget everything heard, as after a gap in the sound."""
        self._num_samples = 0
        self._tail = np.empty(0, np.float32)  # samples from the start of the next column on
        self._opening: npt.NDArray[np.float32] | None = np.empty(0, np.float32)  # None once a whole clip was heard
        # Twice the window: columns are written onwards and moved back once a lap, instead of at every push.
        self._rows = torch.zeros(2 * self._held_columns, self.spec.num_bins, dtype=torch.float64)
        self._end = 0

    @property
    def _held_columns(self) -> int:
        return self.spec.num_frames + SPARE_COLUMNS

    @property
    def num_samples(self) -> int:
        """Samples heard since the start or the last reset."""
        return self._num_samples

    @property
    def num_columns(self) -> int:
        """Columns on the grid since the start or the last reset, whether still held or not."""
        return self.spec.frames_in(self._num_samples)

    @property
    def newest_end(self) -> float:
        """Where in the window the newest sound ends, as a part of its length: 1 once a whole clip was heard; before,
        where its last whole repetition does, after which the window begins it once more.
        """
        if self._num_samples == 0 or self._num_samples >= self.spec.clip_samples:
            return 1.0
        return self.spec.clip_samples // self._num_samples * self._num_samples / self.spec.clip_samples

    def push(self, samples: npt.NDArray[np.float32]) -> int:
        """Hear mono `samples` [n], clipped to ±1; return how many columns that added to the grid.

        Raises ValueError for NaN, infinity or another shape, and then has heard nothing.
        """
        if samples.ndim != 1:
            raise ValueError(f"expected mono samples [n], got shape {samples.shape}")
        if not np.isfinite(samples).all():
            raise ValueError("the sound holds NaN or infinite samples")
        block = np.clip(samples, -1.0, 1.0).astype(np.float32)
        before = self.num_columns
        self._num_samples += len(block)
        self._extend_opening(block)
        added = self.num_columns - before
        self._compute(np.concatenate([self._tail, block]), added)
        return added

    def log_power(self) -> Tensor:
        """Return the window's log power, float64 [bins, frames].

        Raises ValueError before the first sample.
        """
        if self._opening is not None:
            return log_power(fit_clip(self._opening, self.spec), self.spec)
        return self.columns(self.spec.num_frames)

    def log_power_until(self, end: int) -> Tensor:
        """Return the log power of the clip whose last column is the grid's `end` - 1, float64 [bins, frames].

        Raises ValueError for one that is not held: up to `SPARE_COLUMNS` behind the newest.
        """
        behind, frames = self.num_columns - end, self.spec.num_frames
        if not 0 <= behind <= SPARE_COLUMNS or end < frames:
            newest = self.num_columns
            raise ValueError(
                f"expected the end of a whole clip, {max(frames, newest - SPARE_COLUMNS)} to {newest}, got {end}"
            )
        last = self._end - behind
        return self._rows[last - frames : last].T.clone()

    def samples_until(self, column: int) -> int:
        """Return how many more samples complete the first `column` columns of the grid: 0 where they are heard."""
        needed = (column - 1) * self.spec.hop_samples + self.spec.window_samples
        return max(needed - self._num_samples, 0)

    def columns(self, count: int) -> Tensor:
        """Return the newest `count` columns of the grid, oldest first, float64 [bins, count].

        Raises ValueError for more than were heard or than one clip holds.
        """
        held = min(self.num_columns, self.spec.num_frames)
        if not 0 <= count <= held:
            raise ValueError(f"expected 0 to {held} columns, asked for {count}")
        return self._rows[self._end - count : self._end].T.clone()

    def spectrogram(self) -> Tensor:
        """Return the network's input for the window, float32 [1, 1, bins, frames]."""
        return normalise(self.log_power(), self.spec).float()[None, None]

    def _extend_opening(self, block: npt.NDArray[np.float32]) -> None:
        if self._opening is not None:
            whole = self._num_samples >= self.spec.clip_samples
            self._opening = None if whole else np.concatenate([self._opening, block])

    def _compute(self, samples: npt.NDArray[np.float32], added: int) -> None:
        """Compute the `added` columns that begin in `samples`, as many of them as the window can hold."""
        hop = self.spec.hop_samples
        kept = min(added, self._held_columns)
        if kept:
            start, last = (added - kept) * hop, (added - 1) * hop + self.spec.window_samples
            self._append(log_power(torch.from_numpy(samples[start:last]), self.spec).T)
        self._tail = samples[added * hop :].copy()

    def _append(self, rows: Tensor) -> None:
        if self._end + len(rows) > len(self._rows):
            keep = min(self._end, self._held_columns)
            self._rows[:keep] = self._rows[self._end - keep : self._end].clone()
            self._end = keep
        self._rows[self._end : self._end + len(rows)] = rows
        self._end += len(rows)
