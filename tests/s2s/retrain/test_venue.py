"""What lies in a venue's folder: which photographs go with which sound, and how recordings are divided."""

from datetime import datetime, timedelta
from pathlib import Path

import pytest

from s2s.data.corpus import recording_of
from s2s.retrain.venue import FEWEST, Photograph, Venue, divided, photographs_of
from tests.s2s.retrain.places import photograph, sound

NINE = datetime(2024, 5, 18, 21, 0, 0)
NAMES = [f"guest-{number}" for number in range(40)]


def test_photographs_go_with_the_sound_of_their_name(tmp_path: Path) -> None:
    bar, terrace = sound(tmp_path / "bar.wav"), sound(tmp_path / "terrace.wav")
    pictures = [photograph(tmp_path / "photos" / name) for name in ("Bar.jpg", "terrace-1.jpg", "terrace-2.png")]
    findings = photographs_of([bar, terrace], pictures)
    assert findings == {bar: (Photograph(pictures[0]),), terrace: (Photograph(pictures[1]), Photograph(pictures[2]))}


def test_of_two_names_that_fit_the_longer_counts(tmp_path: Path) -> None:
    short, long = sound(tmp_path / "bar.wav"), sound(tmp_path / "bar-late.wav")
    picture = photograph(tmp_path / "bar-late-3.jpg", written=NINE)
    assert photographs_of([short, long], [picture]) == {short: (), long: (Photograph(picture),)}


def test_take_12_is_no_picture_of_take_1(tmp_path: Path) -> None:
    first = sound(tmp_path / "take1.wav", ended=NINE)
    far = photograph(tmp_path / "take12.jpg", written=NINE + timedelta(hours=2))
    assert photographs_of([first], [far]) == {first: ()}


def test_other_photographs_go_with_the_sound_they_were_taken_during(tmp_path: Path) -> None:
    early = sound(tmp_path / "one.wav", 4.0, ended=NINE)
    late = sound(tmp_path / "two.wav", 4.0, ended=NINE + timedelta(minutes=2))
    during = photograph(tmp_path / "a.jpg", written=NINE - timedelta(seconds=3))
    between = photograph(tmp_path / "b.jpg", by_camera=NINE + timedelta(seconds=70))
    findings = photographs_of([early, late], [during, between])
    (taken_during,) = findings[early]
    assert taken_during.path == during and taken_during.at_s == pytest.approx(1.0)
    assert findings[late] == (Photograph(between),)


def test_a_photograph_of_another_hour_goes_with_nothing(tmp_path: Path) -> None:
    file = sound(tmp_path / "one.wav", ended=NINE)
    assert photographs_of([file], [photograph(tmp_path / "a.jpg", written=NINE - timedelta(minutes=11))]) == {file: ()}
    near = photograph(tmp_path / "b.jpg", written=NINE + timedelta(minutes=9))
    assert photographs_of([file], [near]) == {file: (Photograph(near),)}


def test_a_folder_may_hold_films_and_sounds_with_photographs(tmp_path: Path) -> None:
    for number in range(FEWEST - 1):
        (tmp_path / f"film-{number}.mp4").touch()
    sound(tmp_path / "sounds" / "bar.wav", ended=NINE)
    photograph(tmp_path / "photos" / "bar.jpg")
    sound(tmp_path / "alone.wav", ended=NINE - timedelta(days=1))
    venue = Venue.read(tmp_path)
    assert len(venue.videos()) == FEWEST
    assert list(venue.photographs) == ["sounds/bar.wav"]
    assert venue.left_out == ("alone.wav: no photograph goes with it",)
    assert {video.split for video in venue.videos()} == {"train", "val", "test"}
    assert venue.recordings["film-3.mp4"] == "film-3"


def test_cuts_of_one_recording_stay_together(tmp_path: Path) -> None:
    for number in range(FEWEST):
        for start_ms in (0, 10_000):
            (tmp_path / f"guest{number}_{start_ms}_{start_ms + 10_000}.mp4").touch()
    splits: dict[str, set[str | None]] = {}
    for video in Venue.read(tmp_path).videos():
        splits.setdefault(recording_of(video.id), set()).add(video.split)
    assert len(splits) == FEWEST
    assert all(len(findings) == 1 for findings in splits.values())


@pytest.mark.parametrize(("count", "val", "test"), [(FEWEST, 3, 3), (20, 3, 5), (40, 6, 10)])
def test_neither_split_is_empty_and_both_follow_from_the_names(count: int, val: int, test: int) -> None:
    splits = divided(NAMES[:count], 0, Path("venue"))
    counts = {split: list(splits.values()).count(split) for split in ("test", "val", "train")}
    assert counts == {"test": test, "val": val, "train": count - val - test}
    assert divided(NAMES[count - 1 :: -1], 0, Path("venue")) == splits
    assert divided(NAMES[:count], 1, Path("venue")) != splits


def test_too_few_recordings_are_refused_with_how_many_are_needed(tmp_path: Path) -> None:
    for number in range(FEWEST - 1):
        (tmp_path / f"film-{number}.mp4").touch()
    with pytest.raises(ValueError, match="holds 9 recordings that can be used; at least 10 are needed: 3 to stop by"):
        Venue.read(tmp_path)


def test_an_evening_without_pictures_is_told_where_to_put_them(tmp_path: Path) -> None:
    sound(tmp_path / "bar.wav")
    with pytest.raises(ValueError, match=r"holds sounds but no photograph .* \(bar.jpg beside bar.wav\)"):
        Venue.read(tmp_path)


def test_pictures_without_an_evening_are_told_what_they_need(tmp_path: Path) -> None:
    photograph(tmp_path / "bar.jpg")
    with pytest.raises(ValueError, match="holds 1 photographs and nothing that is heard: each needs the sound"):
        Venue.read(tmp_path)


def test_of_a_long_evening_the_beginning_of_each_recording_is_read(tmp_path: Path) -> None:
    for number in range(FEWEST):
        (tmp_path / f"film-{number}.mp4").touch()
    venue = Venue.read(tmp_path)
    assert venue.at_most(None) is venue
    assert {video.duration_s for video in venue.at_most(90.0).listed} == {90.0}
