"""Sound files: real ones of several kinds, made by the same library a person's player uses."""

import subprocess
import sys
import wave
from pathlib import Path

import av
import numpy as np
import numpy.typing as npt
import pytest
from PIL import Image

from s2s.media.audio import AudioFileError, decode_audio, read_audio

RATE_HZ = 16_000


def write_wav(path: Path, samples: npt.NDArray[np.float64], rate_hz: int = RATE_HZ) -> Path:
    """Write [n] or [n, channels] in ±1 as 16-bit PCM."""
    with wave.open(str(path), "wb") as file:
        file.setnchannels(1 if samples.ndim == 1 else samples.shape[1])
        file.setsampwidth(2)
        file.setframerate(rate_hz)
        file.writeframes(np.round(samples * 32767).astype("<i2").tobytes())
    return path


def encode(path: Path, samples: npt.NDArray[np.float64], codec: str, rate_hz: int) -> Path:
    with av.open(str(path), "w") as container:
        stream = container.add_stream(codec, rate=rate_hz, layout="mono")
        assert isinstance(stream, av.AudioStream)
        frame = av.AudioFrame.from_ndarray(samples.astype(np.float32)[None], format="flt", layout="mono")
        frame.sample_rate = rate_hz
        resampler = av.AudioResampler(format=stream.format, rate=rate_hz, frame_size=stream.frame_size or 1024)
        for part in [*resampler.resample(frame), *resampler.resample(None)]:
            container.mux(stream.encode(part))
        container.mux(stream.encode(None))
    return path


def tone(rate_hz: int, seconds: float = 1.0, pitch_hz: float = 440.0) -> npt.NDArray[np.float64]:
    return 0.5 * np.sin(2 * np.pi * pitch_hz * np.arange(int(rate_hz * seconds)) / rate_hz)


def test_sound_at_the_models_rate_is_read_as_it_is(tmp_path: Path) -> None:
    samples = np.random.default_rng(0).uniform(-1, 1, 12_345)
    read = read_audio(write_wav(tmp_path / "noise.wav", samples))
    assert read.dtype == np.float32
    np.testing.assert_array_equal(read, np.round(samples * 32767).astype(np.float32) / 32768)


@pytest.mark.parametrize("rate_hz", [8_000, 11_025, 22_050, 44_100, 48_000, 96_000])
def test_any_rate_becomes_the_models_in_time_and_level(tmp_path: Path, rate_hz: int) -> None:
    read = read_audio(write_wav(tmp_path / "tone.wav", tone(rate_hz), rate_hz))
    assert abs(len(read) - RATE_HZ) <= 1
    inner = slice(500, 15_500)  # the filter rings at both ends
    np.testing.assert_allclose(read[inner], tone(RATE_HZ)[inner], atol=2e-3)


def test_what_the_model_cannot_hear_does_not_fold_back(tmp_path: Path) -> None:
    read = read_audio(write_wav(tmp_path / "high.wav", tone(48_000, pitch_hz=11_000), 48_000))
    assert np.abs(read[500:-500]).max() < 1e-3


def test_stereo_is_averaged(tmp_path: Path) -> None:
    left, right = tone(RATE_HZ), tone(RATE_HZ, pitch_hz=1000.0)
    read = read_audio(write_wav(tmp_path / "stereo.wav", np.stack([left, right], axis=1)))
    np.testing.assert_allclose(read, (left + right) / 2, atol=1e-4)
    opposite = read_audio(write_wav(tmp_path / "opposite.wav", np.stack([left, -left], axis=1)))
    assert np.abs(opposite).max() < 1e-4


@pytest.mark.parametrize(
    ("name", "codec"), [("a.flac", "flac"), ("a.mp3", "mp3"), ("a.m4a", "aac"), ("a.aiff", "pcm_s16be")]
)
def test_other_kinds_of_files_are_read(tmp_path: Path, name: str, codec: str) -> None:
    read = read_audio(encode(tmp_path / name, tone(44_100), codec, 44_100))
    assert len(read) == pytest.approx(RATE_HZ, abs=1_200)  # lossy kinds add a frame or two of silence
    spectrum = np.abs(np.fft.rfft(read[2_000:14_000]))
    assert np.argmax(spectrum) * RATE_HZ / 12_000 == pytest.approx(440, abs=2)


def test_blocks_join_to_the_whole(tmp_path: Path) -> None:
    path = write_wav(tmp_path / "tone.wav", tone(44_100), 44_100)
    blocks = list(decode_audio(path))
    assert len(blocks) > 1
    np.testing.assert_array_equal(np.concatenate(blocks), read_audio(path))


def test_a_file_that_is_no_sound_is_named(tmp_path: Path) -> None:
    path = tmp_path / "notes.wav"
    path.write_text("a shopping list")
    with pytest.raises(AudioFileError, match=r"notes\.wav: cannot be read as sound") as caught:
        read_audio(path)
    assert "\n" not in str(caught.value)
    assert caught.value.path == path


def test_a_picture_holds_no_sound(tmp_path: Path) -> None:
    Image.new("RGB", (8, 8)).save(tmp_path / "picture.png")
    with pytest.raises(AudioFileError, match="cannot be read as sound: it is of another kind"):
        read_audio(tmp_path / "picture.png")


