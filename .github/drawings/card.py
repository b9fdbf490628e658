"""Prints the technician's card, `technicians-card.html`, as one page of A4: `installation/manual/technicians-card.pdf`.

`PYTHONPATH=. python .github/drawings/card.py`. Needs Chromium (`./setup.sh --dev`); refuses to write what takes more
than a page.
"""

import re
from pathlib import Path
from typing import Final

from tests.browser import Browser

_HERE: Final = Path(__file__).resolve().parent
_CARD: Final = _HERE.parents[1] / "installation/manual/technicians-card.pdf"


def printed() -> bytes:
    """Return the card as PDF. Raises ValueError where it does not fit one page."""
    with Browser() as browser:
        browser.shape(794, 1123, scheme="light", media="print", phone=False)
        browser.open((_HERE / "technicians-card.html").as_uri())
        document = browser.pdf()
    if (pages := len(re.findall(rb"/Type\s*/Page\b", document))) != 1:
        raise ValueError(f"expected one page, got {pages}: say it shorter")
    return document


if __name__ == "__main__":
    _CARD.write_bytes(printed())
