"""The figures of a report on the page: pictures, captions, and sounds that play. Reads the files it inlines."""

import re
from collections.abc import Iterator
from pathlib import Path
from typing import Final

from PIL import Image

from s2s.evaluate.report.compare import Beside
from s2s.evaluate.report.model import Figure, Report
from s2s.files.quote import one_line
from s2s.media.page import Html, element, picture, sound, text

_GAIN: Final = re.compile(r"\b(?:(minus|plus) )?(\d+) db\b")
_SIGNS: Final = {"minus": "−", "plus": "+"}
_READ: Final = (OSError, ValueError)


def figure_list(folder: Path, report: Report, other: tuple[Path, Beside] | None) -> Iterator[Html]:
    """Yield every figure; a file that is not there, or is no picture or sound, is named in its place."""
    for one in report.figures:
        yield element(
            "figure",
            _picture(folder, one, one.title),
            *(_there(one, *other) if other is not None else ()),
            element("figcaption", element("b", _titled(one)), " ", one.caption),
            _sounds(folder, one),
            id=one.name,
        )


def _titled(figure: Figure) -> str:
    title = figure.title if figure.title.endswith((".", "?", "!")) else f"{figure.title}."
    return f"{figure.source}. {title}" if figure.source else title


def _picture(folder: Path, figure: Figure, alt: str) -> Html:
    path = folder / figure.file
    try:
        inlined = picture(path, alt, _size_px(path), compact=True)
    except _READ:
        return _missing(figure.file)
    return element("div", inlined, class_="wide picture", tabindex="0", role="region", aria_label=alt)


def _size_px(path: Path) -> tuple[int, int] | None:
    """Return width and height, which keep the place until the picture is drawn; None for drawings of no size."""
    if path.suffix.lower() == ".svg":
        return None
    with Image.open(path) as opened:
        return opened.size


def _there(figure: Figure, folder: Path, beside: Beside) -> Iterator[Html]:
    """Yield the other report's figure of the same name, where that came with its files."""
    for one in beside.report.figures:
        if one.name == figure.name and (folder / one.file).is_file():
            yield element("p", f"The same figure in {beside.name}:", class_="beside")
            yield _picture(folder, one, f"{one.title}, in {beside.name}")


def _sounds(folder: Path, figure: Figure) -> Html:
    if not figure.sounds:
        return Html("")
    players = (element("li", _sound(folder, file, _called(file, figure))) for file in figure.sounds)
    return element("ul", *players, class_="sounds", aria_label="sounds of this figure")


def _sound(folder: Path, file: str, name: str) -> Html:
    try:
        return sound(folder / file, name, compact=True)
    except _READ:
        return _missing(file)


def _called(file: str, figure: Figure) -> str:
    """Return the name of a sound: its file's, without the figure's before it and its kind behind, gains in decibels."""
    name = Path(file).stem.removeprefix(figure.name).strip("-_ ")
    words = (name or Path(file).stem).replace("_", " ").replace("-", " ")
    return _GAIN.sub(lambda gain: f"{_SIGNS.get(gain[1], '')}{gain[2]}\N{NO-BREAK SPACE}dB", words)


def _missing(file: str) -> Html:
    return element(
        "p", text(one_line(file), " cannot be shown: it is not beside the report, or cannot be read"), class_="warning"
    )
