"""A sheet to draw on: SVG that is read on a bright page and on a dark one, because it brings its own paper.

Drawings are text, so that a change of one is seen in a diff. Units are pixels; the origin is top left.
"""

from html import escape
from pathlib import Path
from typing import Final

PICTURES: Final = Path(__file__).resolve().parent.parent / "pictures"
_STYLE: Final = """
  .paper { fill: #fbf9f5; stroke: #d8d2c6 }
  .box { fill: #ffffff; stroke: #3a3834; stroke-width: 1.5 }
  .main { fill: #e9f1f4; stroke: #1f5c72; stroke-width: 2 }
  .line { fill: none; stroke: #3a3834; stroke-width: 2 }
  .may { fill: none; stroke: #6d685f; stroke-width: 1.6; stroke-dasharray: 5 4 }
  .glow { fill: #e8b04a; fill-opacity: .28; stroke: none }
  .mark { fill: #1f5c72; stroke: none }
  .ink { fill: #3a3834; stroke: none }
  text { font-family: system-ui, "Segoe UI", "Liberation Sans", "DejaVu Sans", sans-serif; fill: #26241f }
  .name { font-size: 15px; font-weight: 600 }
  .note { font-size: 12.5px; fill: #58534a }
  .code { font-size: 12.5px; fill: #1f5c72 }
  .code { font-family: ui-monospace, "Liberation Mono", "DejaVu Sans Mono", monospace }
  @media (prefers-color-scheme: dark) {
    .paper { fill: #17191c; stroke: #33373d }
    .box { fill: #22262b; stroke: #c9c4ba }
    .main { fill: #1b3440; stroke: #7cc4dd }
    .line { stroke: #c9c4ba }
    .may { stroke: #97938a }
    .mark { fill: #7cc4dd }
    .ink { fill: #c9c4ba }
    text { fill: #efece6 }
    .note { fill: #b4afa5 }
    .code { fill: #8fd0e6 }
  }
"""


class Sheet:
    """Collects shapes; `text()` is the file. `title` is what is read aloud of it."""

    def __init__(self, width: int, height: int, title: str) -> None:
        self._parts = [
            f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {width} {height}" role="img">',
            f"<title>{escape(title)}</title>",
            f"<style>{_STYLE}</style>",
            f'<rect class="paper" x="1" y="1" width="{width - 2}" height="{height - 2}" rx="10"/>',
        ]

    def box(self, x: float, y: float, width: float, height: float, kind: str = "box", corner: float = 8) -> None:
        """Draw a rectangle with round corners."""
        self._parts.append(
            f'<rect class="{kind}" x="{x:g}" y="{y:g}" width="{width:g}" height="{height:g}" rx="{corner:g}"/>'
        )

    def circle(self, x: float, y: float, radius: float, kind: str = "box") -> None:
        """Draw a circle."""
        self._parts.append(f'<circle class="{kind}" cx="{x:g}" cy="{y:g}" r="{radius:g}"/>')

    def path(self, way: str, kind: str = "line") -> None:
        """Draw a path, as SVG writes it."""
        self._parts.append(f'<path class="{kind}" d="{way}"/>')

    def write(self, x: float, y: float, words: str, kind: str = "note", anchor: str = "middle") -> None:
        """Write one line of text whose baseline is at `y`."""
        self._parts.append(f'<text class="{kind}" x="{x:g}" y="{y:g}" text-anchor="{anchor}">{escape(words)}</text>')

    def arrow(self, x: float, y: float, along: float, kind: str = "line") -> None:
        """Draw a line from (x, y) to the right, `along` pixels long (to the left where negative), with a head."""
        tip, back = x + along, -7 if along > 0 else 7
        self.path(f"M{x:g} {y:g}H{tip + back / 2:g}", kind)
        self.path(f"M{tip:g} {y:g}l{back:g} -5v10z", "ink")

    def text(self) -> str:
        """Return the whole file."""
        return "\n".join([*self._parts, "</svg>\n"])


def keep(name: str, text: str) -> None:
    """Write a drawing among the pictures."""
    (PICTURES / name).write_text(text, encoding="utf-8")
