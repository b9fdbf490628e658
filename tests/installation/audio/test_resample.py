import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from numpy.typing import NDArray

from installation.audio.resample import StreamResampler
from installation.values import SAMPLE_RATE_HZ, Samples

RATES_HZ = (8_000, 16_000, 22_050, 44_100, 48_000, 96_000, 192_000)


def tone(rate_hz: int, frequency_hz: float, duration_s: float = 1.0) -> NDArray[np.float32]:
    time_s = np.arange(round(rate_hz * duration_s)) / rate_hz
    return (0.5 * np.sin(2 * np.pi * frequency_hz * time_s)).astype(np.float32)[:, np.newaxis]


def resampled(rate_hz: int, sound: NDArray[np.float32], sizes: list[int]) -> Samples:
    resampler, start, pieces = StreamResampler(rate_hz), 0, []
    for size in [*sizes, len(sound)]:
        pieces.append(resampler.push(sound[start : start + size]))
        start += size
    return np.concatenate([*pieces, resampler.flush()])


@settings(max_examples=25, deadline=None)
@given(rate_hz=st.sampled_from(RATES_HZ), sizes=st.lists(st.integers(0, 3000), max_size=30))
def test_blocks_of_any_size_join_to_what_one_block_gives(rate_hz: int, sizes: list[int]) -> None:
    sound = tone(rate_hz, 1000, 0.5)
    np.testing.assert_array_equal(resampled(rate_hz, sound, sizes), resampled(rate_hz, sound, []))


@pytest.mark.parametrize("rate_hz", RATES_HZ)
def test_a_tone_keeps_pitch_level_and_purity(rate_hz: int) -> None:
    heard = resampled(rate_hz, tone(rate_hz, 1000), [480] * 200)
    assert len(heard) == pytest.approx(SAMPLE_RATE_HZ, abs=2)
    inner = heard[1000:-1000]
    spectrum = np.abs(np.fft.rfft(inner * np.blackman(len(inner)))) ** 2
    peak = int(np.argmax(spectrum))
    assert peak * SAMPLE_RATE_HZ / len(inner) == pytest.approx(1000, abs=2)
    assert float(np.sqrt(np.mean(inner**2))) == pytest.approx(0.5 / np.sqrt(2), rel=0.01)
    rest = spectrum.sum() - spectrum[peak - 4 : peak + 5].sum()
    assert 10 * np.log10(rest / spectrum.sum()) < -60  # clicks and aliases would lie here


@pytest.mark.parametrize("frequency_hz", [9_500, 10_000, 15_000, 20_000])
def test_what_16_khz_cannot_carry_vanishes(frequency_hz: float) -> None:
    heard = resampled(48_000, tone(48_000, frequency_hz), [480] * 100)
    level = float(np.sqrt(np.mean(heard[1000:-1000] ** 2)))
    assert 20 * np.log10(level / (0.5 / np.sqrt(2))) < -60


def test_channels_are_averaged() -> None:
    stereo = np.concatenate([tone(48_000, 500), -tone(48_000, 500)], axis=1)
    assert np.max(np.abs(resampled(48_000, stereo, []))) < 1e-6
    one_sided = np.concatenate([tone(16_000, 500), 0 * tone(16_000, 500)], axis=1)
    np.testing.assert_allclose(resampled(16_000, one_sided, []), tone(16_000, 500)[:, 0] / 2, atol=1e-7)


def test_garbage_in_a_float_stream_does_not_poison_what_follows() -> None:
    resampler = StreamResampler(48_000)
    garbage = np.array([np.nan, np.inf, -np.inf, 3e38] * 120, np.float32)[:, np.newaxis]
    heard = resampler.push(garbage)
    heard = np.concatenate([heard, *(resampler.push(tone(48_000, 1000, 0.01)) for _ in range(50))])
    assert np.isfinite(heard).all()
    assert np.max(np.abs(heard)) < 40
    assert np.max(np.abs(heard[1000:])) < 0.6


def test_sound_without_channels_is_a_programming_error() -> None:
    with pytest.raises(ValueError, match=r"takes \[frames, channels\]"):
        StreamResampler(48_000).push(np.zeros(10, np.float32))


def test_channels_that_cancel_each_other_are_noticed_and_so_is_the_mended_cable() -> None:
    left = tone(48_000, 440.0, 4.5)
    resampler = StreamResampler(48_000)
    resampler.push(np.concatenate([left, -left], axis=1))
    assert resampler.cancels
    resampler.push(np.concatenate([left, left], axis=1))
    assert not resampler.cancels


def test_one_channel_cancels_nothing() -> None:
    resampler = StreamResampler(48_000)
    resampler.push(tone(48_000, 440.0, 5.0))
    assert not resampler.cancels
