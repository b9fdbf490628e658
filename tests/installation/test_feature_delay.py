import pytest

from installation.feature_delay import FeatureDelay
from installation.values import Features

FPS = 50


def heard(delay_s: float, frames: int = 5 * FPS) -> list[Features]:
    delay = FeatureDelay()
    return [delay.delayed(Features(heard_at=n / FPS), n / FPS, delay_s) for n in range(1, frames + 1)]


@pytest.mark.parametrize("frames_late", [0, 1, 30, 100])
def test_the_picture_follows_what_was_heard_so_long_ago(frames_late: int) -> None:
    stamps = [features.heard_at for features in heard(frames_late / FPS)]
    assert stamps[frames_late:] == [n / FPS for n in range(1, 5 * FPS - frames_late + 1)]


def test_before_the_first_sound_of_so_long_ago_there_is_silence() -> None:
    assert heard(1.0, frames=FPS // 2) == [Features()] * (FPS // 2)


def test_a_delay_that_is_set_while_the_show_runs_holds_at_once() -> None:
    delay = FeatureDelay()
    for n in range(FPS):
        delay.delayed(Features(heard_at=n / FPS), n / FPS, 0.0)
    assert delay.delayed(Features(heard_at=1.0), 1.0, 0.5).heard_at == 0.5
