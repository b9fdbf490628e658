"""Photographs the operator page of a real running show, on a laptop and on a phone.

`PYTHONPATH=. python .github/drawings/page.py [SOUND]` starts the show in a window of a virtual display, lets it hear a
while, opens its page in Chromium and writes `.github/pictures/page.jpg`. Needs Chromium and Xvfb (`./setup.sh --dev`).
"""

import io
import re
import sys
import tempfile
import time
from pathlib import Path
from typing import Final, Literal

from PIL import Image, ImageDraw
from sheet import PICTURES

from tests.browser import Browser
from tests.display import VirtualDisplay
from tests.show_runner import ShowRun

_LAPTOP, _PHONE = (1180, 820), (390, 844)
_HEIGHT_PX: Final = 700
_GAP_PX: Final = 28
_HEARS_S: Final = 15.0
_QUALITY: Final = 80


def photographs(sound: str) -> tuple[Image.Image, Image.Image]:
    """Return the page as a laptop and as a phone show it, of a show that has heard `sound` and is sure of it."""
    with tempfile.TemporaryDirectory() as folder, VirtualDisplay((1280, 720)) as display, Browser() as browser:
        where = {"DISPLAY": display.name, "WAYLAND_DISPLAY": ""}
        stage = ("--preset", "gallery", "--source", sound, "--venue", folder, "--page", "127.0.0.1:0")
        with ShowRun(Path(folder), *stage, environment=where) as show:
            show.wait_for("operator page at ")
            found = re.search(r"operator page at (\S+)", show.log)
            assert found is not None
            show.wait_for(", sure", limit_s=300.0)
            time.sleep(_HEARS_S)
            shots = [_photograph(browser, found[1], *shape) for shape in ((_LAPTOP, "light"), (_PHONE, "dark"))]
            show.stop()
    return shots[0], shots[1]


def _photograph(browser: Browser, address: str, size: tuple[int, int], scheme: Literal["light", "dark"]) -> Image.Image:
    browser.shape(*size, scheme=scheme, phone=size == _PHONE)
    browser.ask("Emulation.setScrollbarsHidden", hidden=True)
    browser.open(address)
    browser.wait_for("!document.querySelector('#screen').hidden && condition.dataset.condition === 'ok'")
    time.sleep(3.0)  # meters and status come by the second
    return Image.open(io.BytesIO(browser.screenshot())).convert("RGB")


def side_by_side(laptop: Image.Image, phone: Image.Image) -> Image.Image:
    """Return both at one height, on the paper of the drawings, each with a line around it."""
    shots = [shot.resize((shot.width * _HEIGHT_PX // shot.height, _HEIGHT_PX), 1) for shot in (laptop, phone)]
    width = sum(shot.width for shot in shots) + 3 * _GAP_PX
    sheet = Image.new("RGB", (width, _HEIGHT_PX + 2 * _GAP_PX), "#e9e5dc")
    draw, x = ImageDraw.Draw(sheet), _GAP_PX
    for shot in shots:
        sheet.paste(shot, (x, _GAP_PX))
        draw.rectangle((x - 1, _GAP_PX - 1, x + shot.width, _GAP_PX + shot.height), outline="#3a3834")
        x += shot.width + _GAP_PX
    return sheet


if __name__ == "__main__":
    source = f"file:{Path(sys.argv[1]).resolve()}" if len(sys.argv) > 1 else "demo"
    side_by_side(*photographs(source)).save(PICTURES / "page.jpg", quality=_QUALITY, optimize=True)
