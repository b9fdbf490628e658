"""VGGSound: both published lists, the films of a real folder, and what is wrong in lists that people have."""

import csv
import io
import string
from collections import Counter
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from s2s.data.clip_ids import ClipId
from s2s.data.labels import FIGURE_S1, read_labels
from s2s.data.vggsound import ListedClip, Official, find_clips, read_clips

LIST = """\
---g-f_I2yQ,1,people marching,test
--0PQM4-hqg,30,waterfall burbling,train
XQHs8qK9HPA,82,"ice cream truck, ice cream van",test
0_8-g2rof7E,49,"heart sounds, heartbeat",train
"""
CLIPS = [
    ListedClip(ClipId("---g-f_I2yQ", 1), "people marching", "test"),
    ListedClip(ClipId("--0PQM4-hqg", 30), "waterfall burbling", "train"),
    ListedClip(ClipId("XQHs8qK9HPA", 82), "ice cream truck, ice cream van", "test"),
    ListedClip(ClipId("0_8-g2rof7E", 49), "heart sounds, heartbeat", "train"),
]
youtube_ids = st.text(string.ascii_letters + string.digits + "-_", min_size=11, max_size=11)
labels = st.text(st.characters(exclude_categories=["C"]), min_size=1).map(str.strip).filter(bool)
splits: st.SearchStrategy[Official] = st.sampled_from(["train", "test"])


def written(path: Path, content: str | bytes) -> Path:
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_bytes(content if isinstance(content, bytes) else content.encode())
    return path


def with_films(root: Path, *names: str) -> Path:
    """Empty files: whoever opens one has an error."""
    root.mkdir(exist_ok=True)
    for name in names:
        written(root / name, b"")
    return root


def clip(number: int, label: str = "hail", split: Official = "train", start_s: int = 30) -> ListedClip:
    return ListedClip(ClipId(f"video-{number:05d}", start_s), label, split)


def test_the_published_list_is_read(tmp_path: Path) -> None:
    assert read_clips([written(tmp_path / "vggsound.csv", LIST)]) == CLIPS


def test_the_repository_s_two_lists_say_the_same(tmp_path: Path) -> None:
    rows = {split: [c for c in CLIPS if c.split == split] for split in ("train", "test")}
    files = []
    for split, clips in rows.items():
        text = io.StringIO()
        csv.writer(text).writerows([f"{c.id.stem}.mp4", c.label] for c in clips)
        files.append(written(tmp_path / f"{split}.csv", text.getvalue()))
    assert read_clips(files) == [*rows["train"], *rows["test"]]


@pytest.mark.parametrize(
    "content",
    [
        b"\xef\xbb\xbf" + LIST.encode(),
        LIST.replace("\n", "\r\n").encode(),
        LIST.replace("\n", "\r").encode(),
        LIST.replace("\n", "\n\n").encode(),
        LIST.strip().encode(),
        LIST.replace(",30,waterfall", " , 30 , waterfall").replace(',"', ', "').encode(),
        b"youtube_id,start_seconds,label,split\n" + LIST.encode(),
        LIST.replace(",30,", ",30.0,").encode(),
        LIST.encode() * 2,
    ],
    ids=["BOM", "CRLF", "CR", "blank lines", "no last newline", "blanks", "header", "30.0", "every row twice"],
)
def test_copies_of_the_list_as_people_have_them_are_read_too(tmp_path: Path, content: bytes) -> None:
    assert read_clips([written(tmp_path / "vggsound.csv", content)]) == CLIPS


@settings(max_examples=50)
@given(st.dictionaries(st.builds(ClipId, youtube_ids, st.integers(0, 999_999)), st.tuples(labels, splits), min_size=1))
def test_any_list_is_read_as_it_was_written(
    tmp_path_factory: pytest.TempPathFactory, table: dict[ClipId, tuple[str, Official]]
) -> None:
    clips = [ListedClip(name, label, split) for name, (label, split) in table.items()]
    file = tmp_path_factory.getbasetemp() / "any.csv"
    with file.open("w", encoding="utf-8", newline="") as lines:
        csv.writer(lines).writerows((c.id.youtube_id, c.id.start_s, c.label, c.split) for c in clips)
    assert read_clips([file]) == clips


