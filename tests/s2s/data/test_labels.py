"""Lists of classes: the paper's fifty, and files of one's own."""

import csv
from pathlib import Path

import pytest

from s2s.data.labels import FIGURE_S1, read_labels


def written(path: Path, content: bytes) -> Path:
    path.write_bytes(content)
    return path


def test_figure_s1_has_fifty_classes_spelt_as_vggsound_spells_them() -> None:
    labels = read_labels(FIGURE_S1)
    assert len(labels) == 50
    assert "ice cream truck, ice cream van" in labels
    assert "railroad car, train wagon" in labels
    assert "label" not in labels


def test_the_fifty_classes_hold_35_101_clips_for_training_and_2498_for_testing() -> None:
    # "Around 35 000": the paper's training set is these classes of VGGSound's own training part.
    with FIGURE_S1.open(encoding="utf-8", newline="") as lines:
        rows = list(csv.DictReader(lines))
    tests = sum(int(row["test_clips"]) for row in rows)
    assert tests == 2498
    assert sum(int(row["clips"]) for row in rows) - tests == 35_101


def test_a_text_file_has_one_name_a_line_commas_and_all(tmp_path: Path) -> None:
    file = written(tmp_path / "categories.txt", b"hail\r\nice cream truck, ice cream van\r\n\r\n")
    assert read_labels(file) == ("hail", "ice cream truck, ice cream van")


def test_a_table_has_them_in_its_first_column(tmp_path: Path) -> None:
    file = written(tmp_path / "mine.csv", b'\xef\xbb\xbflabel,clips\n"ice cream truck, ice cream van",3\nhail,\n')
    assert read_labels(file) == ("ice cream truck, ice cream van", "hail")


@pytest.mark.parametrize(
    ("content", "complaint"),
    [(b"", "names no class"), (b"\n \n", "names no class"), (b"hail\nhail\n", "'hail' twice"), (b"\xff\n", "UTF-8")],
)
@pytest.mark.parametrize("name", ["mine.txt", "mine.csv"])
def test_what_is_no_list_of_classes_is_refused(tmp_path: Path, name: str, content: bytes, complaint: str) -> None:
    with pytest.raises(ValueError, match=complaint) as refused:
        read_labels(written(tmp_path / name, content))
    assert name in str(refused.value)


def test_a_list_that_is_not_there_is_an_error_of_the_system(tmp_path: Path) -> None:
    with pytest.raises(FileNotFoundError):
        read_labels(tmp_path / "nowhere.txt")
