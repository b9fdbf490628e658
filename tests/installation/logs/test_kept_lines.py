"""What a log keeps: JSON lines without secrets, in a bounded number of bounded files, whatever the disk does."""

import io
import json
import logging
import sys
from datetime import UTC, datetime
from pathlib import Path

import pytest

from installation.logs.json_lines import LONGEST, JsonLine, is_kept
from installation.logs.keeping import KeptLog
from installation.logs.rotated import RotatedFile
from installation.logs.secrets import without_secrets
from tests.waiting import wait_until


def record(says: str, name: str = "installation.show", level: int = logging.INFO) -> logging.LogRecord:
    return logging.LogRecord(name, level, __file__, 1, says, None, None)


@pytest.mark.parametrize(
    ("said", "kept"),
    [
        ("GET /?token=AbC-123_x HTTP/1.1", "GET /?token=… HTTP/1.1"),
        ("http://10.0.0.7:8080/?view=read&token=s3cret", "http://10.0.0.7:8080/?view=read&token=…"),
        ("cannot open rtmp://live.example/app/very-secret-key: refused", "cannot open rtmp://live.example/…: refused"),
        ("srt://host:9000?passphrase=0123456789&latency=5", "srt://host:9000?passphrase=…&latency=5"),
        ("srt://host:9000?streamid=publish/key", "srt://host:9000?streamid=…"),
        ("https://anna:pa55@nas.local/films", "https://…@nas.local/films"),
        ("Authorization: Bearer abcdefgh123", "Authorization: Bearer …"),
        ('{"password": "hunter2", "name": "x"}', '{"password": "…", "name": "x"}'),
        ("API_KEY=xyz", "API_KEY=…"),
        ("the page's token stands on the terminal", "the page's token stands on the terminal"),
        ("inference ended without a word (exit code -9)", "inference ended without a word (exit code -9)"),
    ],
)
def test_a_secret_is_taken_out_and_all_else_stays(said: str, kept: str) -> None:
    assert without_secrets(said) == kept


def test_a_line_is_json_with_its_time_in_utc() -> None:
    line = JsonLine("show").format(record('odd "words"\nand a \udcff byte'))
    assert "\n" not in line
    document = json.loads(line)
    assert (document["level"], document["process"], document["from"]) == ("info", "show", "installation.show")
    assert document["says"].startswith('odd "words"\nand a ')
    assert abs(datetime.fromisoformat(document["at"]) - datetime.now(UTC)).total_seconds() < 60.0


def test_an_endless_message_is_kept_by_both_its_ends() -> None:
    says = json.loads(JsonLine("show").format(record("begins " + "x" * 100_000 + " ends")))["says"]
    assert len(says) < LONGEST + 20 and says.startswith("begins") and says.endswith("ends")


def test_neither_what_visitors_say_nor_what_somebody_types_is_kept() -> None:
    assert not is_kept(record("heard: speech, sure", "installation.inference.playing"))
    assert not is_kept(record("page: /show/preset = anna's", level=logging.DEBUG))
    assert is_kept(record("capture ended without a word"))


def test_a_year_of_nights_takes_no_more_room_than_a_week(tmp_path: Path) -> None:
    file = RotatedFile(tmp_path / "show.jsonl", size_bytes=20_000, older=3)
    sizes = []
    for night in range(365):
        for number in range(10):
            file.append(f"{night} {number} " + "x" * 800)
        sizes.append(sum(path.stat().st_size for path in tmp_path.iterdir()))
    assert max(sizes) <= 4 * 20_000
    names = {"show.jsonl", "show.1.jsonl", "show.2.jsonl", "show.3.jsonl"}
    assert {path.name for path in tmp_path.iterdir()} == names
    assert (tmp_path / "show.jsonl").read_text().splitlines()[-1].startswith("364 9 ")
    whole = [line for n in (3, 2, 1) for line in (tmp_path / f"show.{n}.jsonl").read_text().splitlines()]
    assert all(line.endswith("x" * 800) for line in whole)


def test_a_folder_that_cannot_be_written_is_one_line_and_is_tried_again(tmp_path: Path) -> None:
    (tmp_path / "logs").write_text("a file where the folder should be")
    now, terminal = [0.0], io.StringIO()
    kept = KeptLog(tmp_path / "logs", "show", clock=lambda: now[0], terminal=terminal)
    for number in range(50):
        kept.handle(record(f"line {number}"))
    assert wait_until(lambda: kept._disk.lost == 50)
    assert terminal.getvalue().count("\n") == 1 and "the log is not kept in" in terminal.getvalue()

    (tmp_path / "logs").unlink()
    now[0] = 61.0
    kept.handle(record("it is kept again"))
    kept.close()
    assert "it is kept again" in (tmp_path / "logs" / "show.jsonl").read_text()


@pytest.mark.skipif(not Path("/dev/full").exists(), reason="only Linux has a disk that is always full")
def test_a_full_disk_costs_a_line(tmp_path: Path) -> None:
    (tmp_path / "show.jsonl").symlink_to("/dev/full")
    terminal = io.StringIO()
    kept = KeptLog(tmp_path, "show", terminal=terminal)
    kept.handle(record("one"))
    kept.handle(record("two"))
    kept.close()
    assert "No space left" in terminal.getvalue() and terminal.getvalue().count("\n") == 1


def test_a_record_that_cannot_be_put_into_words_ends_nothing(tmp_path: Path) -> None:
    kept = KeptLog(tmp_path, "show", terminal=io.StringIO())
    broken = record("%d pictures")
    broken.args = ("three",)
    kept.handle(broken)
    try:
        raise ValueError("rtmp://host/app/secret-key")
    except ValueError:
        failed = record("while closing")
        failed.exc_info = sys.exc_info()
    kept.handle(failed)
    kept.close()
    text = (tmp_path / "show.jsonl").read_text()
    assert "while closing" in text and "ValueError" in text and "secret-key" not in text
