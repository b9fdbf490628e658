"""A file of lines: what was appended is there again, and half a line is not."""

from pathlib import Path

from s2s.files.line_file import LineFile


def test_lines_are_there_again_in_their_order(tmp_path: Path) -> None:
    for line in ("one", "zwölf"):
        LineFile(tmp_path / "lines").append(line)
    assert LineFile(tmp_path / "lines").lines == [b"one\n", "zwölf\n".encode()]


def test_half_a_line_is_cut_off_before_the_next_one_is_written(tmp_path: Path) -> None:
    (tmp_path / "lines").write_bytes(b"one\ntw")
    LineFile(tmp_path / "lines").append("three")
    assert (tmp_path / "lines").read_bytes() == b"one\nthree\n"
