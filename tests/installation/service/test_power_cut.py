"""Whatever a venue keeps is whole after its writer was ended at any byte, and the next writing mends what was left."""

import json
import os
import subprocess
import sys
from pathlib import Path
from typing import Final

import pytest

from tests.installation.service.cut_writers import WRITERS
from tests.show_runner import ROOT

pytestmark = [pytest.mark.proc, pytest.mark.skipif(sys.platform != "linux", reason="RLIMIT_FSIZE ends at the byte")]

NOT_EVERY: Final = 397
EVERY: Final = {"preset": 19}
"""A preset brings its picture and its earlier version: each byte of these would take half an hour."""


def cut(folder: Path, name: str, every: int) -> tuple[int, list[str]]:
    program = Path(__file__).with_name("cut_writers.py")
    ended = subprocess.run(
        [sys.executable, str(program), str(folder), name, str(every)],
        check=True,
        cwd=ROOT,
        env={**os.environ, "PYTHONPATH": str(ROOT)},
        capture_output=True,
        text=True,
        timeout=600,
    )
    cuts, wrong = json.loads(ended.stdout)
    return cuts, wrong


def test_what_was_shown_last_is_whole_after_a_cut(tmp_path: Path) -> None:
    cuts, wrong = cut(tmp_path, "last_shown", NOT_EVERY)
    assert wrong == [] and cuts >= 3


@pytest.mark.slow
@pytest.mark.parametrize("name", sorted(WRITERS))
def test_every_file_of_the_venue_is_whole_after_a_cut_at_any_byte(tmp_path: Path, name: str) -> None:
    cuts, wrong = cut(tmp_path, name, EVERY.get(name, 1))
    assert wrong == [] and cuts >= 20
