"""Draws the controller with eight knobs and eight pads, labelled by the map that ships for it.

`python .github/drawings/controller.py` writes `.github/pictures/controller.svg`; a test holds the labels to the map.
"""

from pathlib import Path
from typing import Any, Final

import yaml
from sheet import Sheet, keep

_ROOT: Final = Path(__file__).resolve().parents[2]
MAP: Final = _ROOT / "installation/control/midi/maps/lpd8.yaml"
_KNOBS: Final = range(1, 9)
_PADS: Final = range(36, 44)
_DOES: Final = {
    "/latent/blend": "sound – image",
    "/latent/glide": "how slowly",
    "/latent/drift": "how it wanders",
    "/render/feedback": "what stays",
    "/render/displacement": "ripple",
    "/render/bloom": "glow",
    "/audio/gain": "gain",
    "/render/brightness": "brightness",
    "/show/blackout": "black, back",
    "/latent/hold": "hold the scene",
    "/show/freeze": "freeze",
    "/show/hud": "numbers on, off",
    "/audio/tap": "tap the beat",
    "/render/painter": "other painter",
    "/render/zoom": "closer, held",
    "/render/between": "fade or flow",
}
"""What each address of the map means to a hand, in three words."""


def targets() -> tuple[list[str], list[str]]:
    """Return the addresses of the eight knobs, and those of the eight pads, as the map that ships has them."""
    rows: list[dict[str, Any]] = yaml.safe_load(MAP.read_text(encoding="utf-8"))["map"]
    knobs = {row["cc"]: row["to"] for row in rows if "cc" in row}
    pads = {row["note"]: row["to"] for row in rows if "note" in row}
    return [knobs[number] for number in _KNOBS], [pads[number] for number in _PADS]


def drawing() -> str:
    """Return the drawing as SVG. Raises KeyError where the map has an address that no word is known for."""
    knobs, pads = targets()
    sheet = Sheet(840, 330, "AKAI LPD8: what its eight knobs and eight pads do")
    sheet.write(214, 34, "pads", "name")
    sheet.write(630, 34, "knobs", "name")
    for number, address in enumerate(pads):
        x, y = _place(number, 14, upper_first=False)
        sheet.box(x + 19, y, 62, 56, "main" if address == "/show/blackout" else "box")
        sheet.write(x + 50, y + 33, str(number + 1), "name")
        _label(sheet, x + 50, y + 76, address)
    for number, address in enumerate(knobs):
        x, y = _place(number, 430, upper_first=True)
        sheet.circle(x + 50, y + 28, 26)
        sheet.path(f"M{x + 50} {y + 26}v-20")
        sheet.write(x + 50, y + 44, str(number + 1), "name")
        _label(sheet, x + 50, y + 76, address)
    sheet.write(
        420, 314, "as it leaves the factory, program 1 · in its mode PROG CHG the pads go to presets by their place"
    )
    return sheet.text()


def _place(number: int, left: int, *, upper_first: bool) -> tuple[int, int]:
    """Return where control `number`, from 0, lies: knobs 1 to 4 are the upper row, pads 1 to 4 the lower one."""
    upper = (number < 4) == upper_first
    return left + 100 * (number % 4), 52 if upper else 180


def _label(sheet: Sheet, x: int, y: int, address: str) -> None:
    sheet.write(x, y, _DOES[address], "note")
    sheet.write(x, y + 17, address.rpartition("/")[2], "code")


if __name__ == "__main__":
    keep("controller.svg", drawing())
