"""Reverberation in the power domain: every band of a spectrogram smeared by a decay of its own.

Late reverberation adds up in power, so that a room is one exponential a band (Lebart et al. 2001, "A New Method Based
on Spectral Subtraction for Speech Dereverberation", section 2); no impulse response has to be kept or licensed.
"""

from typing import Final

import torch
from torch import Tensor

from s2s.training.engine.step_context import SampleRng

_BANDS: Final = 5  # of a decay's curve over frequency: concrete, carpets and air each take other ones first
_UNEVEN: Final = 0.35  # deviation of a band's decay, as a logarithm
_AIR: Final = 0.7  # how much sooner the highest band dies, as a logarithm
_LONGEST_TAIL_S: Final = 3.975  # 40 dB down in the longest hall
_MIN_60_DB: Final = 13.8155  # ln(10^6): how far power falls in one reverberation time


def reverberated(
    power: Tensor,
    share: float,
    decay_s: tuple[float, float],
    direct_db: tuple[float, float],
    hop_s: float,
    sample_rng: SampleRng,
) -> Tensor:
    """Return power [b, bins, frames], a column every `hop_s`, in rooms: about `share` of the sounds get one, the others
    stay as they are. Low bins come first.

    A room's reverberation time is drawn evenly in its logarithm from `decay_s`, and each band's around it; `direct_db`
    is the direct sound against all that the room adds.
    """
    in_room = sample_rng.chance(share)
    decays_s = _decays_s(decay_s, power.shape[1], sample_rng)  # [b, bins]
    direct = 10.0 ** (sample_rng.uniform(*direct_db) / 10.0)
    if not bool(in_room.any()):
        return power
    rows = in_room.nonzero().squeeze(1)
    tail = torch.arange(1, round(_LONGEST_TAIL_S / hop_s) + 1) * hop_s
    echoes = torch.exp(-_MIN_60_DB * tail / decays_s[rows][..., None])  # [rows, bins, columns]
    echoes = echoes / echoes.sum(dim=-1, keepdim=True) / direct[rows][:, None, None]
    kernel = torch.cat([torch.ones(*echoes.shape[:2], 1), echoes], dim=-1).to(power.device)
    out = power.clone()
    out[rows.to(power.device)] = _convolved(power[rows.to(power.device)], kernel)
    return out


def _decays_s(decay_s: tuple[float, float], bins: int, sample_rng: SampleRng) -> Tensor:
    """Return reverberation times [b, bins] in seconds, smooth over frequency."""
    low, high = (float(torch.tensor(limit).log()) for limit in decay_s)
    whole = sample_rng.uniform(low, high)[:, None]
    knots = _UNEVEN * sample_rng.normal(_BANDS) - _AIR * torch.linspace(0.0, 1.0, _BANDS)
    curve = torch.nn.functional.interpolate((whole + knots)[:, None], bins, mode="linear", align_corners=True)
    return curve[:, 0].exp()


def _convolved(power: Tensor, kernel: Tensor) -> Tensor:
    """Return rows of time convolved, the first columns before the beginning taken from the end: sounds go on."""
    frames = power.shape[-1]
    if kernel.shape[-1] > frames:
        kernel = kernel[..., :frames]
    padded = torch.zeros_like(power)
    padded[..., : kernel.shape[-1]] = kernel
    heard: Tensor = torch.fft.irfft(torch.fft.rfft(power) * torch.fft.rfft(padded), frames).clamp_min(0.0)
    return heard
