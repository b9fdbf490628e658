"""The real program's log and events in the venue's folder, and what monitors are told, behind the page's guard."""

import json
import signal
import urllib.error
import urllib.request
from pathlib import Path

import pytest

from installation.logs.exposition import read
from tests.show.test_the_show_survives import worker
from tests.show_runner import RAIN, ShowRun

_STAGE = ("--source", RAIN, "--output", "headless", "--size", "64x36", "--fps", "10")
_GENERATED = ("sound2scene_pictures_generated_total", ())
_STREAM_KEY = "very-secret-stream-key"


def status_of(url: str, token: str = "") -> tuple[int, str]:
    request = urllib.request.Request(url, headers={"Authorization": f"Bearer {token}"} if token else {})
    try:
        with urllib.request.urlopen(request, timeout=30) as answer:
            return answer.status, answer.read().decode()
    except urllib.error.HTTPError as error:
        with error:
            return error.code, error.read().decode()


@pytest.mark.slow  # what is written, bounded and left out is read without a show
def test_an_evening_leaves_a_log_without_secrets_and_its_events(tmp_path: Path, tiny_model: Path) -> None:
    venue = tmp_path / "venue"
    stage = (*_STAGE, "--model", str(tiny_model), "--venue", str(venue), "--page", "0.0.0.0:0")
    with ShowRun(tmp_path, *stage, "--send", f"rtmp://127.0.0.1:1/live/{_STREAM_KEY}") as show:
        show.wait_for("can be reached from the network")
        port = show.log.partition("network at http://")[2].partition(" ")[0].partition(":")[2].strip("/;, ")
        token = (venue / "token").read_text().splitlines()[0]
        url = f"http://127.0.0.1:{port}"
        assert status_of(f"{url}/metrics")[0] == status_of(f"{url}/health?token=wrong-{token}")[0] == 401
        show.wait_until(lambda: read(status_of(f"{url}/metrics", token)[1])[_GENERATED] > 0)
        assert status_of(f"{url}/health?token={token}")[0] in (200, 503)
        worker(show, "capture").send_signal(signal.SIGKILL)
        show.wait_for("capture ended without a word")
        assert show.stop() == 0, show.log

    kept = "".join(path.read_text() for path in (venue / "logs").iterdir())
    lines = [json.loads(line) for line in kept.splitlines()]
    assert any("capture ended without a word" in line["says"] for line in lines)
    assert not any(line["says"].startswith("heard: ") for line in lines)
    for secret in (token, _STREAM_KEY):
        assert secret not in kept and secret not in (venue / "events.jsonl").read_text()
    events = [json.loads(line) for line in (venue / "events.jsonl").read_text().splitlines()]
    assert any("capture" in event["what"] and event["done"] for event in events)


@pytest.mark.slow
def test_a_short_soak_drives_the_program_and_leaves_a_page(tmp_path: Path, tiny_model: Path) -> None:
    with ShowRun(tmp_path, *_STAGE[2:], "--model", str(tiny_model), "--soak", "0.02") as soak:
        assert soak.wait(400.0) in (0, 1), soak.log
    document = soak.report()
    assert document["exit_code"] == 0 and document["left_behind"] == []
    assert document["duration_s"] > 60.0 and len(document["recoveries"]) >= 2
    names = {figure["name"] for figure in document["figures"]}
    assert {"show: resident memory", "capture: resident memory", "inference: resident memory", "interval p95"} <= names
    assert "<svg" in soak.report_path.with_suffix(".html").read_text()
