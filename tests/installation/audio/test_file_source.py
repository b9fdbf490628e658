from pathlib import Path

import av
import numpy as np
import pytest

from installation.audio.file import SoundFile
from installation.audio.source import SourceError
from installation.values import SAMPLE_RATE_HZ, Samples
from tests.s2s.media import strange_sounds

TICK_S = 0.05


def write_sound(path: Path, codec: str, *, rate_hz: int = 44_100, duration_s: float = 1.0) -> Path:
    """A stereo tone of 440 Hz on the left, silence on the right, in whatever container the name says."""
    time_s = np.arange(round(rate_hz * duration_s)) / rate_hz
    left = 0.5 * np.sin(2 * np.pi * 440 * time_s)
    planes = np.stack([left, 0 * left]).astype(np.float32)
    with av.open(str(path), "w") as container:
        stream = container.add_stream(codec, rate=rate_hz, layout="stereo")
        assert isinstance(stream, av.AudioStream)
        for start in range(0, planes.shape[1], 4096):
            frame = av.AudioFrame.from_ndarray(
                np.ascontiguousarray(planes[:, start : start + 4096]), format="fltp", layout="stereo"
            )
            frame.sample_rate = rate_hz
            container.mux(stream.encode(frame))
        container.mux(stream.encode(None))
    return path


def play(source: SoundFile, duration_s: float) -> Samples:
    """What is heard from 100 s on, in ticks."""
    source.read(100.0)
    blocks = [source.read(100.0 + tick * TICK_S) for tick in range(1, round(duration_s / TICK_S) + 1)]
    return np.concatenate([np.zeros(0, np.float32), *(block.samples for block in blocks if block is not None)])


@pytest.mark.parametrize(
    ("name", "codec"),
    [("tone.wav", "pcm_s16le"), ("tone.ogg", "libopus"), ("tone.mp3", "libmp3lame"), ("tone.flac", "flac")],
)
def test_any_sound_file_plays_at_its_pitch_mixed_down(tmp_path: Path, name: str, codec: str) -> None:
    source = SoundFile(write_sound(tmp_path / name, codec, rate_hz=48_000))
    assert source.label == f"file: {name}"
    heard = play(source, 0.8)
    source.close()
    assert len(heard) == pytest.approx(0.8 * SAMPLE_RATE_HZ, abs=1)
    inner = heard[2000:-2000]
    spectrum = np.abs(np.fft.rfft(inner * np.hanning(len(inner))))
    assert int(np.argmax(spectrum)) * SAMPLE_RATE_HZ / len(inner) == pytest.approx(440, abs=3)
    assert float(np.sqrt(np.mean(inner**2))) == pytest.approx(0.25 / np.sqrt(2), rel=0.05)


def test_the_file_keeps_the_pace_of_time_whatever_the_ticks(tmp_path: Path) -> None:
    source = SoundFile(write_sound(tmp_path / "tone.wav", "pcm_s16le"))
    rng, now, heard = np.random.default_rng(0), 0.0, 0
    source.read(now)
    for tick_s in rng.uniform(0.001, 0.2, 50):
        now += tick_s
        block = source.read(now)
        if block is not None:
            heard += len(block.samples)
            assert block.heard_at == now
        assert heard == pytest.approx(now * SAMPLE_RATE_HZ, abs=1)


def test_a_looped_file_begins_again_without_a_gap(tmp_path: Path) -> None:
    once = play(SoundFile(write_sound(tmp_path / "tone.wav", "pcm_s16le"), loop=False), 1.0)
    source = SoundFile(tmp_path / "tone.wav")
    twice = play(source, 2.0)
    assert not source.ended
    np.testing.assert_array_equal(twice[: len(once)], once)
    np.testing.assert_array_equal(twice[SAMPLE_RATE_HZ : SAMPLE_RATE_HZ + 8000], once[:8000])


def test_a_file_that_is_played_once_ends(tmp_path: Path) -> None:
    source = SoundFile(write_sound(tmp_path / "tone.wav", "pcm_s16le"), loop=False)
    assert len(play(source, 3.0)) == pytest.approx(SAMPLE_RATE_HZ, abs=2)
    assert source.ended
    assert source.read(200.0) is None


@pytest.mark.parametrize(
    ("name", "content", "words"),
    [
        ("absent.wav", None, "no such file"),
        ("notes.wav", b"these are words, not sound" * 50, "cannot be read as sound"),
        ("empty.wav", b"", "cannot be read as sound"),
    ],
)
def test_what_is_no_sound_is_refused_in_one_line(tmp_path: Path, name: str, content: bytes | None, words: str) -> None:
    if content is not None:
        (tmp_path / name).write_bytes(content)
    with pytest.raises(SourceError, match=words) as caught:
        SoundFile(tmp_path / name)
    assert name in str(caught.value)
    assert "\n" not in str(caught.value)