@pytest.mark.parametrize(
    ("row", "complaint"),
    [
        ("--0PQM4-hqg,30,hail", "four columns like"),
        ("--0PQM4-hqg,30,ice cream truck, ice cream van,train", "four columns like"),
        ("--0PQM4-hqg,30,,train", "four columns like"),
        ("--0PQM4-hqg,30,hail,valid", "train or test as the fourth column"),
        ("--0PQM4-hqg,half,hail,train", "a start in whole seconds"),
        ("--0PQM4-hqg,30.5,hail,train", "a start in whole seconds"),
        ("--0PQM4-hqg,-30,hail,train", "a start in whole seconds"),
        ("PQM4,30,hail,train", "a YouTube id of 11 signs"),
        ("0_8-g2rof7E,49,hail,train", "as 'heart sounds, heartbeat' in train, as an earlier row says"),
        ('0_8-g2rof7E,49,"heart sounds, heartbeat",test', "as 'heart sounds, heartbeat' in train"),
        ("x" * 1000, "four columns like"),
    ],
)
def test_a_row_that_is_none_is_named(tmp_path: Path, row: str, complaint: str) -> None:
    with pytest.raises(ValueError, match=r"vggsound\.csv, line 5: expected ") as refused:
        read_clips([written(tmp_path / "vggsound.csv", LIST + row + "\n" + LIST)])
    assert complaint in str(refused.value)
    assert "\n" not in str(refused.value)
    assert len(str(refused.value)) < 400 + len(str(tmp_path))


@pytest.mark.parametrize(
    ("content", "complaint"),
    [
        ("", "names no clip"),
        ("\ufeff\n", "names no clip"),
        ("video_id,start_seconds,label,split\n", "names no clip"),
        (b"\xff\xfe-\x00", "no text in UTF-8"),
        (LIST + '--56QUhyDQM,185,"playing tennis,train\n', "line 5: cannot be read as CSV"),
        ('{"--0PQM4-hqg_30000_40000": [1, 2]}', "line 1: expected a clip and its label"),
    ],
)
def test_a_file_that_is_something_else_is_named(tmp_path: Path, content: str | bytes, complaint: str) -> None:
    with pytest.raises(ValueError, match=complaint) as refused:
        read_clips([written(tmp_path / "vggsound.csv", content)])
    assert "vggsound.csv" in str(refused.value)


def test_a_short_list_needs_a_name_that_says_its_split(tmp_path: Path) -> None:
    row = '0_8-g2rof7E_000049.mp4,"heart sounds, heartbeat"\n'
    assert read_clips([written(tmp_path / "my_train_list.csv", row)]) == [CLIPS[3]]
    for name in ("mine.csv", "train_and_test.csv"):
        with pytest.raises(ValueError, match="expected its name to say train or test"):
            read_clips([written(tmp_path / name, row)])
    with pytest.raises(ValueError, match=r"line 1: expected a clip and its label"):
        read_clips([written(tmp_path / "train.csv", "0_8-g2rof7E.mp4,hail\n")])


def test_a_list_that_adds_nothing_is_refused_rather_than_passed_over(tmp_path: Path) -> None:
    files = [written(tmp_path / "vggsound.csv", LIST), written(tmp_path / "again.csv", LIST)]
    with pytest.raises(ValueError, match=r"again\.csv names no clip that others do not"):
        read_clips(files)


