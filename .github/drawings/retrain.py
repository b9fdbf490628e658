"""Draws how an evening's recordings become a model of the place.

`python .github/drawings/retrain.py` writes `.github/pictures/retrain.svg`.
"""

from sheet import Sheet, keep

_STEPS = (
    ("an evening", "films, or sounds", "and photographs"),
    ("the moment", "at which what", "sounds is seen"),
    ("learning", "minutes, on", "two cores"),
    ("comparing", "on recordings that", "neither has heard"),
    ("the wall", "only if it is better;", "or back, any time"),
)


def drawing() -> str:
    """Return the drawing as SVG."""
    sheet = Sheet(800, 190, "From an evening's films to the moment, to learning, to comparing, to the wall")
    for number, (name, first, second) in enumerate(_STEPS):
        x = 84 + 158 * number
        sheet.write(x, 136, name, "name")
        sheet.write(x, 154, first)
        sheet.write(x, 170, second)
        if number:
            sheet.arrow(x - 106, 70, 52)
    _films(sheet, 84)
    _moment(sheet, 242)
    _learning(sheet, 400)
    _comparing(sheet, 558)
    _wall(sheet, 716)
    return sheet.text()


def _films(sheet: Sheet, x: int) -> None:
    for shift in (12, 6, 0):
        sheet.box(x - 36 + shift, 56 - shift, 58, 44, corner=4)
    sheet.path(f"M{x - 13} 68v20l17 -10z", "mark")


def _moment(sheet: Sheet, x: int) -> None:
    heights = (4, 6, 5, 16, 26, 30, 22, 8, 5, 4)
    sheet.box(x - 17, 34, 26, 72, "main", corner=3)
    for number, height in enumerate(heights):
        sheet.path(f"M{x - 41 + 9 * number} {70 - height}v{2 * height}")
    sheet.circle(x + 4, 34, 5, "mark")


def _learning(sheet: Sheet, x: int) -> None:
    for row in (46, 70, 94):
        for other in (58, 82):
            sheet.path(f"M{x - 30} {row}L{x + 30} {other}", "may")
    for row in (46, 70, 94):
        sheet.circle(x - 30, row, 8)
    for row in (58, 82):
        sheet.circle(x + 30, row, 8, "main")


def _comparing(sheet: Sheet, x: int) -> None:
    sheet.path(f"M{x} 36v66M{x - 18} 102h36M{x - 34} 44L{x + 34} 56")
    sheet.path(f"M{x - 46} 66l12 -22 12 22a12 7 0 0 1 -24 0z", "line")
    sheet.path(f"M{x + 22} 78l12 -22 12 22a12 7 0 0 1 -24 0z", "main")


def _wall(sheet: Sheet, x: int) -> None:
    sheet.box(x - 44, 40, 88, 50, "main", corner=3)
    sheet.circle(x + 22, 54, 6, "glow")
    sheet.path(f"M{x - 44} 84l26 -24 18 14 16 -10 28 20")
    sheet.path(f"M{x + 30} 106h-56m6 -5l-6 5 6 5", "may")


if __name__ == "__main__":
    keep("retrain.svg", drawing())
