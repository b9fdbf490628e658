"""The manuals as tests read them: which there are, their text and their examples."""

import re
from typing import Final

from tests.reference import ROOT

MANUALS: Final = (
    "README.md",
    ".github/CONTRIBUTING.md",
    "installation/README.md",
    *sorted(f"installation/manual/{page.name}" for page in (ROOT / "installation/manual").glob("*.md")),
    "presets/README.md",
    "s2s/README.md",
    "s2s/retrain-story.md",
    "shaders/README.md",
)


def read(file: str) -> str:
    """Return the text of a file of the repository."""
    return (ROOT / file).read_text(encoding="utf-8")


def examples(manual: str, language: str) -> list[str]:
    """Return what stands in the fenced blocks of one language."""
    return re.findall(rf"^```{language}\n(.*?)^```", read(manual), re.DOTALL | re.MULTILINE)