def test_films_are_found_in_any_folder_under_either_spelling(tmp_path: Path) -> None:
    root = with_films(
        tmp_path / "films",
        "---g-f_I2yQ_000001.mp4",
        "waterfall burbling/--0PQM4-hqg_30000_40000.MKV",
        "test/ice cream truck, ice cream van/XQHs8qK9HPA_000082.webm",
    )
    listing = find_clips(root, CLIPS, val_share=0)
    assert [video.path.relative_to(root).as_posix() for video in listing.videos()] == [
        "---g-f_I2yQ_000001.mp4",
        "waterfall burbling/--0PQM4-hqg_30000_40000.MKV",
        "test/ice cream truck, ice cream van/XQHs8qK9HPA_000082.webm",
    ]
    assert [video.split for video in listing.found] == ["test", "train", "test"]
    assert [video.label for video in listing.found] == [c.label for c in CLIPS[:3]]
    assert [video.recording for video in listing.found] == [c.id.youtube_id for c in CLIPS[:3]]
    assert listing.missing == ("0_8-g2rof7E_000049",)


def test_clips_have_the_ids_of_the_published_annotation_and_are_taken_from_their_start(tmp_path: Path) -> None:
    root = with_films(tmp_path / "films", "--0PQM4-hqg_000030.mp4")
    (video,) = find_clips(root, CLIPS).found
    assert video.id == "--0PQM4-hqg_30000_40000"
    assert (video.start_s, video.duration_s) == (0, 10)


def test_what_is_not_of_the_list_is_left_out_and_said(tmp_path: Path) -> None:
    root = with_films(
        tmp_path / "films",
        "--0PQM4-hqg_000030.mp4",
        "a second copy/--0PQM4-hqg_000030.webm",
        "--0PQM4-hqg_000040.mp4",
        "holiday.mp4",
        "0_8-g2rof7E_000049.mp4.part",
        "0_8-g2rof7E_000049.wav",
        "._0_8-g2rof7E_000049.mp4",
    )
    listing = find_clips(root, CLIPS)
    assert [path.relative_to(root).as_posix() for path in listing.extra] == [
        "--0PQM4-hqg_000040.mp4",
        "a second copy/--0PQM4-hqg_000030.webm",
        "holiday.mp4",
    ]
    assert len(listing.missing) == 3
    said = listing.lines()
    assert said[0] == "VGGSound: 1 clip of 1 class: 1 train, 0 val, 0 test"
    assert said[1].startswith("listed but not there: 3 clips, ---g-f_I2yQ_000001, ")
    assert said[2].startswith("left out, as none of its clips or a second of one: 3 films, ")
    assert listing.report()["missing"] == list(listing.missing)


def test_the_classes_asked_for_are_kept_and_others_are_no_strangers(tmp_path: Path) -> None:
    root = with_films(tmp_path / "films", *(f"{c.id.stem}.mp4" for c in CLIPS))
    listing = find_clips(root, CLIPS, classes=read_labels(FIGURE_S1))
    # "waterfall burbling", "people marching" and the ice cream van are in figure S1, heart beats are not.
    assert [video.label for video in listing.found] == [c.label for c in CLIPS[:3]]
    assert not listing.extra and not listing.missing
    assert "left out, as of other classes: 1 film" in listing.notes


def test_a_class_without_a_row_is_named_with_the_nearest_that_has_one(tmp_path: Path) -> None:
    root = with_films(tmp_path / "films", *(f"{c.id.stem}.mp4" for c in CLIPS))
    listing = find_clips(root, CLIPS, classes=["people marching", "waterfall burblng", "zzzzzz"])
    assert "no clip is listed of 2 classes: 'waterfall burblng', 'zzzzzz'" in listing.notes
    assert "'waterfall burblng' is no class of the list; did you mean 'waterfall burbling'?" in listing.notes
    fifty = find_clips(root, CLIPS, classes=read_labels(FIGURE_S1))
    assert not any("did you mean" in note for note in fifty.notes)
    with pytest.raises(ValueError, match=r"none of the 4 clips listed is of the classes 'a', 'b', 'c' and 1 more"):
        find_clips(root, CLIPS, classes=["b", "a", "d", "c"])


