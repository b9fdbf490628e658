"""The real program while strangers send it what they like: it goes on, keeps its preset, and says why."""

import json
import os
import re
import socket
import subprocess
import sys
import time
import urllib.error
import urllib.request
from pathlib import Path
from typing import Any

import pytest
from pythonosc.osc_message_builder import OscMessageBuilder

from tests.show.in_process import ended
from tests.show_runner import RAIN, ROOT, ShowRun

_STAGE = ("--source", RAIN, "--output", "headless", "--size", "64x36", "--fps", "10")
GOOD = "name: {name}\ndescription: A test.\n"
BOMB = "a0: &a0 [x, x]\n" + "".join(f"a{i + 1}: &a{i + 1} [*a{i}, *a{i}]\n" for i in range(30))
BAD = {
    "date": GOOD + "parameters: {{/audio/gain: 2026-13-45}}\n",
    "digits": GOOD + f"parameters: {{{{/audio/gain: {'9' * 400}}}}}\n",
    "more-digits": GOOD + f"parameters: {{{{/audio/gain: {'9' * 5000}}}}}\n",
    "nan": GOOD + "modulation: [{{from: bass, to: /render/zoom, amount: .nan}}]\n",
    "deep": GOOD + "parameters: " + "[" * 900 + "]" * 900 + "\n",
    "aliases": BOMB + GOOD,
    "large": GOOD + "".join(f"k{i}: 1\n" for i in range(20_000)),
    "surrogate": 'name: "{name}\\ud800"\ndescription: A test.\n',
    "pass": GOOD + "passes: [upscale, grian]\n",
    "switch": GOOD + "midi: {{map: [{{cc: true, to: /audio/gain}}]}}\n",
    "list": GOOD + "midi: {{map: [{{cc: 7, to: [a]}}]}}\n",
    "image": GOOD + "image: missing.png\n",
}


def write(folder: Path, name: str, text: str = GOOD) -> Path:
    path = folder / f"{name}.yaml"
    path.write_text(text.format(name=name))
    return path


def ask(port: int, preset: bytes | str) -> None:
    """Ask for a preset in one datagram; bytes are taken as they are."""
    builder = OscMessageBuilder("/show/preset")
    builder.add_arg("name" if isinstance(preset, bytes) else preset)
    datagram = builder.build().dgram
    if isinstance(preset, bytes):
        datagram = datagram.replace(b"name\0\0\0\0", preset + bytes(4 - len(preset) % 4))
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as sender:
        sender.sendto(datagram, ("127.0.0.1", port))


class Browser:
    """Speaks with the page of a show."""

    def __init__(self, show: ShowRun) -> None:
        show.wait_for("operator page at ")
        found = re.search(r"operator page at (\S+)", show.log)
        assert found is not None
        self.url = found[1]

    def get(self, path: str) -> Any:
        with urllib.request.urlopen(self.url + path, timeout=60) as answer:
            return json.loads(answer.read())

    def put(self, path: str, body: bytes) -> int:
        try:
            request = urllib.request.Request(self.url + path, data=body, method="PUT")
            with urllib.request.urlopen(request, timeout=60) as answer:
                return int(answer.status)
        except urllib.error.HTTPError as error:
            with error:
                return int(error.code)

    def preset(self) -> str:
        return str({row["address"]: row["value"] for row in self.get("api/parameters")}["/show/preset"])


def test_no_message_and_no_preset_ends_the_show(tmp_path: Path, tiny_model: Path) -> None:
    home = write(tmp_path, "home")
    for name, text in BAD.items():
        write(tmp_path, name, text)
    with ShowRun(tmp_path, *_STAGE, "--model", str(tiny_model), "--preset", str(home), "--page", "127.0.0.1:0") as show:
        page = Browser(show)
        assert set(BAD) <= set(page.get("api/presets"))

        for preset in (b"x" * 300, b"\xed\xa0\x80", b"a\nb", str(home), "/etc/passwd", "../home", "nowhere"):
            ask(show.osc_port, preset)
        for text in ("x" * 300, "\ud800", "a\x00b", str(home)):
            assert page.put("api/parameters/show/preset", json.dumps({"value": text}).encode()) == 400
        assert page.put("api/parameters/audio/gain", b'{"value": ' + b"9" * 4_000 + b"}") == 400
        for name in BAD:
            ask(show.osc_port, name)
            show.wait_until(lambda name=name: name in str(page.get("api/status")["preset_refused"]))  # type: ignore[misc]
            show.wait_until(lambda: page.get("api/status")["preset"] == page.preset() == "home")

        write(tmp_path, "nan")  # mended, and asked for again
        ask(show.osc_port, "nan")
        show.wait_for("preset: nan")
        assert page.preset() == "nan" and page.get("api/status")["preset_refused"] is None
        assert show.stop() == 0, show.log
        report = show.report()
    assert "Traceback" not in show.log and max(map(len, show.lines)) < 700
    assert len(show.lines) < 60
    assert report["preset"] == "nan" and report["restarts"] == 0
    assert [name for name in BAD if not any(f"'{name}' refused" in error for error in report["errors"])] == []


