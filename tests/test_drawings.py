"""What is drawn by scripts is what the scripts draw, and the technician's card is one page."""

import importlib
import re
from pathlib import Path

import pytest
import yaml
from PIL import Image

from installation.parameters import PARAMETERS

ROOT = Path(__file__).resolve().parent.parent
DRAWINGS, PICTURES = ROOT / ".github/drawings", ROOT / ".github/pictures"


@pytest.fixture(autouse=True)
def where_the_scripts_are(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.syspath_prepend(DRAWINGS)


@pytest.mark.parametrize("name", ["wiring", "controller", "retrain"])
def test_a_drawing_in_the_repository_is_what_its_script_draws(name: str) -> None:
    drawn = importlib.import_module(name).drawing()
    assert (PICTURES / f"{name}.svg").read_text(encoding="utf-8") == drawn, f"run .github/drawings/{name}.py"


def test_the_controller_that_is_drawn_is_the_map_that_ships_for_it() -> None:
    controller = importlib.import_module("controller")
    knobs, pads = controller.targets()
    assert len(knobs) == len(pads) == 8 and {*knobs, *pads} <= {*PARAMETERS}
    newer = yaml.safe_load((controller.MAP.parent / "lpd8-mk2.yaml").read_text(encoding="utf-8"))["map"]
    assert [row["to"] for row in newer if "cc" in row or "note" in row] == [*knobs, *pads]


def test_the_card_to_print_is_one_page_and_says_the_line_for_the_door() -> None:
    printed = (ROOT / "installation/manual/technicians-card.pdf").read_bytes()
    assert len(re.findall(rb"/Type\s*/Page\b", printed)) == 1
    door = (ROOT / "installation/manual/flashes.md").read_text(encoding="utf-8").partition("For the door: *")[2]
    card = " ".join((DRAWINGS / "technicians-card.html").read_text(encoding="utf-8").split())
    assert " ".join(door.partition("*")[0].split()) in card


def test_the_loop_of_the_first_screen_is_twelve_seconds_and_small() -> None:
    file = PICTURES / "loop.webp"
    assert file.stat().st_size < 1_500_000 and (PICTURES / "page.jpg").stat().st_size < 200_000
    with Image.open(file) as loop:
        assert getattr(loop, "n_frames", 1) == 144
