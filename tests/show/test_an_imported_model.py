"""The published weights in the show: a bundle made by the import plays, by the real programs."""

import subprocess
import sys
import time
from pathlib import Path

from tests.published_files import all_published
from tests.show_runner import ROOT, ShowRun


def test_what_the_import_writes_the_show_plays(tmp_path: Path) -> None:
    published = all_published(tmp_path / "checkpoints")
    out = tmp_path / "bundle"
    command = [sys.executable, "-m", "s2s", "import", str(published), str(out)]
    done = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, timeout=120, check=False)
    assert done.returncode == 0, done.stderr
    assert "Non-commercial use only" in done.stdout
    arguments = ("--model", str(out), "--source", "demo", "--output", "headless", "--size", "64x36")
    with ShowRun(tmp_path, *arguments) as show:
        show.wait_for("INFO installation.show: ok")
        time.sleep(3.0)  # the inference process tells of itself between two pictures
        assert show.stop() == 0, show.log
        report = show.report()
    assert report["model"] == "Sound2Scene, as published, 64 px"
    assert report["generator"]["frames"] > 0 and report["encoder"]["updates"] > 0 and report["restarts"] == 0
