"""Ten thousand hostile inputs in CI, some of every family; and all that the long run ever found, read again."""

import logging
from collections.abc import Iterator
from pathlib import Path
from typing import Final

import pytest

from tests.fuzz.cases import cases_of
from tests.fuzz.families import FAMILIES
from tests.fuzz.family import Family, judge

FOUND: Final = sorted(Path(__file__).with_name("found").glob("*.bin"))
_DRAWN: Final = 0.04
"""Of the cases here: to draw one takes as long as to read ten."""


@pytest.fixture(autouse=True)
def _quiet() -> Iterator[None]:
    """What is refused is logged by some, and nobody reads it here."""
    logging.disable(logging.CRITICAL)
    yield
    logging.disable(logging.NOTSET)


def test_there_are_ten_thousand() -> None:
    assert sum(family.share for family in FAMILIES.values()) == 10_000


@pytest.mark.parametrize("family", FAMILIES.values(), ids=FAMILIES.keys())
def test_whatever_comes_is_read_or_refused_in_one_line(family: Family, tmp_path: Path) -> None:
    folders = tmp_path / "seeds", tmp_path / "opened"
    for folder in folders:
        folder.mkdir()
    seeds = family.seeds(folders[0])
    cases = list(cases_of(family, seeds, 0, family.share, _DRAWN))
    with family.opened(folders[1]) as read:
        valid = [finding for seed in seeds if (finding := judge(read, (), seed))]
        wrong = {f.what: f for case in cases if (f := judge(read, family.refusals, case))}
    assert [(finding.what, finding.told) for finding in valid] == []
    assert [(finding.what, finding.case[:300], finding.told) for finding in wrong.values()] == []
    assert len(cases) == family.share


@pytest.mark.parametrize("path", FOUND, ids=lambda path: path.stem)
def test_what_was_found_once_is_mended(path: Path, tmp_path: Path) -> None:
    family = FAMILIES[max((name for name in FAMILIES if path.stem.startswith(f"{name}-")), key=len)]
    with family.opened(tmp_path) as read:
        finding = judge(read, family.refusals, path.read_bytes())
    assert finding is None, finding
