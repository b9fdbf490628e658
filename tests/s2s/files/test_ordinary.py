"""Reading what somebody else put there: files alone, and nothing that keeps a reader waiting."""

import os
from pathlib import Path

import pytest

from s2s.files.document import DocumentError, read_yaml
from s2s.files.ordinary import read_ordinary


def test_a_file_is_read_up_to_its_bound(tmp_path: Path) -> None:
    path = tmp_path / "evening.yaml"
    path.write_bytes(b"name: Evening\r\n")
    assert read_ordinary(path, 100) == b"name: Evening\r\n"
    assert read_ordinary(path, 4) == b"name"


def test_a_link_is_followed(tmp_path: Path) -> None:
    (tmp_path / "evening.yaml").write_bytes(b"a")
    (tmp_path / "link.yaml").symlink_to("evening.yaml")
    assert read_ordinary(tmp_path / "link.yaml", 9) == b"a"


@pytest.mark.skipif(not hasattr(os, "mkfifo"), reason="there are no pipes with names here")
def test_a_pipe_that_nobody_writes_to_keeps_nobody_waiting(tmp_path: Path) -> None:
    os.mkfifo(tmp_path / "evening.yaml")
    with pytest.raises(OSError, match="it is no ordinary file"):
        read_ordinary(tmp_path / "evening.yaml", 9)
    with pytest.raises(DocumentError, match="cannot be read: it is no ordinary file"):
        read_yaml(tmp_path / "evening.yaml")


@pytest.mark.skipif(os.name == "nt", reason="Windows opens no folders")
def test_a_folder_and_a_device_are_refused(tmp_path: Path) -> None:
    with pytest.raises(IsADirectoryError):
        read_ordinary(tmp_path, 9)
    with pytest.raises(OSError, match="it is no ordinary file"):
        read_ordinary(Path(os.devnull), 9)
