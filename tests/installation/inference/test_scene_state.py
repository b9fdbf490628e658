"""The scene's hour and nearness, as hands and the wall's clock set them."""

from collections.abc import Mapping

import numpy as np
import pytest

from installation.inference.scene_state import held_states
from installation.parameters import DEFAULTS
from installation.values import Controls, ParameterValue


def held(values: Mapping[str, ParameterValue], wall_hour: float = 9.0) -> list[list[float]]:
    rows: list[list[float]] = held_states(Controls({**DEFAULTS, **values}), wall_hour)[0].tolist()
    return rows


def test_nothing_is_held_unless_a_hand_does() -> None:
    assert [firmness for _value, firmness in held({})] == [0.0, 0.0]


def test_a_hand_holds_nearness_and_hour_as_firmly_as_it_likes() -> None:
    values = {"/scene/nearness": 0.8, "/scene/nearness_hold": 0.5, "/scene/hour": 18.0, "/scene/hour_hold": 1.0}
    assert held(values) == [pytest.approx([0.8, 0.5]), pytest.approx([0.75, 1.0])]


def test_with_the_clock_the_hour_is_the_walls() -> None:
    assert held({"/scene/clock": True, "/scene/hour": 18.0}, wall_hour=6.0)[1] == [0.25, 1.0]


def test_it_is_what_the_generator_takes() -> None:
    states = held_states(Controls(DEFAULTS), 0.0)
    assert states.shape == (1, 2, 2) and states.dtype == np.float32
