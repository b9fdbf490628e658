"""Lists of classes: the fifty of the paper's figure S1, and files of names. Labels are for measuring, not training."""

from pathlib import Path
from typing import Final

from s2s.data.tables import read_rows

FIGURE_S1: Final = Path(__file__).parent / "classes" / "vggsound-50.csv"
"""The 50 classes of VGGSound that the paper trains and tests on, with their clips in VGGSound (`stat.csv`: all,
`test.csv`: test) and its kind of class, for comparison with what a download still has."""


def read_labels(path: Path | str) -> tuple[str, ...]:
    """Read class names from a file: of a `.csv` the first column, of any other every line, commas and all.

    Blank lines and a header `label` are skipped. Raises ValueError for no name at all and for one that is there twice,
    OSError for a file that cannot be read.
    """
    file = Path(path)
    lines = (row.columns[0] for row in read_rows(file)) if file.suffix.lower() == ".csv" else _lines(file)
    names = [name for line in lines if (name := line.strip())]
    names = names[1:] if names and names[0].casefold() == "label" else names
    if not names:
        raise ValueError(f"{file} names no class; expected one a line")
    twice = next((name for rank, name in enumerate(names) if name in names[:rank]), None)
    if twice is not None:
        raise ValueError(f"{file} names {twice!r} twice")
    return tuple(names)


def _lines(file: Path) -> list[str]:
    try:
        return file.read_text(encoding="utf-8-sig").splitlines()
    except UnicodeDecodeError as error:
        raise ValueError(f"{file} is no text in UTF-8; expected class names, one a line") from error
