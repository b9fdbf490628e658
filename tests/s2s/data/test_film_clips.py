"""One film and its clips: what belongs together in time, what is left out, and what is said about it."""

from dataclasses import replace
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from s2s.data.clip import Clip, pixels_of_jpeg
from s2s.data.corpus import Video
from s2s.data.film_clips import FilmClips, FilmJob
from s2s.data.settings import PrepareSettings
from s2s.media.video_reader import VideoFileError
from tests.s2s.data.films import Samples, Track, film, number_of, steady, tone, write

SMALL = PrepareSettings(px=(32, 16), clip_s=2.0, hop_s=2.0, min_s=0.5)


def film_clips(path: Path, settings: PrepareSettings = SMALL, **video: Any) -> FilmClips:
    return FilmClips(FilmJob(Video(path, path.stem, **video), path.name, "train", settings), path.parent, lambda: None)


def clips_of(path: Path, settings: PrepareSettings = SMALL, **video: Any) -> list[Clip]:
    return list(film_clips(path, settings, **video).clips())


def numbers_in(clip: Clip, px: int = 32) -> list[int]:
    return [number_of(pixels_of_jpeg(jpeg)) for jpeg in clip.frames[px]]


def seconds_of(clip: Clip) -> float:
    return round(len(clip.sound) / 16_000, 2)


def pips(seconds: float) -> Samples:
    """Silence with a pip of 50 ms at the beginning of every second."""
    sound = np.zeros(round(seconds * 16_000), np.float32)
    for second in range(int(seconds)):
        sound[second * 16_000 : second * 16_000 + 800] = 0.5
    return sound


def pip_times(clip: Clip) -> list[float]:
    loud = np.abs(clip.sound.astype(float)) > 4_000
    return [round(at / 16_000, 3) for at in np.flatnonzero(loud[1:] & ~loud[:-1]) + 1]


def test_a_short_film_is_one_clip_with_its_own_name(tmp_path: Path) -> None:
    (clip,) = clips_of(film(tmp_path / "rain.mp4", 2.0), label="rain")
    assert (clip.id, clip.source, clip.label, clip.split, clip.start_s) == ("rain", "rain.mp4", "rain", "train", 0.0)
    assert seconds_of(clip) == 2.0
    assert numbers_in(clip) == numbers_in(clip, 16) == list(range(20))
    assert pixels_of_jpeg(clip.frames[16][0]).shape == (16, 16, 3)


def test_a_long_recording_is_cut_and_every_cut_says_its_time(tmp_path: Path) -> None:
    cuts = clips_of(film(tmp_path / "day.mkv", 5.0, audio_codec="flac"))
    assert [clip.id for clip in cuts] == ["day_0_2000", "day_2000_4000", "day_4000_5000"]
    assert [clip.start_s for clip in cuts] == [0.0, 2.0, 4.0]
    assert [numbers_in(clip) for clip in cuts] == [list(range(20)), list(range(20, 40)), list(range(40, 50))]


def test_overlapping_cuts_share_their_frames(tmp_path: Path) -> None:
    path = film(tmp_path / "day.mkv", 4.0, audio_codec="flac")
    cuts = clips_of(path, replace(SMALL, hop_s=0.5))
    assert [clip.start_s for clip in cuts] == [0.0, 0.5, 1.0, 1.5, 2.0]
    assert [numbers_in(clip)[0] for clip in cuts] == [0, 5, 10, 15, 20]
    assert all(
        numbers_in(clip) == list(range(each, each + 20)) for clip, each in zip(cuts, range(0, 21, 5), strict=True)
    )
    assert cuts[0].frames[32][7] is cuts[1].frames[32][2]


@pytest.mark.parametrize(("late_sound_s", "late_picture_s"), [(0.0, 0.0), (0.25, 0.0), (0.0, 0.25), (0.4, 1.4)])
def test_sound_and_picture_stay_together_whichever_begins_first(
    tmp_path: Path, late_sound_s: float, late_picture_s: float
) -> None:
    # Picture k is shown from k tenths after its track's beginning, pip k sounds k seconds after its own.
    sound = Track(pips(6.0), 16_000, "pcm_s16le", at_s=late_sound_s)
    times = [late_picture_s + number / 10 for number in range(60)]
    first, *_ = clips_of(write(tmp_path / "a.mkv", times, [sound]))
    begin_s = max(late_sound_s, late_picture_s)
    assert first.start_s == pytest.approx(begin_s - min(late_sound_s, late_picture_s), abs=0.002)
    assert numbers_in(first)[0] == int((begin_s - late_picture_s) * 10 + 0.02)
    expected = [late_sound_s + second - begin_s for second in range(6)]
    heard = [at for at in expected if 0 < at < 2.0]
    assert pip_times(first) == pytest.approx(heard, abs=0.002)


def test_sound_shorter_than_the_picture_ends_the_clip(tmp_path: Path) -> None:
    path = write(tmp_path / "a.mkv", steady(40, 10), [Track(tone(1.35, 16_000), 16_000, "flac")])
    (clip,) = clips_of(path)
    assert seconds_of(clip) == 1.35
    assert numbers_in(clip) == list(range(14))


