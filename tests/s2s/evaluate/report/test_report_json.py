"""A report in JSON and back: nothing is lost, and what is wrong is named by the key that leads to it."""

import copy
import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from s2s.evaluate.report.model import Figure, Metric, Report, Value, read_report, write_report
from tests.s2s.evaluate.report.made_up import made_up

Plain = dict[str, Any]


def test_what_was_written_is_read_again(tmp_path: Path) -> None:
    write_report(tmp_path, made_up())
    there = read_report(tmp_path)
    assert there.as_dict() == made_up().as_dict() == read_report(tmp_path / "report.json").as_dict()
    assert there.metrics[0].value == made_up().metrics[0].value and there.claims == made_up().claims


def test_the_same_report_is_the_same_file(tmp_path: Path) -> None:
    (tmp_path / "again").mkdir()
    write_report(tmp_path, made_up())
    write_report(tmp_path / "again", read_report(tmp_path))
    assert (tmp_path / "report.json").read_bytes() == (tmp_path / "again" / "report.json").read_bytes()


def test_numbers_of_numpy_are_numbers(tmp_path: Path) -> None:
    value = Value(float(np.float64(0.5)), count=int(np.int64(3)))
    metric = Metric("r1", "the model", value, "share", {"at": np.int64(1), "bounds": (np.float32(0.5), None)})
    report = Report(1, {}, {}, {}, [metric], [], [], [], [])
    write_report(tmp_path, report)
    assert read_report(tmp_path).metrics[0].options == {"at": 1, "bounds": [0.5, None]}


def _set(plain: Plain, key: str, value: object) -> None:
    *above, last = key.split(".")
    at: Any = plain
    for name in above:
        at = at[int(name) if name.isdigit() else name]
    at[last] = value


@pytest.mark.parametrize(
    ("key", "value", "said"),
    [
        ("format", 2, "format: expected 1, got 2; read it with the version that wrote it, or evaluate anew"),
        ("format", True, "format: expected 1, got True"),
        ("colour", "red", "colour: unknown key"),
        ("metrics", {}, "metrics: input should be a valid array, got {}"),
        ("metrics.0.value.value", "0.5", "metrics.0.value.value: input should be a valid number, got '0.5'"),
        ("metrics.0.value.count", 0.5, "metrics.0.value.count: input should be a valid integer"),
        ("metrics.0.value.value", float("nan"), "metrics.0.value.value: expected text, a finite number or plain data"),
        ("model.path", Path("x"), "model.path: expected text, a finite number or plain data, got PosixPath('x')"),
        ("tables.0.columns.0.better", "left", "tables.0.columns.0.better: input should be 'up', 'down' or ''"),
        ("tables.0.rows.0.published", {"r9": 0.5}, "tables.0: row 'A: from pictures, as IC-GAN (f_V, G)' has 'r9'"),
        ("claims.0.holds", 1, "claims.0.holds: input should be a valid boolean, got 1"),
        ("figures.0.file", "../report/figure-4.png", "figures.0: expected the name of a file beside the report"),
        ("figures.0.sounds", ["/etc/passwd"], "figures.0: expected the name of a file beside the report"),
    ],
)
def test_what_is_wrong_is_named(key: str, value: object, said: str) -> None:
    plain = copy.deepcopy(made_up().as_dict())
    _set(plain, key, value)
    with pytest.raises(ValueError, match=r"^\S") as caught:
        Report.from_dict(plain)
    assert str(caught.value).startswith(said) and "\n" not in str(caught.value)


def test_what_is_missing_is_named() -> None:
    plain = made_up().as_dict()
    del plain["tables"][0]["title"]
    with pytest.raises(ValueError, match=r"^tables\.0\.title: missing$"):
        Report.from_dict(plain)


@pytest.mark.parametrize("plain", [None, [], "report", 3])
def test_what_is_no_report_is_said(plain: object) -> None:
    with pytest.raises(ValueError, match=r"^report: input should be an object, got "):
        Report.from_dict(plain)


def test_a_file_that_is_no_report_is_named(tmp_path: Path) -> None:
    def said(write: Callable[[Path], object]) -> str:
        write(tmp_path / "report.json")
        with pytest.raises(ValueError, match=r"^\S") as caught:
            read_report(tmp_path)
        return str(caught.value).removeprefix(f"{tmp_path / 'report.json'}: ")

    assert said(lambda _: None).startswith("cannot be read: No such file or directory; expected a report")
    assert said(lambda path: path.write_text("{")).startswith("is not JSON")
    assert said(lambda path: path.write_text(json.dumps({"format": 1}))) == "made: missing"


def test_a_report_that_could_not_be_read_again_is_not_written(tmp_path: Path) -> None:
    far = Figure("figure-1", "", "", "/etc/passwd", "")
    with pytest.raises(ValueError, match="expected the name of a file beside the report, got '/etc/passwd'"):
        write_report(tmp_path, Report(1, {}, {}, {}, [], [], [far], [], []))
    assert not list(tmp_path.iterdir())
