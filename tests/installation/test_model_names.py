"""Which models a show may be told to go to, and what they are called."""

from pathlib import Path

import pytest

from installation.model_names import ModelNameError, ModelNames
from s2s.card import DEFAULT_BUNDLE


@pytest.fixture
def house(tmp_path: Path) -> Path:
    for name in ("presets/wide", "venue/model", "elsewhere/night"):
        (tmp_path / name).mkdir(parents=True)
        (tmp_path / name / "model.yaml").touch()
    return tmp_path.resolve()


@pytest.fixture
def names(house: Path) -> ModelNames:
    return ModelNames([house / "presets", house])


def test_a_name_or_a_folder_is_looked_for_below_each_of_the_shows_own(names: ModelNames, house: Path) -> None:
    assert names.candidates("wide") == (str(house / "presets" / "wide"), str(house / "wide"))
    assert str(house / "venue" / "model") in names.candidates("venue/model")


def test_default_is_the_model_that_ships(names: ModelNames) -> None:
    assert names.candidates("default") == (str(DEFAULT_BUNDLE),)
    assert names.name_of(DEFAULT_BUNDLE.resolve()) == "default"


@pytest.mark.parametrize("name", ["/etc", "../elsewhere", "venue/../../x", "//host/share", "", ".", "./"])
def test_a_name_leads_nowhere_else(names: ModelNames, name: str) -> None:
    with pytest.raises(ModelNameError, match="a model "):
        names.candidates(name)


def test_a_model_that_has_played_is_found_by_its_name_wherever_it_lies(names: ModelNames, house: Path) -> None:
    inside = ModelNames([house / "presets"])
    assert inside.name_of(house / "elsewhere" / "night") == "night"
    assert inside.candidates("night") == (str(house / "elsewhere" / "night"),)
    assert names.name_of(house / "elsewhere" / "night") == "elsewhere/night"


def test_listed_are_the_one_that_ships_those_beside_and_those_that_played(names: ModelNames, house: Path) -> None:
    names.name_of(house / "venue" / "model")
    assert names.listed() == ["default", "venue/model", "wide"]
