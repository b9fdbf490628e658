"""How loud a clip is, which tells how near a thing sounds whose name is known: a clock is quieter than a train."""

from typing import Final

import torch
from torch import Tensor

from s2s.spectrogram_spec import SpectrogramSpec

LEVELS: Final = ("the whole", "its loudest third")
_LOUDEST: Final = 1 / 3
_LEAST: Final = 1e-12  # mean square: -120 dBFS


def clip_levels_db(log_power: Tensor, spec: SpectrogramSpec) -> Tensor:
    """Return the levels in dBFS, float32 [..., 2] as `LEVELS` names them, of clips of log power [..., bins, frames].

    Mean squares, a full-scale sine being -3 dBFS: the mean over all columns, and over the loudest third of them, which
    a bell that is struck once in ten seconds has all to itself. What the floor adds is taken off again. Each column's
    density, integrated over frequency, is its mean square (Parseval); the window's taper weighs its middle more.
    """
    hz_a_bin = spec.sample_rate_hz / spec.window_samples
    density = (log_power.float().exp() - spec.floor).clamp_min(0.0)
    of_columns = density.sum(dim=-2) * hz_a_bin  # [..., frames]
    loudest = of_columns.topk(max(round(of_columns.shape[-1] * _LOUDEST), 1), dim=-1).values
    means = torch.stack([of_columns.mean(dim=-1), loudest.mean(dim=-1)], dim=-1)
    return 10.0 * means.clamp_min(_LEAST).log10()
