"""The corpora by name: what their options stand for, and what does not go together."""

from pathlib import Path

import pytest

from s2s.data.corpora import CorpusOptions, open_corpus
from s2s.data.corpus import Video

ROWS = "---g-f_I2yQ,1,people marching,test\n--0PQM4-hqg,30,waterfall burbling,train\n0_8-g2rof7E,49,birds,train\n"


def videos(source: Path, corpus: str = "folder", *csv_files: Path, classes: str | None = None) -> list[Video]:
    return list(open_corpus(corpus, source, CorpusOptions(csv_files, classes, val_share=0)).videos())


@pytest.fixture
def vggsound(tmp_path: Path) -> Path:
    folder = tmp_path / "vggsound"
    folder.mkdir()
    for name in ("---g-f_I2yQ_000001.mp4", "--0PQM4-hqg_000030.mp4", "0_8-g2rof7E_000049.mp4"):
        (folder / name).touch()
    return folder


def vegas(tmp_path: Path, *labels: str) -> Path:
    for label in labels:
        (tmp_path / "vegas" / label / "videos").mkdir(parents=True)
        for number in range(40):
            (tmp_path / "vegas" / label / "videos" / f"video_{number:05d}.mp4").touch()
    return tmp_path / "vegas"


def test_without_a_word_any_folder_of_films_is_taken(vggsound: Path) -> None:
    assert {(video.label, video.split) for video in videos(vggsound)} == {(None, None)}
    assert len(videos(vggsound)) == 3


def test_vggsound_is_the_fifty_classes_unless_asked_otherwise(vggsound: Path, tmp_path: Path) -> None:
    (vggsound / "vggsound.csv").write_text(ROWS)
    own = tmp_path / "mine.txt"
    own.write_text("birds\n")
    fifty = ["people marching", "waterfall burbling"]
    assert [video.label for video in videos(vggsound, "vggsound")] == fifty
    assert [video.label for video in videos(vggsound, "vggsound", classes="50")] == fifty
    assert len(videos(vggsound, "vggsound", classes="all")) == 3
    assert [video.label for video in videos(vggsound, "vggsound", classes=str(own))] == ["birds"]


def test_lists_may_lie_elsewhere_and_be_two(vggsound: Path, tmp_path: Path) -> None:
    (tmp_path / "train.csv").write_text("--0PQM4-hqg_000030.mp4,waterfall burbling\n")
    (tmp_path / "test.csv").write_text("---g-f_I2yQ_000001.mp4,people marching\n")
    lists = (tmp_path / "train.csv", tmp_path / "test.csv")
    assert [video.split for video in videos(vggsound, "vggsound", *lists)] == ["train", "test"]


def test_vegas_is_all_ten_classes_or_the_five(tmp_path: Path) -> None:
    folder = vegas(tmp_path, "dog", "drum")
    assert {video.label for video in videos(folder, "vegas")} == {"dog", "drum"}
    assert {video.label for video in videos(folder, "vegas", classes="all")} == {"dog", "drum"}
    assert {video.label for video in videos(folder, "vegas", classes="5")} == {"dog"}


@pytest.mark.parametrize(
    ("corpus", "csv_files", "classes", "complaint"),
    [
        ("folder", (Path("vggsound.csv"),), None, "--csv belongs to --corpus vggsound, and this is folder"),
        ("vegas", (Path("vggsound.csv"),), None, "--csv belongs to --corpus vggsound, and this is vegas"),
        ("folder", (), "50", "--classes: expected all or a file with one class a line, got '50'"),
        ("vggsound", (), None, r"holds no vggsound\.csv; say where it lies with --csv FILE"),
        ("vegas", (), "50", "--classes: expected 5, all or a file with one class a line, got '50'"),
    ],
)
def test_what_does_not_go_together_is_refused(
    vggsound: Path, corpus: str, csv_files: tuple[Path, ...], classes: str | None, complaint: str
) -> None:
    with pytest.raises(ValueError, match=complaint):
        videos(vggsound, corpus, *csv_files, classes=classes)


def test_classes_that_are_no_file_are_refused(vggsound: Path) -> None:
    (vggsound / "vggsound.csv").write_text(ROWS)
    with pytest.raises(ValueError, match="--classes: expected 50, all or a file with one class a line, got '51'"):
        videos(vggsound, "vggsound", classes="51")
