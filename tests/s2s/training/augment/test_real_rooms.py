"""What rooms, microphones and recorders do to a spectrogram, each measured alone."""

import math
from dataclasses import replace

import pytest
import torch
from torch import Tensor
from torch.testing import assert_close

from s2s.spectrogram_spec import SpectrogramSpec
from s2s.training.augment.dynamics import compressed
from s2s.training.augment.freq_mix_style import freq_mix_style
from s2s.training.augment.masking import masked
from s2s.training.augment.response import hum, response_db, tilt_of
from s2s.training.augment.reverberation import reverberated
from s2s.training.augment.sound_mixing import MixingSettings, at_levels, mixed
from s2s.training.engine.step_context import SampleRng
from tests.rounding import rounding

SPEC = SpectrogramSpec(clip_samples=96_000)
FRAMES = 512


def rng(count: int, seed: int = 0) -> SampleRng:
    return SampleRng.whole_batch(torch.Generator().manual_seed(seed), count)


def noise(count: int, seed: int = 0) -> Tensor:
    """Return the power of white noise [count, bins, frames], 1 on average."""
    draws = torch.empty(count, SPEC.num_bins, FRAMES)
    return draws.exponential_(generator=torch.Generator().manual_seed(seed))


def decibels(power: Tensor) -> Tensor:
    return 10.0 * power.log10()


def test_a_clap_dies_by_sixty_decibels_in_the_reverberation_time() -> None:
    clap = torch.zeros(64, SPEC.num_bins, FRAMES)
    clap[..., 10] = 1.0
    heard = reverberated(clap, 1.0, (1.0, 1.0), (0.0, 0.0), SPEC.hop_s, rng(64))
    columns = round(0.3 / SPEC.hop_s)
    fall_db = decibels(heard[..., 12]) - decibels(heard[..., 12 + columns])
    # Bands differ around the room's own time, the highest die first; the middle of the scale is the room's.
    seconds = 60.0 * columns * SPEC.hop_s / fall_db
    assert float(seconds[:, 0].log().mean().exp()) == pytest.approx(1.0, rel=0.2)
    assert float(seconds[:, -1].mean()) < 0.7 * float(seconds[:, 0].mean())


def test_the_direct_sound_stands_as_far_above_the_room_as_asked() -> None:
    clap = torch.zeros(4, SPEC.num_bins, FRAMES)
    clap[..., 0] = 1.0
    heard = reverberated(clap, 1.0, (0.5, 0.5), (6.0, 6.0), SPEC.hop_s, rng(4))
    added = heard[..., 1:].sum(dim=-1)
    assert_close(decibels(heard[..., 0] / added), torch.full_like(added, 6.0), atol=0.01, rtol=0)


def test_only_some_sounds_are_in_a_room_and_the_others_stay_as_they_are() -> None:
    dry = noise(40)
    heard = reverberated(dry, 0.5, (0.3, 6.0), (-6.0, 12.0), SPEC.hop_s, rng(40))
    same = (heard == dry).flatten(1).all(dim=1)
    assert 0.2 < float(same.float().mean()) < 0.8


