"""A soft source is lifted over minutes, within bounds; neither silence nor a hand is answered. An hour in a moment."""

import numpy as np
import pytest

from installation.audio.auto_gain import USUAL_DB, AutoGain
from installation.audio.conditioning import Conditioner
from installation.parameters import DEFAULTS
from installation.values import SAMPLE_RATE_HZ, Controls, Samples

GATE_DB = -60.0


def second(level_db: float) -> Samples:
    return np.full(SAMPLE_RATE_HZ, 10 ** (level_db / 20), np.float32)


def hears(
    gain: AutoGain, level_db: float, minutes: float, *, hand_db: float = 0.0, gate_db: float = GATE_DB, most_db: float
) -> list[float]:
    """The gain at the end of each second."""
    sound = second(level_db)
    return [gain.follow(sound, hand_db, gate_db, most_db) for _ in range(round(60 * minutes))]


@pytest.mark.parametrize(
    ("level_db", "gain_db"), [(USUAL_DB - 10.0, 10.0), (USUAL_DB - 30.0, 12.0), (USUAL_DB + 8.0, -8.0), (USUAL_DB, 0.0)]
)
def test_after_some_minutes_a_source_is_as_loud_as_is_usual_or_as_near_as_the_bound_lets_it(
    level_db: float, gain_db: float
) -> None:
    gains = hears(AutoGain(), level_db, 10.0, most_db=12.0)
    assert gains[-1] == pytest.approx(gain_db, abs=2.1) and max(abs(gain) for gain in gains) <= 12.0


def test_no_minute_moves_it_more_than_three_decibels() -> None:
    gains = np.array(hears(AutoGain(), USUAL_DB - 20.0, 6.0, most_db=12.0))
    assert np.max(np.abs(gains[60:] - gains[:-60])) <= 3.0 + 1e-6


def test_a_swell_of_half_a_minute_keeps_its_loudness() -> None:
    gain = AutoGain()
    before = hears(gain, USUAL_DB, 5.0, most_db=12.0)[-1]
    during = hears(gain, USUAL_DB + 20.0, 0.5, most_db=12.0)
    assert max(abs(one - before) for one in during) < 1.6


def test_silence_of_an_hour_leaves_it_where_it_stood() -> None:
    gain = AutoGain()
    before = hears(gain, USUAL_DB - 10.0, 10.0, most_db=12.0)[-1]
    assert set(hears(gain, GATE_DB - 1.0, 60.0, most_db=12.0)) == {before}


def test_a_room_softer_than_the_gate_is_not_lifted_and_a_lower_gate_lets_it_be() -> None:
    gain = AutoGain()
    assert hears(gain, -70.0, 5.0, most_db=12.0)[-1] == 0.0
    assert hears(gain, -70.0, 5.0, gate_db=-80.0, most_db=12.0)[-1] == pytest.approx(12.0, abs=2.1)


def test_what_a_hand_adds_is_not_taken_back() -> None:
    by_hand, without = AutoGain(), AutoGain()
    assert hears(by_hand, USUAL_DB - 6.0, 5.0, hand_db=10.0, most_db=12.0) == hears(
        without, USUAL_DB - 6.0, 5.0, most_db=12.0
    )


def test_a_hand_at_the_bound_is_answered_at_once() -> None:
    gain = AutoGain()
    hears(gain, USUAL_DB - 20.0, 10.0, most_db=12.0)
    assert gain.follow(second(USUAL_DB - 20.0)[:100], 0.0, GATE_DB, 3.0) == 3.0
    assert gain.follow(second(USUAL_DB - 20.0)[:100], 0.0, GATE_DB, 0.0) == 0.0


def test_it_hears_the_same_whatever_the_blocks() -> None:
    sound, gains = second(USUAL_DB - 12.0), []
    for block in (160, 1_000, SAMPLE_RATE_HZ):
        gain = AutoGain()
        for _ in range(120):
            for at in range(0, SAMPLE_RATE_HZ, block):
                gain.follow(sound[at : at + block], 0.0, GATE_DB, 12.0)
        gains.append(gain.gain_db)
    assert gains == pytest.approx([gains[0]] * 3, abs=1e-6)


@pytest.mark.parametrize("odd", [np.nan, np.inf])
def test_what_is_no_number_changes_nothing(odd: float) -> None:
    gain = AutoGain()
    assert gain.follow(np.full(2 * SAMPLE_RATE_HZ, odd, np.float32), 0.0, GATE_DB, 12.0) == 0.0


def test_it_is_off_unless_a_row_of_the_desk_says_how_far_it_may_go() -> None:
    sound, zeros = second(USUAL_DB - 20.0), np.zeros(SAMPLE_RATE_HZ, np.float32)
    off, on = Conditioner(lambda count: zeros[:count]), Conditioner(lambda count: zeros[:count])
    for _ in range(120):
        left = off.condition(sound, Controls(DEFAULTS))
        lifted = on.condition(sound, Controls({**DEFAULTS, "/audio/auto": 12.0}))
    np.testing.assert_array_equal(left, sound)
    assert 20 * np.log10(lifted[-1] / sound[-1]) == pytest.approx(on.auto_gain_db, abs=0.01) and on.auto_gain_db > 5.0
