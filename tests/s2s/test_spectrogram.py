"""The model's input against SciPy, against itself in blocks, and at its edges."""

import numpy as np
import numpy.typing as npt
import pytest
import scipy.signal
import torch
from hypothesis import given, settings
from hypothesis import strategies as st

from s2s.spectrogram import (
    SpectrogramSpec,
    SpectrogramStream,
    at_gain,
    fit_clip,
    log_power,
    normalise,
    power,
    spectrogram,
)
from tests.rounding import rounding

PUBLISHED = SpectrogramSpec()
SHORT = SpectrogramSpec(clip_samples=4_000)  # the same columns, fewer of them
FIXED = SpectrogramSpec(normalisation="fixed", mean=-11.0, deviation=4.0)


def noise(num_samples: int, level: float = 0.1, seed: int = 0) -> npt.NDArray[np.float32]:
    return (level * np.random.default_rng(seed).standard_normal(num_samples)).astype(np.float32)


def scipy_power(samples: npt.NDArray[np.float32]) -> npt.NDArray[np.float64]:
    _, _, density = scipy.signal.spectrogram(samples.astype(np.float64), 16_000, nperseg=512, noverlap=353)
    return density


def assert_same_power(samples: npt.NDArray[np.float32]) -> None:
    # 1e-30 is what the subtraction of the mean leaves of a constant, far below the floor of 1e-7.
    ours = power(torch.from_numpy(samples), PUBLISHED).numpy()
    np.testing.assert_allclose(ours, scipy_power(samples), rtol=1e-5, atol=1e-25)


def test_ten_seconds_make_257_bins_of_1004_frames() -> None:
    assert spectrogram(torch.from_numpy(noise(160_000))[None], PUBLISHED).shape == (1, 1, 257, 1004)
    assert (PUBLISHED.num_bins, PUBLISHED.num_frames) == (257, 1004)


@pytest.mark.parametrize(
    "samples",
    [
        noise(160_000),
        noise(160_000, level=1e-6),
        np.zeros(160_000, np.float32),
        np.clip(noise(160_000, level=3.0), -1, 1),
        np.full(160_000, 0.3, np.float32),
        noise(160_000) + np.float32(0.5),
        np.sin(np.arange(160_000) * 0.7).astype(np.float32),
    ],
    ids=["white noise", "faint noise", "silence", "clipping", "DC", "noise on DC", "a tone"],
)
def test_power_is_scipys(samples: npt.NDArray[np.float32]) -> None:
    assert_same_power(samples)


@settings(max_examples=30, deadline=None)
@given(num_samples=st.integers(512, 20_000), level_db=st.floats(-120, 20), seed=st.integers(0, 2**31))
def test_power_is_scipys_at_any_length_and_level(num_samples: int, level_db: float, seed: int) -> None:
    assert_same_power(noise(num_samples, 10 ** (level_db / 20), seed))


def test_the_input_is_the_published_z_score_of_log_power() -> None:
    samples = noise(160_000)
    logarithm = np.log(scipy_power(samples) + 1e-7)
    expected = (logarithm - logarithm.mean()) / (logarithm.std() + 1e-9)
    ours = spectrogram(torch.from_numpy(samples)[None], PUBLISHED)[0, 0].numpy()
    assert ours.dtype == np.float32
    np.testing.assert_allclose(ours, expected, rtol=1e-5, atol=1e-6)


def test_silence_becomes_zeros_and_never_nan() -> None:
    assert spectrogram(torch.zeros(1, 160_000), PUBLISHED).abs().max() < 1e-3


def test_fixed_normalisation_keeps_loudness_and_clip_normalisation_cancels_it() -> None:
    loud, quiet = torch.from_numpy(noise(160_000, 0.3))[None], torch.from_numpy(noise(160_000, 0.15))[None]
    halved = spectrogram(loud, FIXED) - spectrogram(quiet, FIXED)
    # Power falls by a factor of four; a little less is seen where the noise comes near the floor.
    assert halved.mean().item() == pytest.approx(np.log(4) / 4.0, rel=0.1)
    left = spectrogram(loud, PUBLISHED) - spectrogram(quiet, PUBLISHED)
    assert left.abs().mean() < halved.mean() / 4  # what the floor alone lets through


def test_a_batch_is_its_clips_one_by_one() -> None:
    clips = torch.from_numpy(np.stack([noise(4_000, 0.1, 1), noise(4_000, 0.5, 2)]))
    together = spectrogram(clips, SHORT)
    apart = torch.cat([spectrogram(clip[None], SHORT) for clip in clips])
    torch.testing.assert_close(together, apart, **rounding())


@pytest.mark.parametrize("shape", [(160_000,), (1, 159_999), (1, 1, 160_000)])
def test_a_waveform_of_another_shape_is_refused(shape: tuple[int, ...]) -> None:
    with pytest.raises(ValueError, match="expected waveforms"):
        spectrogram(torch.zeros(shape), PUBLISHED)


def test_less_than_one_window_is_refused() -> None:
    with pytest.raises(ValueError, match="at least one window"):
        power(torch.zeros(511), PUBLISHED)


@settings(max_examples=30, deadline=None)
@given(num_samples=st.integers(1, 9_000))
def test_short_sound_is_repeated_and_long_sound_is_cut(num_samples: int) -> None:
    samples = noise(num_samples)
    expected = np.resize(samples, 4_000)  # np.resize repeats what is too short
    np.testing.assert_array_equal(fit_clip(samples, SHORT).numpy(), expected)


def test_a_fitted_clip_is_clipped_to_full_scale() -> None:
    fitted = fit_clip(torch.tensor([3.0, -2.0, 0.5]), SHORT)
    assert fitted[:3].tolist() == [1.0, -1.0, 0.5]


