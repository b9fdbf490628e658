"""Of the files people have on disk, the right one is taken, and why is said."""

import shutil
from pathlib import Path
from typing import Any

import numpy as np
import pytest
import torch

from s2s.published.checkpoint import CheckpointError
from s2s.published.files import PublishedFile, published_files
from tests.published_files import record


def folder_of(path: Path, fids: dict[str, Any]) -> Path:
    """IC-GAN's folder, its weights empty: the choice looks at the records alone. `...`: no record at all."""
    path.mkdir(parents=True)
    for name, fid in fids.items():
        (path / f"G_ema_{name}.pth").touch()
        if fid is not ...:
            torch.save(record(fid), path / f"state_dict_{name}.pth")
    for unread in ("G_best0.pth", "D_best0.pth", "G_optim_best0.pth", "D_optim_best0.pth"):
        (path / unread).touch()
    return path


def chosen(path: Path) -> PublishedFile:
    (file,) = published_files([path])
    return file


def refusal(path: Path) -> CheckpointError:
    with pytest.raises(CheckpointError) as caught:
        published_files([path])
    return caught.value


@pytest.mark.parametrize(
    ("fids", "best"),
    [
        ({"best0": np.float64(12.5), "best1": np.float64(11.7)}, "best1"),
        ({"best0": 11.7, "best1": 12.5}, "best0"),
        ({"best0": torch.tensor(12.5), "best1": np.float32(11.7)}, "best1"),
        ({"best0": np.float64(np.nan), "best1": 40.0}, "best1"),
        ({"best0": 40.0, "best1": None}, "best0"),
        ({"best0": 40.0, "best1": "n/a"}, "best0"),
        ({"best0": 999_999, "best1": 40.0}, "best1"),
        ({"best0": ..., "best1": 40.0}, "best1"),
        ({"best0": 40.0}, "best0"),
        ({"best1": 40.0}, "best1"),
        ({"best1": ...}, "best1"),
    ],
)
def test_the_generator_with_the_lower_fid_is_taken(tmp_path: Path, fids: dict[str, Any], best: str) -> None:
    assert chosen(folder_of(tmp_path / "icgan", fids)).path.name == f"G_ema_{best}.pth"


def test_the_choice_says_why(tmp_path: Path) -> None:
    both = chosen(folder_of(tmp_path / "both", {"best0": 12.5, "best1": 11.7})).chosen
    assert both == "the best of its folder, recorded FID 11.70, epoch 7 (G_ema_best0.pth: recorded FID 12.50, epoch 7)"
    one = chosen(folder_of(tmp_path / "one", {"best1": 11.7})).chosen
    assert one == "the only G_ema_*.pth in its folder, recorded FID 11.70, epoch 7"
    bare = chosen(folder_of(tmp_path / "bare", {"best0": ...})).chosen
    assert bare == "the only G_ema_*.pth in its folder, no FID recorded"


@pytest.mark.parametrize("fids", [{"best0": ..., "best1": ...}, {"best0": np.nan, "best1": None}])
def test_where_no_fid_tells_the_better_one_is_to_be_named(tmp_path: Path, fids: dict[str, Any]) -> None:
    assert "name one of them directly" in refusal(folder_of(tmp_path / "icgan", fids)).message


def test_a_record_that_wants_to_build_something_is_refused_and_the_way_out_is_said(tmp_path: Path) -> None:
    folder = folder_of(tmp_path / "icgan", {"best0": 12.5, "best1": 11.7})
    torch.save({**record(11.7), "evil": Path("x")}, folder / "state_dict_best1.pth")
    error = refusal(folder)
    assert error.path == folder / "state_dict_best1.pth"
    assert "wants to build pathlib." in error.message
    assert f"name {folder / 'G_ema_best1.pth'} directly" in error.message
    assert chosen(folder / "G_ema_best1.pth") == PublishedFile(folder / "G_ema_best1.pth")


def test_the_authors_folder_of_checkpoints_is_taken_as_a_whole(tmp_path: Path) -> None:
    folder_of(tmp_path / "icgan_biggan_imagenet_res128", {"best0": 12.5, "best1": 11.7})
    for name in ("sound2scene.pth", "swav.pth.tar", "README.md"):
        (tmp_path / name).touch()
    names = {file.path.name for file in published_files([tmp_path])}
    assert names == {"sound2scene.pth", "swav.pth.tar", "G_ema_best1.pth"}


def test_everything_in_one_flat_folder_is_taken_too(tmp_path: Path) -> None:
    folder = folder_of(tmp_path / "all", {"best0": 12.5})
    (folder / "sound2scene.pth").touch()
    assert {file.path.name for file in published_files([folder])} == {"sound2scene.pth", "G_ema_best0.pth"}


def test_an_archive_unpacked_into_a_folder_of_its_own_name_is_found(tmp_path: Path) -> None:
    inner = folder_of(tmp_path / "res128" / "res128", {"best0": 12.5})
    assert chosen(tmp_path / "res128").path.parent == inner


def test_what_is_not_there_is_named(tmp_path: Path) -> None:
    assert "no such file or folder" in refusal(tmp_path / "nowhere").message
    (tmp_path / "empty").mkdir()
    assert "holds no published weights" in refusal(tmp_path / "empty").message
    records = folder_of(tmp_path / "records", {"best0": 12.5})
    (records / "G_ema_best0.pth").unlink()
    assert "no G_ema_*.pth" in refusal(records).message
    shutil.rmtree(records)
    assert refusal(records).path == records
