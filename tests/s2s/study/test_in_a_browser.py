"""A participant with a phone, from what is asked first to the score, while the server is killed on the way."""

import json
import re
import signal
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from itertools import takewhile
from pathlib import Path

import pytest

from s2s.serving.addresses import bind
from s2s.study.manifest import ANSWERS
from tests.browser import Browser
from tests.s2s.study.studies import write_small_study

pytestmark = [pytest.mark.proc, pytest.mark.heavy]
PHONE_PX = (360, 740)


@contextmanager
def served(folder: Path, port: int) -> Iterator[subprocess.Popen[str]]:
    """Serve a study by its command, and kill it at the end if it is still there."""
    command = [sys.executable, "-m", "s2s", "study", "serve", str(folder), "--port", str(port)]
    with subprocess.Popen(command, stderr=subprocess.PIPE, text=True) as server:
        try:
            assert server.stderr is not None
            told = list(takewhile(lambda line: "study is at" not in line, server.stderr))
            assert server.poll() is None, told
            yield server
        finally:
            server.kill()


def free_port() -> int:
    with bind("127.0.0.1", 0) as listener:
        return int(listener.getsockname()[1])


def answer(browser: Browser, number: int, total: int) -> None:
    """Hear the sound, choose the first picture, or none of every other question, and go on."""
    browser.wait_for(f"document.querySelector('#at').textContent === 'Question {number} of {total}'")
    fits_a_phone(browser)
    assert browser.value("document.querySelector('#next').getAttribute('aria-disabled')") == "true"
    browser.wait_for("[...document.querySelectorAll('#pictures img')].every((one) => one.naturalWidth > 0)")
    browser.value("document.querySelector('#sound').play()")
    browser.wait_for("document.querySelector('#hint').textContent.startsWith('Choose')")
    browser.click("#choices .none" if number % 2 else "#choices .picture")
    browser.wait_for("document.querySelector('#next').getAttribute('aria-disabled') === 'false'")
    browser.click("#next")


def fits_a_phone(browser: Browser) -> None:
    assert browser.value("document.documentElement.scrollWidth") <= PHONE_PX[0]


def test_from_consent_to_score_on_a_phone_through_a_killed_server_and_a_reload(
    tmp_path: Path, capfd: pytest.CaptureFixture[str]
) -> None:
    from s2s.__main__ import main

    folder, port = tmp_path / "study", free_port()
    write_small_study(folder)
    with Browser() as browser:
        browser.shape(*PHONE_PX, phone=True)
        with served(folder, port) as server:
            browser.open(f"http://127.0.0.1:{port}/")
            browser.wait_for("!document.querySelector('#consent').hidden")
            fits_a_phone(browser)
            browser.click("#begin")  # nobody begins without agreeing
            assert "Tick the box" in browser.value("document.querySelector('#notice').textContent")
            browser.press(" ")  # which has the focus: a keyboard is enough
            browser.click("#begin")
            browser.wait_for("!document.querySelector('#check').hidden")
            fits_a_phone(browser)
            browser.click("#tones button:nth-child(2)")
            assert "not it" in browser.value("document.querySelector('#notice').textContent")
            browser.click("#tones button:nth-child(3)")
            answer(browser, 1, 4)
            browser.wait_for("document.querySelector('#at').textContent === 'Question 2 of 4'")
            server.send_signal(signal.SIGKILL)
            server.wait()
        answer(browser, 2, 4)  # nobody takes this answer yet: the page keeps it and tries again
        browser.wait_for("document.querySelector('#notice').textContent.startsWith('No connection')")
        with served(folder, port):
            browser.wait_for("document.querySelector('#at').textContent === 'Question 3 of 4'")
            browser.open(f"http://127.0.0.1:{port}/")
            answer(browser, 3, 4)
            answer(browser, 4, 4)
            browser.wait_for("!document.querySelector('#done').hidden")
            fits_a_phone(browser)
    assert main(["study", "score", str(folder)]) == 0
    scored = json.loads((folder / "score.json").read_text())
    assert (scored["participants"], scored["answers"]) == ({"begun": 1, "finished": 1, "counted": 1}, 4)
    lines = (folder / ANSWERS).read_text()
    assert not re.search(r"Mozilla|127\.0\.0\.1|Chrom", lines)
    assert "Of the participants 1 finished; 4 answers" in capfd.readouterr().out