@pytest.mark.parametrize("name", BAD)
def test_a_preset_that_the_show_refuses_is_refused_by_a_dry_run(
    tmp_path: Path, caplog: pytest.LogCaptureFixture, capsys: pytest.CaptureFixture[str], name: str
) -> None:
    code, lines = ended(caplog, "--preset", str(write(tmp_path, name, BAD[name])), "--dry-run")
    assert code == 2 and [record.levelname for record in caplog.records] == ["ERROR"]
    assert f"{name}.yaml: " in lines[0] and "\n" not in lines[0] and len(lines[0]) < 500
    assert capsys.readouterr().out == ""


def run_into(path: str, *arguments: str) -> tuple[int, str]:
    """Run the program with its output going to `path`; return its exit code and what it said."""
    with Path(path).open("w") as out:
        done = subprocess.run(
            [sys.executable, "run_show.py", *arguments],
            cwd=ROOT,
            stdout=out,
            stderr=subprocess.PIPE,
            text=True,
            check=False,
        )
    return done.returncode, done.stderr


@pytest.mark.parametrize("argument", [pytest.param("--list-devices", marks=pytest.mark.slow), "--dry-run"])
def test_what_is_printed_to_a_full_disk_is_one_line_and_a_code(argument: str) -> None:
    code, said = run_into("/dev/full", argument)
    assert code == 2 and said.count("\n") == 1
    assert "standard output cannot be written: No space left on device" in said


@pytest.mark.parametrize("argument", ["--list-devices", pytest.param("--dry-run", marks=pytest.mark.slow)])
def test_what_is_printed_to_a_reader_that_left_is_one_line_and_a_code(argument: str) -> None:
    reader, writer = os.pipe()
    os.close(reader)
    command = [sys.executable, "run_show.py", argument]
    try:
        done = subprocess.run(command, cwd=ROOT, stdout=writer, stderr=subprocess.PIPE, text=True, check=False)
    finally:
        os.close(writer)
    assert done.returncode == 2 and done.stderr.count("\n") == 1 and "Broken pipe" in done.stderr


def test_a_snapshot_to_a_full_disk_is_one_line_a_code_and_in_the_report(tmp_path: Path, tiny_model: Path) -> None:
    arguments = (*_STAGE, "--model", str(tiny_model), "--snapshot", "/dev/full", "--duration", "0.5")
    with ShowRun(tmp_path, *arguments) as show:
        assert show.wait() == 2, show.log
        report = show.report()
    assert show.log.count("the snapshot /dev/full cannot be written: No space left on device") == 1
    assert "Traceback" not in show.log
    assert report["exit_code"] == 2 and report["display"]["frames"] > 0
    assert any("/dev/full" in error for error in report["errors"])


def test_a_model_whose_sizes_outgrow_every_machine_is_one_line(tmp_path: Path, tiny_model: Path) -> None:
    model = tmp_path / "model"
    model.mkdir()
    for file in tiny_model.iterdir():
        (model / file.name).write_bytes(file.read_bytes())
    card = (model / "model.yaml").read_text()
    (model / "model.yaml").write_text(re.sub(r"(audio_encoder:(?:\n  .*)*?\n  width: )\d+", r"\g<1>1000000000", card))
    began = time.monotonic()
    with ShowRun(tmp_path, *_STAGE, "--model", str(model)) as show:
        assert show.wait() == 3, show.log
    assert "audio_encoder.width: " in show.log and "1000000000" in show.log and "Traceback" not in show.log
    assert len(show.lines) == 1 and time.monotonic() - began < 60