def test_every_sound_of_a_batch_is_fitted() -> None:
    fitted = fit_clip(torch.from_numpy(noise(3_000).reshape(2, 1_500)), SHORT)
    assert fitted.shape == (2, 4_000)
    assert torch.equal(fitted[:, 1_500:3_000], fitted[:, :1_500])


@pytest.mark.parametrize("bad", [np.nan, np.inf])
def test_sound_that_is_no_number_is_refused(bad: float) -> None:
    with pytest.raises(ValueError, match="NaN or infinite"):
        fit_clip(np.array([0.0, bad], np.float32), SHORT)
    with pytest.raises(ValueError, match="NaN or infinite"):
        SpectrogramStream(SHORT).push(np.array([0.0, bad], np.float32))


def test_no_sound_at_all_is_refused() -> None:
    with pytest.raises(ValueError, match="empty"):
        fit_clip(np.empty(0, np.float32), SHORT)
    with pytest.raises(ValueError, match="empty"):
        SpectrogramStream(SHORT).log_power()


def streamed_window(samples: npt.NDArray[np.float32], spec: SpectrogramSpec) -> torch.Tensor:
    """What the stream ought to answer: the newest columns of the grid that starts at the first sample."""
    if len(samples) < spec.clip_samples:
        return log_power(fit_clip(samples, spec), spec)
    return log_power(torch.from_numpy(np.clip(samples, -1, 1)), spec)[:, -spec.num_frames :]


@settings(max_examples=60, deadline=None)
@given(blocks=st.lists(st.integers(0, 1_500), min_size=1, max_size=20), seed=st.integers(0, 2**31))
def test_blocks_of_any_size_give_the_columns_of_the_whole(blocks: list[int], seed: int) -> None:
    samples = noise(sum(blocks) + 1, 0.5, seed)
    stream = SpectrogramStream(SHORT)
    heard = 0
    for block in [1, *blocks]:
        added = stream.push(samples[heard : heard + block])
        heard += block
        assert stream.num_samples == heard
        assert added == stream.num_columns - SHORT.frames_in(heard - block)
        expected = streamed_window(samples[:heard], SHORT)
        torch.testing.assert_close(stream.log_power(), expected, **rounding())


def test_ten_seconds_in_blocks_are_the_clip_itself() -> None:
    samples = noise(160_000)
    for spec in (PUBLISHED, FIXED):
        stream = SpectrogramStream(spec)
        for block in np.array_split(samples, 37):
            stream.push(block)
        whole = spectrogram(torch.from_numpy(samples)[None], spec)
        torch.testing.assert_close(stream.spectrogram(), whole, **rounding())


def test_a_block_longer_than_the_window_keeps_the_grid_of_the_stream() -> None:
    samples = noise(40_000)
    stream = SpectrogramStream(SHORT)
    stream.push(samples[:777])
    stream.push(samples[777:])
    torch.testing.assert_close(stream.log_power(), streamed_window(samples, SHORT), **rounding())


def test_the_newest_columns_can_be_had_alone() -> None:
    stream = SpectrogramStream(SHORT)
    stream.push(noise(5_000))
    torch.testing.assert_close(stream.columns(3), stream.log_power()[:, -3:])
    with pytest.raises(ValueError, match="0 to 22 columns, asked for 23"):
        stream.columns(23)


def test_a_reset_stream_has_heard_nothing() -> None:
    samples = noise(9_000)
    stream = SpectrogramStream(SHORT)
    stream.push(samples)
    stream.reset()
    stream.push(samples[:700])
    torch.testing.assert_close(stream.log_power(), streamed_window(samples[:700], SHORT))
    assert stream.num_columns == SHORT.frames_in(700)


def test_the_stream_clips_as_the_clip_does() -> None:
    samples = noise(5_000, level=2.0)
    stream = SpectrogramStream(SHORT)
    stream.push(samples)
    torch.testing.assert_close(stream.log_power(), streamed_window(samples, SHORT))


def test_stereo_blocks_are_refused() -> None:
    with pytest.raises(ValueError, match="mono"):
        SpectrogramStream(SHORT).push(np.zeros((2, 100), np.float32))


def test_normalising_again_changes_nothing() -> None:
    once = normalise(log_power(torch.from_numpy(noise(4_000)), SHORT), SHORT)
    torch.testing.assert_close(normalise(once, SHORT), once, **rounding())


@settings(max_examples=25, deadline=None)
@given(st.floats(-80, 0), st.floats(-60, 0), st.integers(0, 100))
def test_the_log_power_of_a_sound_turned_down_is_known_without_hearing_it(
    level_db: float, gain_db: float, seed: int
) -> None:
    heard = torch.from_numpy(noise(2_000, 10 ** (level_db / 20) / 4, seed).astype(np.float64))
    expected = log_power(10 ** (gain_db / 20) * heard, PUBLISHED)
    torch.testing.assert_close(at_gain(log_power(heard, PUBLISHED), gain_db, PUBLISHED), expected, rtol=0, atol=1e-9)


@pytest.mark.parametrize(("heard_s", "end"), [(6.0, 0.6), (3.0, 0.9), (4.0, 0.8), (10.0, 1.0), (12.0, 1.0)])
def test_a_stream_tells_where_in_its_window_the_newest_sound_ends(heard_s: float, end: float) -> None:
    stream = SpectrogramStream(SpectrogramSpec())
    assert stream.newest_end == 1.0
    stream.push(np.zeros(round(16_000 * heard_s), np.float32))
    assert stream.newest_end == pytest.approx(end)
