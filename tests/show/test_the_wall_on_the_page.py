"""The real show, its page on a real socket: what is set there moves what is on the wall, and the page sees that."""

import io
import re
import time
from pathlib import Path

import numpy as np
from PIL import Image

from tests.installation.control.live_page import LivePage, live
from tests.show_runner import RAIN, ShowRun

_STAGE = ("--output", "headless", "--size", "64x36", "--fps", "10", "--source", RAIN)


def brightness(jpeg: bytes) -> float:
    """Return the mean of a picture, 0..1."""
    return float(np.asarray(Image.open(io.BytesIO(jpeg)), np.float32).mean() / 255.0)


def wait_for_picture(page: LivePage, darker_than: float = 2.0, lighter_than: float = -1.0) -> float:
    """Return the brightness of the first picture that is so."""
    ends_at = time.monotonic() + 60.0
    while time.monotonic() < ends_at:
        found = brightness(page.hear("picture"))
        if lighter_than < found < darker_than:
            return found
    raise AssertionError("no such picture came")


def test_a_set_over_the_socket_moves_the_picture_that_comes_back_over_it(tmp_path: Path, tiny_model: Path) -> None:
    stage = (*_STAGE, "--model", str(tiny_model), "--venue", str(tmp_path / "venue"), "--page", "127.0.0.1:0")
    with ShowRun(tmp_path, *stage) as show:
        show.wait_for("operator page at ")
        found = re.search(r"operator page at http://127.0.0.1:(\d+)/", show.log)
        assert found is not None
        with live(int(found[1])) as page, live(int(found[1])) as other:
            assert {preset["name"] for preset in page.hear("hello")["presets"]} >= {"gallery", "rehearsal"}
            page.say(type="picture", fps=8)
            as_it_is = wait_for_picture(page, lighter_than=0.02)
            page.set("/show/blackout", True)
            other.hear_value("/show/blackout", True)
            wait_for_picture(page, darker_than=0.004)
            page.set("/render/brightness", 2.0).set("/show/blackout", False)
            wait_for_picture(page, lighter_than=as_it_is * 1.1)
            status = page.hear("status", lambda told: told["status"]["ages"]["frame_s"] is not None)["status"]
            assert status["ages"]["uptime_s"] > 0.0 and set(status["memory_mib"]) == {"show", "capture", "inference"}
            assert 0.0 <= status["ages"]["block_s"] < 10.0 and status["display"]["parts_ms"]
            assert page.hear("meters")["level_db"] is not None
        assert show.stop() == 0
    kept = {path.name for path in (tmp_path / "venue").iterdir()}
    assert kept <= {"logs", "events.jsonl"}  # nothing was saved but what happened