def test_picture_shorter_than_the_sound_ends_the_clip_and_is_remarked(tmp_path: Path) -> None:
    path = write(tmp_path / "a.mkv", steady(10, 10), [Track(tone(4.0, 16_000), 16_000, "flac")])
    job = film_clips(path)
    (clip,) = job.clips()
    assert seconds_of(clip) == 1.5  # the last picture stands for half a second more
    assert numbers_in(clip) == [*range(10), 9, 9, 9, 9, 9]
    assert clip.id == "a"
    assert job.remarks == ["its pictures end after 1.5 s"]


def test_a_last_moment_of_sound_keeps_the_last_picture(tmp_path: Path) -> None:
    path = write(tmp_path / "a.mkv", steady(10, 10), [Track(tone(1.3, 16_000), 16_000, "flac")])
    job = film_clips(path)
    (clip,) = job.clips()
    assert (seconds_of(clip), clip.num_frames, job.remarks) == (1.3, 13, [])


def test_silent_cuts_are_left_out_and_counted(tmp_path: Path) -> None:
    sound = np.concatenate([tone(2.0, 16_000), np.zeros(64_000, np.float32), tone(2.0, 16_000)])
    path = write(tmp_path / "a.mkv", steady(80, 10), [Track(sound, 16_000, "flac")])
    job = film_clips(path)
    loud = list(job.clips())
    assert [clip.id for clip in loud] == ["a_0_2000", "a_6000_8000"]
    assert numbers_in(loud[1]) == list(range(60, 80))
    assert job.remarks == ["2 silent clips left out"]
    assert len(clips_of(path, replace(SMALL, skip_silence_db=None))) == 4
    with pytest.raises(VideoFileError, match="is silent: no second reaches -3 dB of full scale"):
        clips_of(path, replace(SMALL, skip_silence_db=-3.0))


def test_a_part_of_a_film_is_taken_where_it_is_asked_for(tmp_path: Path) -> None:
    path = write(tmp_path / "film.mkv", steady(80, 10), [Track(pips(8.0), 16_000, "flac")])
    (clip,) = clips_of(path, start_s=3.5, duration_s=2.0)
    assert (clip.id, clip.start_s, seconds_of(clip)) == ("film", 3.5, 2.0)
    assert numbers_in(clip) == list(range(35, 55))
    assert pip_times(clip) == [0.5, 1.5]


def test_several_sound_tracks_are_remarked(tmp_path: Path) -> None:
    tracks = [Track(tone(2.0, 16_000), 16_000, "flac", "deu"), Track(tone(2.0, 16_000), 16_000, "flac", "eng")]
    job = film_clips(write(tmp_path / "a.mkv", steady(20, 10), tracks))
    assert len(list(job.clips())) == 1
    assert job.remarks == ["heard is sound track 1 (deu) of 2"]


def test_a_film_that_was_cut_off_gives_what_is_there_and_is_remarked(tmp_path: Path) -> None:
    path = film(tmp_path / "a.mkv", 8.0, audio_codec="pcm_s16le")
    data = path.read_bytes()
    path.write_bytes(data[: len(data) * 6 // 10])
    job = film_clips(path)
    clips = list(job.clips())
    assert 2 <= len(clips) <= 3
    assert any("its header states" in remark for remark in job.remarks)


@pytest.mark.parametrize(
    ("name", "reason"),
    [
        ("mute", "holds no sound that can be decoded"),
        ("dark", "holds no picture; files of sound alone are taken with --sound-only"),
        ("brief", "holds less than 0.5 s of sound and picture together"),
        ("apart", "holds less than 0.5 s of sound and picture together"),
    ],
)
def test_films_that_give_nothing_say_why(tmp_path: Path, name: str, reason: str) -> None:
    path = tmp_path / f"{name}.mkv"
    second = Track(tone(1.0, 16_000), 16_000, "flac")
    match name:
        case "mute":
            write(path, steady(20, 10))
        case "dark":
            write(path, sounds=[second])
        case "brief":
            film(path, 0.3, audio_codec="flac")
        case "apart":
            write(path, [5.0 + number / 10 for number in range(20)], [second])
    with pytest.raises(VideoFileError) as caught:
        clips_of(path)
    assert caught.value.reason == reason


def test_sound_alone_is_taken_when_asked_for(tmp_path: Path) -> None:
    path = write(tmp_path / "a.flac", sounds=[Track(tone(3.0, 48_000), 48_000, "flac")])
    cuts = clips_of(path, replace(SMALL, sound_only=True))
    assert [(clip.id, seconds_of(clip), clip.num_frames) for clip in cuts] == [
        ("a_0_2000", 2.0, 0),
        ("a_2000_3000", 1.0, 0),
    ]
    assert clips_of(film(tmp_path / "b.mp4"), replace(SMALL, sound_only=True))[0].num_frames == 20


def test_the_same_film_makes_the_same_clips_on_any_number_of_threads(tmp_path: Path) -> None:
    path = film(tmp_path / "a.mp4", 3.0)
    threaded = film_clips(path)
    threaded.threads = 4
    one, other = clips_of(path), list(threaded.clips())
    assert [clip.frames for clip in one] == [clip.frames for clip in other]
    assert all(np.array_equal(a.sound, b.sound) for a, b in zip(one, other, strict=True))
