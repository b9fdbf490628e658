"""A file is there whole or as it was before, whoever writes it and however that ends."""

from pathlib import Path

import pytest

from s2s.files.atomic_write import atomic_path, write_text


def test_what_was_there_stays_until_the_new_file_is_whole(tmp_path: Path) -> None:
    path = tmp_path / "a.json"
    write_text(path, "old")
    with atomic_path(path) as partial:
        partial.write_text("new")
        assert path.read_text() == "old"
    assert path.read_text() == "new" and list(tmp_path.iterdir()) == [path]


def test_an_error_leaves_the_file_as_it_was_and_nothing_beside_it(tmp_path: Path) -> None:
    path = tmp_path / "a.json"
    write_text(path, "old")
    with pytest.raises(ValueError, match="no more"), atomic_path(path) as partial:
        partial.write_text("half of the n")
        raise ValueError("no more")
    assert path.read_text() == "old" and list(tmp_path.iterdir()) == [path]


def test_an_error_before_the_first_byte_is_passed_on(tmp_path: Path) -> None:
    with pytest.raises(ValueError, match="nothing yet"), atomic_path(tmp_path / "a.json"):
        raise ValueError("nothing yet")
    assert list(tmp_path.iterdir()) == []


def test_what_a_killed_process_left_is_replaced(tmp_path: Path) -> None:
    path = tmp_path / "a.json"
    with atomic_path(path) as partial:
        partial.write_text("first")
    (tmp_path / partial.name).write_text("left by a process that was killed")
    write_text(path, "second")
    assert path.read_text() == "second" and list(tmp_path.iterdir()) == [path]


def test_processes_that_share_a_file_write_under_names_of_their_own(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    path = tmp_path / "a.json"
    with atomic_path(path, shared=True) as mine:
        monkeypatch.setattr("os.getpid", lambda: 1)
        with atomic_path(path, shared=True) as theirs:
            assert mine != theirs
            theirs.write_text("theirs")
        mine.write_text("mine")
    assert path.read_text() == "mine" and list(tmp_path.iterdir()) == [path]


@pytest.mark.parametrize("shared", [False, True])
def test_the_longest_name_that_a_disk_takes_can_be_written(tmp_path: Path, shared: bool) -> None:
    path = tmp_path / ("n" * 255)
    write_text(path, "long", shared=shared)
    assert path.read_text() == "long"


def test_a_durable_file_is_on_the_disk_before_it_is_moved(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    path, there = tmp_path / "last.pt", []
    monkeypatch.setattr("os.fsync", lambda _: there.append(path.exists()))
    with atomic_path(path, durable=True) as partial:
        partial.write_bytes(b"weights")
    assert there == [False] and path.read_bytes() == b"weights"