def test_validation_is_cut_from_train_by_video_and_test_stays_as_published(tmp_path: Path) -> None:
    clips = [clip(n, split="test" if n % 5 == 0 else "train", start_s=s) for n in range(300) for s in (0, 20)]
    root = with_films(tmp_path / "films", *(f"{c.id.stem}.mp4" for c in clips))
    listing = find_clips(root, clips, val_share=0.2)
    official = {c.id.span: c.split for c in clips}
    assert all((video.split == "test") == (official[video.id] == "test") for video in listing.found)
    split_of_video = {(video.recording, video.split) for video in listing.found}
    assert len(split_of_video) == 300
    splits = Counter(video.split for video in listing.found)
    assert splits["val"] / (splits["val"] + splits["train"]) == pytest.approx(0.2, abs=0.06)
    assert listing.notes == ()


def test_a_clip_keeps_its_split_when_others_come_or_go(tmp_path: Path) -> None:
    clips = [clip(n) for n in range(200)]
    root = with_films(tmp_path / "films", *(f"{c.id.stem}.mp4" for c in clips[50:150]))
    before = {video.id: video.split for video in find_clips(root, clips[:120], val_share=0.3).found}
    with_films(root, *(f"{c.id.stem}.mp4" for c in clips))
    after = {video.id: video.split for video in find_clips(root, clips, val_share=0.3).found}
    assert len(before) == 70
    assert before.items() <= after.items()
    assert {video.split for video in find_clips(root, clips, val_share=0.3, seed=1).found} == {"train", "val"}
    assert after != {video.id: video.split for video in find_clips(root, clips, val_share=0.3, seed=1).found}


def test_a_video_that_the_published_split_has_on_both_sides_is_said(tmp_path: Path) -> None:
    clips = [clip(1, split="train", start_s=0), clip(1, split="test", start_s=20), clip(2)]
    root = with_films(tmp_path / "films", *(f"{c.id.stem}.mp4" for c in clips))
    listing = find_clips(root, clips, val_share=0)
    assert listing.notes == ("in train and in test, as published: clips of 1 YouTube video, video-00001",)
    assert [video.split for video in listing.found] == ["train", "test", "train"]


def test_whole_videos_named_by_their_id_alone_are_left_out_with_a_hint(tmp_path: Path) -> None:
    root = with_films(tmp_path / "films", "---g-f_I2yQ_000001.mp4", "--0PQM4-hqg.mp4", "holiday.mp4")
    listing = find_clips(root, CLIPS)
    assert len(listing.found) == 1
    assert listing.notes == ("without its start in the name: 1 film; expected names like --0PQM4-hqg_000030.mp4",)


def test_a_folder_without_a_clip_says_what_was_expected(tmp_path: Path) -> None:
    with pytest.raises(ValueError, match=r"holds none of the 4 clips; expected films like ---g-f_I2yQ_000001\.mp4"):
        find_clips(with_films(tmp_path / "films", "holiday.mp4"), CLIPS)
    with pytest.raises(ValueError, match="no such folder"):
        find_clips(tmp_path / "nowhere", CLIPS)
    with pytest.raises(FileNotFoundError):
        read_clips([tmp_path / "nowhere.csv"])


def test_links_to_other_disks_are_followed_and_links_in_a_ring_end(tmp_path: Path) -> None:
    elsewhere = with_films(tmp_path / "disk 2", "--0PQM4-hqg_000030.mp4")
    root = with_films(tmp_path / "films", "---g-f_I2yQ_000001.mp4")
    (root / "more").symlink_to(elsewhere)
    (root / "ring").symlink_to(root)
    listing = find_clips(root, CLIPS)
    assert len(listing.found) == 2
    assert listing.extra == ()