def test_a_file_that_vanishes_while_it_loops_says_so(tmp_path: Path) -> None:
    source = SoundFile(write_sound(tmp_path / "tone.wav", "pcm_s16le"))
    (tmp_path / "tone.wav").unlink()
    with pytest.raises(SourceError, match="no such file"):
        play(source, 2.0)


def heard(source: SoundFile, duration_s: float) -> Samples:
    samples = play(source, duration_s)
    source.close()
    return samples


def test_a_looping_file_is_heard_after_its_damage_and_says_so_in_words_that_stay(tmp_path: Path) -> None:
    source = SoundFile(strange_sounds.damaged(tmp_path / "evening.mp3", 4.0))
    assert source.remark == ""
    samples = heard(source, 9.0)
    assert len(samples) == 9 * SAMPLE_RATE_HZ
    loud = np.abs(samples).reshape(-1, SAMPLE_RATE_HZ // 2).max(axis=1) > 0.3
    assert loud.all()
    assert source.remark == "file: evening.mp3: a part of it cannot be decoded and is passed over"


@pytest.mark.parametrize(("name", "seconds"), [("rates.mp3", 4.0), ("layouts.aac", 4.0)])
def test_a_file_that_changes_on_its_way_is_heard_to_its_end(tmp_path: Path, name: str, seconds: float) -> None:
    make = strange_sounds.joined_rates if name == "rates.mp3" else strange_sounds.joined_layouts
    source = SoundFile(make(tmp_path / name), loop=False)
    assert len(heard(source, 6.0)) == pytest.approx(seconds * SAMPLE_RATE_HZ, rel=0.05)
    assert source.ended


def test_a_file_of_one_sample_loops_from_memory(tmp_path: Path) -> None:
    path = strange_sounds.one_sample(tmp_path / "one.wav")
    assert path.stat().st_size == 46
    source = SoundFile(path)
    assert len(play(source, 0.1)) == pytest.approx(SAMPLE_RATE_HZ // 10, abs=1)
    path.unlink()  # so that whoever opens it for every sample is caught
    samples = source.read(103.0)
    assert samples is not None and len(samples.samples) == pytest.approx(SAMPLE_RATE_HZ, abs=1)
    np.testing.assert_allclose(samples.samples, 0.5, atol=1e-4)


def test_a_short_file_loops_without_a_gap(tmp_path: Path) -> None:
    sound = strange_sounds.tone(0.21, SAMPLE_RATE_HZ)
    source = SoundFile(strange_sounds.pcm(tmp_path / "short.wav", sound))
    np.testing.assert_allclose(play(source, 3.0), np.resize(sound, 3 * SAMPLE_RATE_HZ), atol=1e-3)


def test_a_step_ends_however_long_nothing_can_be_decoded(tmp_path: Path) -> None:
    head = strange_sounds.mp3(tmp_path / "a.mp3", 1.5)
    (tmp_path / "a.mp3").write_bytes(head + (head[:4] + b"\xff" * 413) * 5_000 + head)
    source = SoundFile(tmp_path / "a.mp3", loop=False)
    source.read(0.0)
    steps = [source.read(0.5 * number) for number in range(1, 40)]
    assert None in steps  # the time of a step was up before anything could be decoded
    assert sum(len(block.samples) for block in steps if block is not None) == pytest.approx(48_000, rel=0.1)


def test_samples_that_are_no_numbers_are_silence(tmp_path: Path) -> None:
    samples = strange_sounds.tone(1.0, SAMPLE_RATE_HZ)
    samples[5_000:6_000] = np.nan
    strange_sounds.encoded(tmp_path / "a.wav", samples, "pcm_f32le", SAMPLE_RATE_HZ)
    heard_once = heard(SoundFile(tmp_path / "a.wav", loop=False), 2.0)
    assert np.isfinite(heard_once).all() and len(heard_once) == SAMPLE_RATE_HZ
    assert not heard_once[5_000:6_000].any()


def test_a_file_whose_channels_cancel_each_other_says_so(tmp_path: Path) -> None:
    source = SoundFile(strange_sounds.anti_phase(tmp_path / "inverted.wav"))
    assert np.abs(heard(source, 2.0)).max() < 1e-3
    assert source.remark == "file: inverted.wav: the channels cancel each other: keep one of them in the file"


@pytest.mark.parametrize("name", ["2026-11-28T16:12:00.wav", "B\udce4chlein.wav"])
def test_any_name_is_opened_and_can_be_shown(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, name: str) -> None:
    monkeypatch.chdir(tmp_path)
    strange_sounds.pcm(tmp_path / name, strange_sounds.tone(1.5, SAMPLE_RATE_HZ))
    source = SoundFile(name)
    assert len(heard(source, 1.0)) == SAMPLE_RATE_HZ
    source.label.encode()
    with pytest.raises(SourceError, match="no such file") as caught:
        SoundFile(f"not-{name}")
    str(caught.value).encode()
