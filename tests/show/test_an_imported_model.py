"""The published weights in the show: a bundle made by the import plays, by the real programs."""

from pathlib import Path
from typing import Any

import pytest

from s2s.__main__ import main
from tests.published_files import all_published
from tests.show.page_status import PAGE, status
from tests.show_runner import RAIN, ShowRun


def paints_and_hears(told: dict[str, Any]) -> bool:
    """Whether the inference process has told of both; it tells of itself between two pictures."""
    return bool(told["generator"]["frames"] > 0 and told["encoder"]["updates"] > 0)


@pytest.mark.slow  # a bundle of any architecture is played, and what is imported is compared with goldens, by others
def test_what_the_import_writes_the_show_plays(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    published = all_published(tmp_path / "checkpoints")
    out = tmp_path / "bundle"
    assert main(["import", str(published), str(out)]) == 0
    assert "Non-commercial use only" in capsys.readouterr().out
    arguments = ("--model", str(out), "--source", RAIN, "--output", "headless", "--size", "64x36", "--fps", "5")
    with ShowRun(tmp_path, *arguments, *PAGE) as show:
        show.wait_for("INFO installation.show: ok")
        show.wait_until(lambda: paints_and_hears(status(show)["slow_path"]))
        assert show.stop() == 0, show.log
        report = show.report()
    assert report["model"] == "Sound2Scene, as published, 64 px"
    assert report["generator"]["frames"] > 0 and report["encoder"]["updates"] > 0 and report["restarts"] == 0
