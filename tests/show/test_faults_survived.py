"""Every fault of the table in `installation/manual/faults.md`, injected into the real program."""

from pathlib import Path

import pytest

from tests.faults.table import FAULTS, MANUAL, model_for, named

_BLACK_S = 2.0
_DARK_FOR_A_WHILE = ("restart at night", "the X server dies")
"""These begin the program anew, for which no timed promise is made."""


@pytest.mark.slow
@pytest.mark.device
@pytest.mark.parametrize("name", list(FAULTS))
def test_the_show_goes_on_says_why_and_comes_back(tmp_path: Path, tiny_model: Path, name: str) -> None:
    if not named([name]):
        pytest.skip("this machine lets a process have no mounts of its own")
    measured = FAULTS[name](tmp_path, model_for(name, tiny_model))
    assert measured.words
    if measured.black_s is not None and not name.startswith(_DARK_FOR_A_WHILE):
        assert measured.black_s < _BLACK_S


def test_the_table_in_the_manual_has_a_row_for_every_fault() -> None:
    rows = MANUAL.read_text(encoding="utf-8")
    assert [name for name in FAULTS if f"| {name} |" not in rows] == []
    assert "not survived" not in rows
