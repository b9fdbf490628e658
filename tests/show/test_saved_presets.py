"""A look that is saved over OSC is on the wall again after a restart with the same venue."""

import time
from contextlib import closing
from pathlib import Path

import numpy as np
import pytest
import yaml
from PIL import Image
from pythonosc.udp_client import SimpleUDPClient

from tests.show_runner import ShowRun

pytestmark = pytest.mark.gl

HAND = "name: Mine\ndescription: Mine.\nsource: demo\npasses: [upscale, grade]\nparameters: {/render/saturation: 2}\n"
GREY = {"/render/saturation": 0.0, "/render/brightness": 0.25, "/latent/hold": True}


def picture(path: Path) -> np.ndarray[tuple[int, ...], np.dtype[np.float64]]:
    return np.asarray(Image.open(path), np.float64)


def colour(shown: np.ndarray[tuple[int, ...], np.dtype[np.float64]]) -> float:
    """Return how far red and blue lie apart, of 255."""
    return float(np.abs(shown[..., 0] - shown[..., 2]).mean())


@pytest.mark.slow  # two shows; what is saved, and read again, is compared without one
def test_a_look_that_was_saved_over_osc_is_shown_after_a_restart(tmp_path: Path, tiny_model: Path) -> None:
    venue, presets = tmp_path / "venue", tmp_path / "venue" / "presets"
    presets.mkdir(parents=True)
    (presets / "mine.yaml").write_text(HAND)
    last = tmp_path / "last.png"
    place = ("--venue", str(venue), "--model", str(tiny_model))
    stage = ("--output", "headless", "--size", "96x54", "--fps", "10", "--snapshot", str(last), *place)
    with (
        ShowRun(tmp_path, "--preset", "mine", *stage) as show,
        closing(SimpleUDPClient("127.0.0.1", show.osc_port)) as osc,
    ):

        def save(name: str) -> None:
            osc.send_message("/show/save", name)
            show.wait_for(f"saved {name} in ")

        show.wait_for("ok ")
        save("before")
        for address, value in GREY.items():
            osc.send_message(address, value)
        time.sleep(1.0)  # all of them glide
        save("evening")
        assert show.stop() == 0, show.log
        assert show.report()["preset"] == "evening"
    saved = yaml.safe_load((presets / "evening.yaml").read_text())
    assert {address: saved["parameters"][address] for address in GREY} == GREY
    assert (presets / "mine.yaml").read_text() == HAND
    last.unlink()
    with ShowRun(tmp_path, "--preset", "evening", *stage) as show:
        show.wait_for("ok ")
        assert show.stop() == 0, show.log
    before = picture(presets / "before.jpg")
    assert colour(before) > 4.0
    for shown in (picture(presets / "evening.jpg"), picture(last)):
        assert colour(shown) < 2.0 and 1.0 < shown.mean() < 0.5 * before.mean()
