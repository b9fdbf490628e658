"""VEGAS: its folders, the 800 and 50 clips a class, and that no video is ever in two splits."""

from collections import Counter
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from s2s.data.corpus import Video
from s2s.data.listing import Listing
from s2s.data.splits import in_two_splits
from s2s.data.vegas import CLASSES, FIVE_CLASSES, PAPER, SplitSizes, find_clips

FEW = SplitSizes(train=12, val=2, test=2)
DRAWN = "which clips the paper took is not published; these are drawn with seed 0"
HEADER = "YTID,start_second,end_second"


def with_class(root: Path, label: str, recordings: list[str] | None, films: int | None = None) -> Path:
    """A class of empty films (whoever opens one has an error); `recordings` None writes no table."""
    videos = root / label / "videos"
    videos.mkdir(parents=True, exist_ok=True)
    for number in range(len(recordings or ()) if films is None else films):
        (videos / f"video_{number:05d}.mp4").touch()
    if recordings is not None:
        rows = [f"{recording},{number},{number + 10}" for number, recording in enumerate(recordings)]
        (root / label / "video_info.csv").write_text("\n".join([HEADER, *rows, ""]))
    return root


def names(count: int, clips_each: int = 1) -> list[str]:
    return [f"video-{number // clips_each:05d}" for number in range(count)]


def splits(listing: Listing) -> dict[str, str]:
    return {video.id: str(video.split) for video in listing.found}


def test_of_every_class_800_50_and_50_clips_are_taken(tmp_path: Path) -> None:
    for label in ("dog", "drum"):
        with_class(tmp_path, label, names(1100, clips_each=2))
    listing = find_clips(tmp_path)
    full = Counter({"train": 800, "val": 50, "test": 50})
    assert listing.counts() == {"dog": full, "drum": full}
    absent = "baby_cry, chainsaw, fireworks, helicopter, printer, rail_transport, snoring, water_flowing"
    assert listing.notes == (f"no folder for 8 classes: {absent}", DRAWN)
    assert listing.missing == ()
    assert len({video.id for video in listing.found}) == 1800
    assert in_two_splits(listing.found) == {}
    assert listing.lines()[0] == "VEGAS: 1800 clips of 2 classes: 1600 train, 100 val, 100 test"


def test_a_clip_is_a_film_with_its_class_and_its_video(tmp_path: Path) -> None:
    with_class(tmp_path, "baby_cry", ["-a_b-c_d-e_", "--0PQM4-hqg"])
    second = find_clips(tmp_path).found[1]
    path = tmp_path / "baby_cry" / "videos" / "video_00001.mp4"
    assert second == Video(path, "baby_cry_00001", "baby_cry", second.split, 0.0, 10.0, "--0PQM4-hqg")


def test_five_classes_are_those_of_s2i(tmp_path: Path) -> None:
    for label in CLASSES:
        with_class(tmp_path, label, names(60))
    listing = find_clips(tmp_path, classes=FIVE_CLASSES, sizes=FEW)
    assert set(listing.counts()) == {"baby_cry", "dog", "rail_transport", "fireworks", "water_flowing"}
    assert not listing.extra and not listing.missing


@settings(max_examples=25, deadline=None)
@given(st.integers(30, 150), st.integers(1, 5), st.integers(0, 150), st.integers(0, 3))
def test_no_video_is_in_two_splits_nor_goes_from_one_to_another(
    tmp_path_factory: pytest.TempPathFactory, count: int, clips_each: int, added: int, seed: int
) -> None:
    root = tmp_path_factory.mktemp("vegas")
    with_class(root, "dog", names(count, clips_each))
    before = find_clips(root, sizes=FEW, seed=seed)
    with_class(root, "dog", names(count + added, clips_each))
    after = find_clips(root, sizes=FEW, seed=seed)
    assert in_two_splits([*before.found, *after.found]) == {}
    for split in ("train", "val", "test"):
        taken = [list(splits(listing).values()).count(split) for listing in (before, after)]
        assert taken[0] <= taken[1] <= FEW.of(split)


def test_videos_shared_by_two_classes_are_in_one_split(tmp_path: Path) -> None:
    for label in ("dog", "baby_cry"):
        with_class(tmp_path, label, names(200))
    listing = find_clips(tmp_path, sizes=SplitSizes(200, 200, 200))
    assert len(listing.found) == 400
    assert in_two_splits(listing.found) == {}