def test_steady_sounds_are_tilted_half_as_far() -> None:
    steady = noise(64)
    barks = steady.clone()
    barks[..., ::2] *= 1.0
    barks[..., : FRAMES // 2] *= 100.0
    tilts_db = [tilt_of(power, 8.0, 0.5, rng(64)) for power in (steady, barks)]
    assert_close(tilts_db[0], tilts_db[1] / 2, **rounding())


def test_an_equaliser_is_smooth_and_as_uneven_as_asked() -> None:
    response = response_db(torch.zeros(400), 3.0, 0.0, (4000.0, 4000.0), SPEC, rng(400))
    assert float(response[:, 1:].std(dim=0).mean()) == pytest.approx(2.6, abs=0.4)  # less between the octaves
    assert float(response.diff(dim=1)[:, 32:].abs().max()) < 1.0


@pytest.mark.parametrize("share", [0.0, 1.0])
def test_hum_lies_on_the_mains_harmonics_alone(share: float) -> None:
    power = hum(share, (-60.0, -60.0), SPEC, rng(8))
    bin_hz = SPEC.sample_rate_hz / SPEC.window_samples
    low = round(12 * 60.0 / bin_hz) + 1
    assert float(power[:, low:].abs().max()) == 0.0
    assert bool((power[:, :low].amax(dim=1) > 0).all()) == bool(share)
    # A line's power is its density over the width of a bin.
    strongest = power.amax(dim=1) * SPEC.floor * bin_hz
    assert_close(decibels(strongest), torch.full((8,), -60.0), atol=3.1, rtol=0) if share else None


def test_a_compressor_divides_what_lies_above_its_threshold() -> None:
    power = torch.full((3, SPEC.num_bins, FRAMES), 1e-2)
    power[..., FRAMES // 2 :] = 1.0
    held = compressed(power, 1.0, (-10.0, -10.0), (2.0, 2.0), rng(3))
    assert_close(decibels(held[..., -10]), torch.full_like(held[..., 0], -5.0), atol=0.01, rtol=0)
    assert torch.equal(held[..., :100], power[..., :100])
    assert_close(compressed(power, 0.0, (-10.0, -10.0), (2.0, 2.0), rng(3)), power, **rounding())


def test_masks_hide_stretches_behind_the_mean_and_nothing_else() -> None:
    log_power = noise(60).log1p()
    out = masked(log_power, 0.5, 60, 20, rng(60))
    hidden = out != log_power
    assert 0.2 < float(hidden.flatten(1).any(dim=1).float().mean()) < 0.8
    means = log_power.mean(dim=(1, 2), keepdim=True).expand_as(out)
    assert torch.equal(out[hidden], means[hidden])
    assert float(hidden.float().mean(dim=(1, 2)).max()) < 0.6


def test_a_sound_wears_the_colour_of_the_other_domain_at_its_own_level() -> None:
    bright = torch.linspace(0.0, 4.0, SPEC.num_bins)[None, :, None] + noise(6).log1p()
    dark = torch.linspace(9.0, 5.0, SPEC.num_bins)[None, :, None] + noise(6, 1).log1p()
    both, recorded = torch.cat([bright, dark]), torch.arange(12) >= 6
    out = freq_mix_style(both, recorded, 1.0, 0.0, rng(12))
    assert_close(out.mean((1, 2)), both.mean((1, 2)), atol=1e-3, rtol=1e-3)
    slopes = [(log_power[:, -1] - log_power[:, 0]).mean(dim=1) for log_power in (out, both)]
    assert float((slopes[0] - slopes[1]).abs().max()) > 3.0
    assert torch.allclose(freq_mix_style(both, recorded, 0.0, 0.0, rng(12)), both, atol=1e-4)
    alone = freq_mix_style(bright, torch.zeros(6, dtype=torch.bool), 1.0, 0.0, rng(6))
    assert torch.allclose(alone, bright, atol=1e-4)  # no other domain in the batch


def test_a_second_sound_stands_to_the_first_as_asked_and_its_change_of_level_is_told() -> None:
    first, second = noise(8).log1p(), (1e-4 * noise(8, 1)).log1p()
    settings = MixingSettings(share=1.0, ratio_db=(-3.0, -3.0))
    mix = mixed(first, second, settings, rng(8))
    added = torch.expm1(mix.log_power) - torch.expm1(first)
    ratio_db = decibels(torch.expm1(first).mean((1, 2)) / added.mean((1, 2)))
    assert_close(ratio_db, torch.full((8,), -3.0), atol=0.05, rtol=0)
    assert bool(mix.is_mixed.all()) and torch.equal(mix.raised_db[:, 0], torch.zeros(8))
    assert_close(mix.raised_db[:, 1], torch.full((8,), 43.0), atol=0.2, rtol=0)


def test_a_level_is_changed_by_what_is_told_also_far_below_what_it_was() -> None:
    log_power = (1e8 * noise(30)).log1p()
    out, gain_db = at_levels(log_power, replace(MixingSettings(), level_share=0.7), rng(30))
    changed_db = decibels(torch.expm1(out).mean((1, 2)) / torch.expm1(log_power).mean((1, 2)))
    assert_close(changed_db, gain_db, atol=0.01, rtol=0)
    assert float(gain_db.min()) < -25 and math.isfinite(float(out.max()))
