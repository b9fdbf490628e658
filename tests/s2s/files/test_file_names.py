"""Names of any length and any bytes."""

import os
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from s2s.files.names import beside, cut_to, fitted, shown


@given(st.binary(max_size=300), st.integers(0, 260))
def test_a_name_is_cut_between_letters_and_never_longer_than_asked(raw: bytes, num_bytes: int) -> None:
    name = os.fsdecode(raw)
    cut = cut_to(name, num_bytes)
    assert name.startswith(cut)
    assert len(os.fsencode(cut)) <= num_bytes
    assert len(raw) <= num_bytes or len(os.fsencode(name[: len(cut) + 1])) > num_bytes


@given(st.binary(max_size=300))
def test_whatever_is_shown_is_text(raw: bytes) -> None:
    shown(os.fsdecode(raw)).encode()


def test_what_is_text_is_shown_as_it_is() -> None:
    assert shown("雨 é.wav") == "雨 é.wav"
    assert shown(Path(os.fsdecode(b"B\xe4chlein.wav"))) == "B\N{REPLACEMENT CHARACTER}chlein.wav"
    assert shown("\ud800") == "\N{REPLACEMENT CHARACTER}"


@pytest.mark.parametrize("letter", ["a", "雨", "\udce4"])
def test_the_name_of_what_is_being_written_fits_beside_the_longest(tmp_path: Path, letter: str) -> None:
    longest = tmp_path / f"{cut_to(letter * 255, 251)}.png"
    longest.touch()
    part = beside(longest)
    part.touch()
    assert part != longest
    assert part != beside(longest.with_name(f"b{longest.name[1:]}"))


def test_a_short_name_keeps_its_own_beside_it(tmp_path: Path) -> None:
    assert beside(tmp_path / "rain.png") == tmp_path / "rain.png.part"
    assert fitted(tmp_path, "rain", ".png") == tmp_path / "rain.png"
    assert fitted(tmp_path, "雨" * 200, ".json").name == "雨" * 83 + ".json"