def test_another_seed_draws_others(tmp_path: Path) -> None:
    with_class(tmp_path, "dog", names(200))
    one, other = (splits(find_clips(tmp_path, sizes=FEW, seed=seed)) for seed in (0, 1))
    assert one != other
    assert one == splits(find_clips(tmp_path, sizes=FEW))


def test_a_class_that_is_too_small_is_taken_whole_and_said(tmp_path: Path) -> None:
    with_class(tmp_path, "dog", names(40))
    listing = find_clips(tmp_path, classes=["dog"])
    counts = listing.counts()["dog"]
    assert sum(counts.values()) == 40
    assert listing.notes == (
        f"dog: only {counts['train']} of 800 train, {counts['val']} of 50 val, {counts['test']} of 50 test, "
        "of 40 clips there",
        DRAWN,
    )


def test_missing_and_extra_films_are_named(tmp_path: Path) -> None:
    with_class(tmp_path, "dog", names(50), films=52)
    videos = tmp_path / "dog" / "videos"
    (videos / "video_00003.mp4").unlink()
    (videos / "holiday.mp4").touch()
    (videos / "video_00004.webm").touch()
    (videos / "video_00005.mp4.part").touch()
    (tmp_path / "dog" / "video_00003.mp4").touch()
    listing = find_clips(tmp_path, classes=["dog"], sizes=SplitSizes(100, 100, 100))
    assert listing.missing == ("dog_00003",)
    assert sorted(path.name for path in listing.extra) == [
        "holiday.mp4",
        "video_00003.mp4",
        "video_00004.webm",
        "video_00050.mp4",
        "video_00051.mp4",
    ]
    assert len(listing.found) == 49


def test_without_a_table_every_clip_counts_as_its_own_video(tmp_path: Path) -> None:
    with_class(tmp_path, "dog", None, films=60)
    listing = find_clips(tmp_path, classes=["dog"], sizes=FEW)
    assert not listing.extra and not listing.missing
    assert all(video.recording == video.id for video in listing.found)
    assert "dog: no video_info.csv, so clips of one video may be in two splits" in listing.notes
    assert listing.counts()["dog"]["train"] == 12


@pytest.mark.parametrize(
    "table",
    [
        b"\xef\xbb\xbfYTID,start_second,end_second\r\nabc,1,2\r\n",
        b"# YTID, start_second, end_second\nabc, 1, 2\n",
        b'start_second,end_second,YTID\n1,2,"abc"\n',
    ],
)
def test_tables_as_people_have_them_are_read(tmp_path: Path, table: bytes) -> None:
    with_class(tmp_path, "dog", None, films=1)
    (tmp_path / "dog" / "video_info.csv").write_bytes(table)
    (video,) = find_clips(tmp_path, classes=["dog"]).found
    assert video.recording == "abc"


@pytest.mark.parametrize(
    ("table", "complaint"),
    [
        ("", "has no column YTID"),
        ("abc,1,2\n", "has no column YTID"),
        (f"{HEADER}\nabc,1\n", "line 2: expected 3 columns with a YouTube id in column 1, got 'abc,1'"),
        (f"{HEADER}\nabc,1,2\n,1,2\n", "line 3: expected 3 columns"),
    ],
)
def test_a_table_that_is_none_is_named(tmp_path: Path, table: str, complaint: str) -> None:
    with_class(tmp_path, "dog", None, films=1)
    (tmp_path / "dog" / "video_info.csv").write_text(table)
    with pytest.raises(ValueError, match=complaint) as refused:
        find_clips(tmp_path, classes=["dog"])
    assert "dog/video_info.csv" in str(refused.value)


def test_what_is_no_vegas_says_what_was_expected(tmp_path: Path) -> None:
    with pytest.raises(
        ValueError, match=r"holds no clip of VEGAS; expected files like baby_cry/videos/video_00000\.mp4"
    ):
        find_clips(tmp_path)
    with pytest.raises(ValueError, match="'cat' is no class of VEGAS; expected some of baby_cry, chainsaw"):
        find_clips(tmp_path, classes=["dog", "cat"])


def test_the_paper_takes_800_and_50() -> None:
    assert (PAPER.train, PAPER.test) == (800, 50)
    assert len(CLASSES) == 10
    assert set(FIVE_CLASSES) < set(CLASSES)
