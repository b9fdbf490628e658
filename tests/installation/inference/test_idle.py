import numpy as np
import pytest

from installation.inference.idle import IDLE_AFTER_S, IdleDetector, level_db


def idle_states(detector: IdleDetector, levels: list[float], step_s: float = 0.25, start: float = 0.0) -> list[bool]:
    return [detector.is_idle(start + i * step_s, level, gate_db=-50.0) for i, level in enumerate(levels)]


def test_a_short_pause_does_not_make_the_show_idle_a_long_one_does() -> None:
    pause, silence = round(IDLE_AFTER_S * 4 * 0.5), round(IDLE_AFTER_S * 4) + 2
    assert not any(idle_states(IdleDetector(), [-20.0] + [-80.0] * pause))
    assert idle_states(IdleDetector(), [-20.0] + [-80.0] * silence)[-1]


def test_sound_wakes_it_but_not_the_last_decibel_at_the_gate() -> None:
    detector = IdleDetector()
    idle_states(detector, [-80.0] * 40)
    assert detector.is_idle(20.0, -49.0, gate_db=-50.0)
    assert not detector.is_idle(20.25, -40.0, gate_db=-50.0)


@pytest.mark.parametrize(("amplitude", "expected"), [(1.0, 0.0), (0.1, -20.0), (0.0, -120.0)])
def test_levels_are_decibels_below_full_scale(amplitude: float, expected: float) -> None:
    assert level_db(np.full(1000, amplitude, np.float32)) == pytest.approx(expected, abs=1e-4)
    assert level_db(np.zeros(0, np.float32)) == -120.0
