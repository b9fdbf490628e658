"""`prepare` on small copies of the published corpora: clips with the published ids, labels and splits."""

import json
import logging
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from s2s.__main__ import main
from s2s.data.annotations import fit, read_annotation
from s2s.data.clip_index import IndexRow, read_index
from s2s.media.video_writer import write_film

LIST = """\
---g-f_I2yQ,1,people marching,test
--0PQM4-hqg,30,waterfall burbling,train
XQHs8qK9HPA,82,"ice cream truck, ice cream van",train
XOI5jgUu3fA,442,blowtorch igniting,train
xElEg-6DBtM,18,hail,test
"""


def film(path: Path, duration_s: float = 2.0) -> None:
    """A grey film with a tone."""
    pictures = (np.full((48, 64, 3), number, np.uint8) for number in range(int(10 * duration_s)))
    times = np.arange(int(16_000 * duration_s)) / 16_000
    write_film(path, pictures, 10, (0.3 * np.sin(2 * np.pi * 440 * times)).astype(np.float32))


def prepared(*arguments: object, out: Path) -> tuple[dict[str, IndexRow], dict[str, Any]]:
    given = [str(argument) for argument in arguments]
    assert main(["prepare", *given, "--px", "32", "--workers", "1"]) == 0
    rows = {row.id: row for row in read_index(out / "index.jsonl")}
    return rows, json.loads((out / "run.json").read_text())["results"]["listing"]


@pytest.mark.proc
def test_vggsound_is_prepared_as_published(tmp_path: Path, caplog: pytest.LogCaptureFixture) -> None:
    source, out = tmp_path / "vggsound", tmp_path / "out"
    # A second of the next scene at the end: downloads are cut at key frames, and a clip is ten seconds.
    film(source / "---g-f_I2yQ_000001.mp4", 11.5)
    film(source / "waterfall burbling" / "--0PQM4-hqg_30000_40000.mp4")
    film(source / "XOI5jgUu3fA_000442.mp4")
    (source / "XQHs8qK9HPA_000082.mp4").write_bytes(b"cut off while it was downloaded")
    (tmp_path / "vggsound.csv").write_text(LIST)
    with caplog.at_level(logging.INFO):
        rows, listing = prepared(
            source, out, "--corpus", "vggsound", "--csv", tmp_path / "vggsound.csv", "--split", "1,0,0", out=out
        )
    assert {name: (row.label, row.split) for name, row in rows.items()} == {
        "---g-f_I2yQ_1000_11000": ("people marching", "test"),
        "--0PQM4-hqg_30000_40000": ("waterfall burbling", "train"),
    }
    assert rows["---g-f_I2yQ_1000_11000"].num_samples == 160_000
    assert listing["missing"] == ["xElEg-6DBtM_000018"]
    assert "VGGSound: 3 clips of 3 classes: 2 train, 0 val, 1 test" in caplog.text
    assert "XQHs8qK9HPA_82000_92000" in (out / "skipped.jsonl").read_text()
    published = tmp_path / "top1_boxes_top10_moments.json"
    published.write_text(json.dumps([{}, {"--0PQM4-hqg_30000_40000": [19, 3], "XQHs8qK9HPA_82000_92000": [1]}]))
    fitted = fit(read_annotation(published).moments, {name: row.num_frames for name, row in rows.items()})
    assert fitted.moments == {"--0PQM4-hqg_30000_40000": (19, 3)}


@pytest.mark.proc
def test_vegas_is_prepared_with_its_own_splits(tmp_path: Path) -> None:
    source, out = tmp_path / "vegas", tmp_path / "out"
    for number in range(3):
        film(source / "dog" / "videos" / f"video_{number:05d}.mp4")
    table = "YTID,start_second,end_second\n--0PQM4-hqg,1,3\n--0PQM4-hqg,5,7\n---g-f_I2yQ,5,7\n"
    (source / "dog" / "video_info.csv").write_text(table)
    rows, listing = prepared(source, out, "--corpus", "vegas", out=out)
    assert sorted(rows) == ["dog_00000", "dog_00001", "dog_00002"]
    assert {row.label for row in rows.values()} == {"dog"}
    assert rows["dog_00000"].split == rows["dog_00001"].split
    assert sum(listing["splits"].values()) == 3


def test_a_list_that_is_none_ends_with_one_line_and_writes_nothing(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    film(tmp_path / "films" / "--0PQM4-hqg_000030.mp4")
    (tmp_path / "vggsound.csv").write_text(LIST + "--0PQM4-hqg,30,hail\n")
    given = ["prepare", str(tmp_path / "films"), str(tmp_path / "out"), "--corpus", "vggsound"]
    assert main([*given, "--csv", str(tmp_path / "vggsound.csv")]) == 2
    said = capsys.readouterr().err
    assert said.startswith("s2s: ")
    assert "vggsound.csv, line 6: expected four columns" in said
    assert said.count("\n") == 1
    assert not (tmp_path / "out").exists()