def test_a_file_without_a_sample_is_empty(tmp_path: Path) -> None:
    with pytest.raises(AudioFileError, match=r"empty\.wav: is empty"):
        read_audio(write_wav(tmp_path / "empty.wav", np.empty(0)))
    (tmp_path / "nothing.wav").touch()
    with pytest.raises(AudioFileError, match="cannot be read as sound"):
        read_audio(tmp_path / "nothing.wav")


def test_a_file_that_is_not_there_or_a_folder_is_named(tmp_path: Path) -> None:
    with pytest.raises(AudioFileError, match=r"missing\.wav: no such file"):
        read_audio(tmp_path / "missing.wav")
    with pytest.raises(AudioFileError, match="cannot be read as sound"):
        read_audio(tmp_path)


def test_samples_that_are_no_numbers_are_refused(tmp_path: Path) -> None:
    samples = np.zeros(1_000)
    samples[500] = np.nan
    with pytest.raises(AudioFileError, match="NaN"):
        read_audio(encode(tmp_path / "nan.wav", samples, "pcm_f32le", RATE_HZ))


def test_a_cut_off_file_gives_what_there_is_or_an_error(tmp_path: Path) -> None:
    path = encode(tmp_path / "cut.flac", tone(RATE_HZ), "flac", RATE_HZ)
    path.write_bytes(path.read_bytes()[:2_000])
    try:
        assert 0 < len(read_audio(path)) < RATE_HZ
    except AudioFileError as error:
        assert error.path == path


@pytest.mark.proc
def test_reading_sound_needs_no_torch() -> None:
    program = "import sys, s2s.media.audio; sys.exit('torch' in sys.modules)"
    assert subprocess.run([sys.executable, "-c", program], timeout=300, check=False).returncode == 0


@pytest.mark.parametrize("channels", [3, 6, 8, 9, 15, 64])
def test_any_number_of_channels_at_a_high_rate_is_averaged(tmp_path: Path, channels: int) -> None:
    levels = np.arange(1, channels + 1) / channels
    path = write_wav(tmp_path / "many.wav", tone(96_000)[:, None] * levels, 96_000)
    inner = slice(500, 15_500)
    np.testing.assert_allclose(read_audio(path)[inner], tone(RATE_HZ)[inner] * levels.mean(), atol=2e-3)


@pytest.mark.parametrize("num_samples", [1, 2, 79, 159])
def test_a_sound_shorter_than_ten_milliseconds_is_a_sound(tmp_path: Path, num_samples: int) -> None:
    samples = np.random.default_rng(0).uniform(-1, 1, num_samples)
    assert len(read_audio(write_wav(tmp_path / "tick.wav", samples))) == num_samples
    for rate_hz in (44_100, 96_000):
        tick = write_wav(tmp_path / "tick.wav", np.resize(samples, rate_hz // 200), rate_hz)
        assert len(read_audio(tick)) == pytest.approx(RATE_HZ // 200, abs=3)


def test_too_little_sound_to_be_resampled_is_refused(tmp_path: Path) -> None:
    with pytest.raises(AudioFileError, match="shorter than a millisecond"):
        read_audio(write_wav(tmp_path / "tick.wav", np.ones(4), 96_000))


@pytest.mark.parametrize("rate_hz", [1, 999, 70_000_000])
def test_a_rate_that_no_recording_has_is_refused(tmp_path: Path, rate_hz: int) -> None:
    with pytest.raises(AudioFileError, match=f"{rate_hz} samples a second"):
        read_audio(write_wav(tmp_path / "odd.wav", tone(RATE_HZ), rate_hz))


def test_reading_can_stop_early(tmp_path: Path) -> None:
    samples = np.random.default_rng(0).uniform(-1, 1, 50_000).astype(np.float32)
    path = encode(tmp_path / "long.wav", samples.astype(np.float64), "pcm_f32le", RATE_HZ)
    np.testing.assert_array_equal(read_audio(path, max_samples=7_000), samples[:7_000])
    np.testing.assert_array_equal(read_audio(path, max_samples=70_000), samples)
    samples[40_000:] = np.nan
    path = encode(tmp_path / "long.wav", samples.astype(np.float64), "pcm_f32le", RATE_HZ)
    assert len(read_audio(path, max_samples=7_000)) == 7_000
    with pytest.raises(AudioFileError, match="NaN"):
        read_audio(path)


@pytest.mark.parametrize(("name", "codec"), [("a.wav", "pcm_s16le"), ("a.flac", "flac"), ("a.mp3", "mp3")])
def test_damage_anywhere_gives_finite_sound_or_one_clear_line(tmp_path: Path, name: str, codec: str) -> None:
    whole = encode(tmp_path / name, tone(44_100, 0.3), codec, 44_100).read_bytes()
    rng = np.random.default_rng(0)
    for number in range(60):
        damaged = bytearray(whole)
        for _ in range(1 + number % 3):  # mostly in the header, where it hurts
            damaged[int(rng.integers(min(len(whole), 60)))] = int(rng.integers(256))
        (tmp_path / name).write_bytes(damaged[: len(whole) if number % 2 else int(rng.integers(len(whole)))])
        try:
            assert np.isfinite(read_audio(tmp_path / name)).all()
        except AudioFileError as error:
            assert str(error).startswith(str(tmp_path / name))
            assert "\n" not in str(error)
