"""The scene's hour, nearness and warmth, as hands and the wall's clock set them."""

from collections.abc import Mapping

import numpy as np
import pytest

from installation.inference.scene_state import HeardNearness, held_states
from installation.parameters import DEFAULTS
from installation.values import Controls, ParameterValue


def held(values: Mapping[str, ParameterValue], wall_hour: float = 9.0) -> list[list[float]]:
    rows: list[list[float]] = held_states(Controls({**DEFAULTS, **values}), wall_hour)[0].tolist()
    return rows


def test_nothing_is_held_unless_a_hand_does() -> None:
    assert [firmness for _value, firmness in held({})] == [0.0, 0.0, 0.0]


def test_a_hand_holds_nearness_and_hour_as_firmly_as_it_likes() -> None:
    values = {"/scene/nearness": 0.8, "/scene/nearness_hold": 0.5, "/scene/hour": 18.0, "/scene/hour_hold": 1.0}
    assert held(values)[:2] == [pytest.approx([0.8, 0.5]), pytest.approx([0.75, 1.0])]


def test_a_hand_holds_warmth_as_firmly_as_it_likes() -> None:
    assert held({"/scene/warmth": 0.9, "/scene/warmth_hold": 0.25})[2] == pytest.approx([0.9, 0.25])


def test_with_the_clock_the_hour_is_the_walls() -> None:
    assert held({"/scene/clock": True, "/scene/hour": 18.0}, wall_hour=6.0)[1] == [0.25, 1.0]


def test_it_is_what_the_generator_takes() -> None:
    states = held_states(Controls(DEFAULTS), 0.0)
    assert states.shape == (1, 3, 2) and states.dtype == np.float32


def test_what_the_ear_says_holds_nearness_and_a_hand_moves_it_from_there() -> None:
    held_by_ear = held_states(Controls(DEFAULTS), 0.0, 0.3)[0, 0]
    assert held_by_ear.tolist() == pytest.approx([0.3, 1.0])
    by_hand = {**DEFAULTS, "/scene/nearness": 0.9, "/scene/nearness_hold": 0.5}
    assert held_states(Controls(by_hand), 0.0, 0.3)[0, 0].tolist() == pytest.approx([0.6, 1.0])


def test_a_presets_image_is_as_near_as_it_is() -> None:
    shown = {**DEFAULTS, "/latent/blend": 1.0}
    assert held_states(Controls(shown), 0.0, 0.3)[0, 0].tolist() == pytest.approx([0.3, 0.0])


@pytest.mark.parametrize("rate_hz", [30, 144])
def test_heard_nearness_glides_in_seconds_and_stays_where_the_ear_is_silent(rate_hz: int) -> None:
    nearness = HeardNearness()
    assert nearness.advance(0.0, 2.0) is None
    nearness.aim(0.2)
    assert nearness.advance(0.1, 2.0) == pytest.approx(0.2)
    nearness.aim(1.0)
    for turn in range(1, 2 * rate_hz + 1):
        nearness.advance(0.1 + turn / rate_hz, 2.0)
    assert nearness.value == pytest.approx(1.0 - 0.8 * np.exp(-1.0), abs=1e-3)
    nearness.aim(None)
    assert nearness.advance(60.0, 2.0) == pytest.approx(1.0)
