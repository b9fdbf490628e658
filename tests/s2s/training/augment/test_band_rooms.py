"""What rooms and microphones do to mel bands: of one sound and of two."""

from dataclasses import replace

import pytest
import torch
from torch import Tensor
from torch.testing import assert_close

from s2s.mel_bands import band_shares
from s2s.spectrogram_spec import SpectrogramSpec
from s2s.training.augment.band_rooms import BandRooms, bands_in_rooms, two_at_once
from s2s.training.augment.sound_mixing import MixingSettings
from s2s.training.augment.spectrogram_augment import NO_AUGMENTATION
from s2s.training.engine.step_context import SampleRng

SPEC = SpectrogramSpec(floor=1e-12)
AS_IT_IS = BandRooms(MixingSettings(level_share=0.0, small_gain_db=(0.0, 0.0)), NO_AUGMENTATION)


def rng(count: int) -> SampleRng:
    return SampleRng.whole_batch(torch.Generator().manual_seed(0), count)


def noise(count: int = 4, columns: int = 100) -> Tensor:
    """Bands of quiet noises."""
    power = 1e5 * torch.empty(count, 64, columns).exponential_(generator=torch.Generator().manual_seed(1))
    return torch.log1p(power)


def level_db(power: Tensor) -> Tensor:
    return 10.0 * (power * band_shares(SPEC)[:, None]).sum(dim=1).mean(dim=1).log10()


def test_by_a_perfect_microphone_in_an_empty_room_bands_stay_as_they_are() -> None:
    heard = bands_in_rooms(torch.expm1(noise()), AS_IT_IS, SPEC, rng(4))
    assert_close(heard, noise(), atol=1e-3, rtol=0.0)


@pytest.mark.parametrize("ratio_db", [-6.0, 0.0, 8.0])
def test_a_second_sound_is_as_loud_beside_the_first_as_asked(ratio_db: float) -> None:
    rooms = replace(AS_IT_IS, mixing=MixingSettings(ratio_db=(ratio_db, ratio_db)))
    first, second = noise(), noise() * torch.linspace(0.5, 1.2, 4)[:, None, None]
    power = two_at_once(first, second, torch.ones(4, dtype=torch.bool), rooms, SPEC, rng(4))
    added = level_db(power - torch.expm1(first))
    assert_close(level_db(torch.expm1(first)) - added, torch.full((4,), ratio_db), atol=0.02, rtol=0.0)


def test_where_there_is_no_second_nothing_is_added() -> None:
    power = two_at_once(noise(), noise(), torch.tensor([True, False, True, False]), AS_IT_IS, SPEC, rng(4))
    assert_close(power[1::2], torch.expm1(noise())[1::2])
    assert bool(power[::2].mean() > 1.5 * torch.expm1(noise())[::2].mean())


def test_a_room_goes_on_sounding_where_the_sound_has_ended() -> None:
    clap = torch.zeros(2, 64, 200)
    clap[..., 20:22] = 1e9
    hall = replace(AS_IT_IS, microphone=replace(NO_AUGMENTATION, room_share=1.0, decay_s=(2.0, 2.0)))
    dry, wet = (bands_in_rooms(clap.clone(), rooms, SPEC, rng(2)) for rooms in (AS_IT_IS, hall))
    assert float(dry[..., 40].mean()) < 0.1 and float(wet[..., 40].mean()) > 5.0
    assert float(wet[..., 40].mean()) > float(wet[..., 90].mean())


def test_rooms_and_microphones_are_drawn_anew_for_every_sound_and_alike_for_a_seed() -> None:
    same = torch.expm1(noise(1)).repeat(8, 1, 1)
    once, again = (bands_in_rooms(same.clone(), BandRooms(), SPEC, rng(8)) for _ in range(2))
    assert torch.equal(once, again) and bool(once.isfinite().all())
    assert float(once.mean(dim=2).std(dim=0).mean()) > 0.3
