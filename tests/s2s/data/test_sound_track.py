"""The sound of films: which track, at which time, as 16 kHz mono."""

from pathlib import Path

import av
import numpy as np
import numpy.typing as npt
import pytest

from s2s.data.sound_track import SoundTrack, read_sound_track
from s2s.media.video_reader import VideoFileError
from tests.s2s.data.films import Track, film, steady, tone, write


def read(path: Path, **options: float) -> SoundTrack:
    spool = path.parent / "spool"
    spool.mkdir(exist_ok=True)
    track = read_sound_track(path, spool, lambda: None, **options)
    assert track is not None
    assert list(spool.iterdir()) == []
    return track


def level_of(samples: npt.NDArray[np.int16]) -> float:
    """RMS of int16, as a part of full scale."""
    return float(np.sqrt(np.mean(np.square(np.asarray(samples, np.float64) / 32768))))


def pitch_of(samples: npt.NDArray[np.int16]) -> float:
    spectrum = np.abs(np.fft.rfft(samples * np.hanning(len(samples))))
    return float(spectrum.argmax() * 16_000 / len(samples))


@pytest.mark.parametrize(
    ("name", "codec", "rate_hz"),
    [
        ("a.mp4", "aac", 44_100),
        ("a.mkv", "flac", 96_000),
        ("a.webm", "libopus", 48_000),
        ("a.mov", "pcm_s24le", 8_000),
        ("a.avi", "libmp3lame", 22_050),
        ("b.mkv", "ac3", 48_000),
    ],
)
def test_any_codec_and_rate_becomes_sixteen_kilohertz(tmp_path: Path, name: str, codec: str, rate_hz: int) -> None:
    track = read(write(tmp_path / name, sounds=[Track(tone(2.0, rate_hz), rate_hz, codec)]))
    assert len(track.samples) == pytest.approx(32_000, abs=1_600)  # lossy codecs fill their last block
    inner = track.samples[8_000:24_000]
    assert level_of(inner) == pytest.approx(0.5 / np.sqrt(2), rel=0.1)  # LAME takes 5 % off
    assert pitch_of(inner) == pytest.approx(440, abs=2)


def test_pcm_at_the_models_rate_is_read_bit_for_bit(tmp_path: Path) -> None:
    pcm = np.random.default_rng(0).integers(-32768, 32768, 5_000)
    samples = (pcm / 32768).astype(np.float32)
    track = read(write(tmp_path / "a.mov", sounds=[Track(samples, 16_000, "pcm_s16le")]))
    np.testing.assert_array_equal(track.samples, pcm)


def test_eight_channels_are_averaged(tmp_path: Path) -> None:
    samples = np.zeros((16_000, 8), np.float32)
    samples[:, 5] = tone(1.0, 16_000, level=0.8)
    track = read(write(tmp_path / "a.mkv", sounds=[Track(samples, 16_000, "flac")]))
    assert level_of(track.samples) == pytest.approx(0.1 / np.sqrt(2), rel=0.01)


def test_of_several_tracks_the_one_marked_as_default_is_heard_and_named(tmp_path: Path) -> None:
    commentary = Track(tone(1.0, 48_000, 300.0), 48_000, "flac", "eng", is_default=False)
    original = Track(tone(1.0, 48_000, 1_000.0), 48_000, "flac", "fra")
    track = read(write(tmp_path / "a.mkv", sounds=[commentary, original]))
    assert (track.track, track.num_tracks, track.language) == (2, 2, "fra")
    assert pitch_of(track.samples[2_000:14_000]) == pytest.approx(1_000, abs=5)


def test_sound_that_begins_late_says_when(tmp_path: Path) -> None:
    late = Track(tone(1.0, 16_000), 16_000, "flac", at_s=0.7)
    track = read(write(tmp_path / "a.mkv", steady(20, 10), [late]))
    assert track.first_s == pytest.approx(0.7, abs=0.001)
    assert track.end_s == pytest.approx(1.7, abs=0.001)


def with_gap(path: Path, gap_s: float) -> Path:
    """Write two seconds of sound, the second one `gap_s` later than it should be."""
    second = (tone(1.0, 16_000) * 32767).astype(np.int16)[None]
    with av.open(str(path), "w") as out:
        stream = out.add_stream("pcm_s16le", rate=16_000, layout="mono")
        for at_s in (0.0, 1.0 + gap_s):
            frame = av.AudioFrame.from_ndarray(second, format="s16", layout="mono")
            frame.sample_rate, frame.pts = 16_000, round(at_s * 16_000)
            out.mux(stream.encode(frame))
        out.mux(stream.encode(None))
    return path


def test_a_hole_in_the_sound_stays_a_hole_so_that_picture_and_sound_stay_together(tmp_path: Path) -> None:
    track = read(with_gap(tmp_path / "a.mkv", 2.0))
    assert len(track.samples) == pytest.approx(64_000, abs=100)
    assert level_of(track.samples[1_000:15_000]) > 0.3
    assert level_of(track.samples[17_000:47_000]) == 0.0
    assert level_of(track.samples[49_000:63_000]) > 0.3


def test_a_hole_that_is_a_container_rounding_is_none(tmp_path: Path) -> None:
    assert len(read(with_gap(tmp_path / "a.mkv", 0.1)).samples) == pytest.approx(32_000, abs=10)


def test_where_time_jumps_away_reading_ends_and_says_so(tmp_path: Path) -> None:
    track = read(with_gap(tmp_path / "a.mkv", 7_200.0))
    assert len(track.samples) == pytest.approx(16_000, abs=100)
    assert track.damage.stopped == "time jumps from 1.0 to 7201.0 s"


def test_no_more_is_read_than_is_asked_for(tmp_path: Path) -> None:
    assert len(read(film(tmp_path / "a.mp4", 3.0), longest_s=0.5).samples) == 8_000


def test_a_film_without_sound_has_none(tmp_path: Path) -> None:
    assert read_sound_track(write(tmp_path / "a.mp4", steady(5, 10)), tmp_path, lambda: None) is None


def test_sound_that_is_no_number_is_refused(tmp_path: Path) -> None:
    samples = tone(1.0, 16_000)
    samples[8_000] = np.nan
    path = write(tmp_path / "a.mkv", sounds=[Track(samples, 16_000, "pcm_f32le")])
    with pytest.raises(VideoFileError, match="holds NaN or infinite samples"):
        read_sound_track(path, tmp_path, lambda: None)


def test_the_work_is_heard_of_while_it_goes_on(tmp_path: Path) -> None:
    beats: list[None] = []
    read_sound_track(film(tmp_path / "a.mp4", 3.0), tmp_path, lambda: beats.append(None))
    assert len(beats) > 10
