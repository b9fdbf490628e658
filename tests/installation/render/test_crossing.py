"""Which scene is shown and how far it has come out of the generator's picture, played by hand."""

from collections.abc import Callable
from itertools import pairwise

import pytest

from installation.render.crossing import FADE_S, LONGEST_TAKE_S, SETTLE_S, Crossing, Settling

STEP_S = 0.05


def at_once(_scene: str) -> bool:
    return True


def play(
    crossing: Crossing, wanted: str | None, duration_s: float, is_ready: Callable[[str], bool] = at_once
) -> list[tuple[str | None, float]]:
    shown = []
    for _ in range(round(duration_s / STEP_S)):
        share = crossing.update(wanted, STEP_S, is_ready)
        shown.append((crossing.scene, share))
    return shown


def test_a_name_counts_once_it_has_been_heard_for_a_while_without_a_break() -> None:
    settling = Settling("sea")
    for _ in range(100):  # five seconds of flicker, never long enough
        assert [settling.update(name, SETTLE_S / 3) for name in ("rain", "rain", "sea")] == ["sea"] * 3
        assert [settling.update(name, SETTLE_S / 3) for name in ("rain", "fire")] == ["sea"] * 2
    assert [settling.update("rain", SETTLE_S / 3) for _ in range(3)] == ["sea", "sea", "rain"]


def test_nothing_but_the_generators_picture_is_seen_while_no_scene_is_wanted() -> None:
    assert play(Crossing(), None, 10.0) == [(None, 0.0)] * 200


def test_the_first_scene_comes_out_of_the_generators_picture_in_one_fade() -> None:
    shares = [share for _, share in play(Crossing(), "rain", FADE_S + 2 * STEP_S)]
    assert shares[0] == 0.0 and shares[-1] == 1.0 and shares == sorted(shares)
    assert max(b - a for a, b in pairwise(shares)) < 0.08


def test_one_scene_goes_over_into_another_through_the_generators_picture_in_a_few_seconds() -> None:
    crossing = Crossing()
    play(crossing, "rain", 5.0)
    shown = play(crossing, "train", 2 * FADE_S + 3 * STEP_S)
    first = [share for scene, share in shown if scene == "rain"]
    then = [share for scene, share in shown if scene == "train"]
    assert first == sorted(first, reverse=True) and then == sorted(then)
    assert then[0] == 0.0 and shown[-1] == ("train", 1.0)
    assert shown == [("rain", share) for share in first] + [("train", share) for share in then]


def test_a_scene_that_is_heard_again_while_it_leaves_comes_back_as_the_same_picture() -> None:
    crossing = Crossing()
    play(crossing, "rain", 5.0)
    play(crossing, "train", FADE_S / 2)
    shown = play(crossing, "rain", FADE_S)
    assert crossing.take == 1 and {scene for scene, _ in shown} == {"rain"} and shown[-1][1] == 1.0


def test_a_scene_that_is_not_ready_is_waited_for_in_the_generators_picture() -> None:
    crossing = Crossing()
    play(crossing, "rain", 5.0)
    waiting = play(crossing, "train", 20.0, lambda scene: scene != "train")
    assert waiting[-1] == ("rain", 0.0)
    assert play(crossing, "train", FADE_S + 2 * STEP_S)[-1] == ("train", 1.0)


def test_what_the_world_does_not_have_leaves_the_generators_picture() -> None:
    crossing = Crossing()
    play(crossing, "rain", 5.0)
    assert play(crossing, None, FADE_S + 2 * STEP_S)[-1] == (None, 0.0)


def test_a_scene_that_lasts_comes_anew_as_another_take() -> None:
    crossing = Crossing()
    shown = play(crossing, "rain", LONGEST_TAKE_S + 2 * FADE_S + 1.0)
    assert crossing.take == 2 and shown[-1] == ("rain", 1.0)
    assert min(share for _, share in shown[100:]) == 0.0


@pytest.mark.parametrize("rate_hz", [10, 144])
def test_the_path_does_not_depend_on_the_displays_rate(rate_hz: int) -> None:
    crossing = Crossing()
    for _ in range(round(0.8 * rate_hz)):
        share = crossing.update("rain", 1.0 / rate_hz, at_once)
    # Half of the fade, but for the turn in which the scene was begun.
    assert share == pytest.approx(0.5, abs=1.5 / rate_hz)
