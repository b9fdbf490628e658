"""The chooser against machines that are simulated as a fixed cost and a cost a pixel."""

import pytest

from installation.render.resolution import SCALES, ResolutionChooser

BUDGET_S = 0.024


def run(chooser: ResolutionChooser, *, fixed_s: float, full_s: float, start_s: float, seconds: float) -> list[float]:
    """Draw for `seconds` on a machine that needs `fixed_s` plus `full_s` at full resolution; return every scale."""
    now, scales = start_s, []
    while now < start_s + seconds:
        frame_s = fixed_s + full_s * chooser.scale**2
        now += max(frame_s, 1 / 60)
        scales.append(chooser.update(frame_s, now))
    return scales


@pytest.mark.parametrize("full_s", [0.01, 0.03, 0.06, 0.12, 0.3])
def test_it_settles_where_a_frame_fits_the_budget(full_s: float) -> None:
    chooser = ResolutionChooser(BUDGET_S)
    run(chooser, fixed_s=0.005, full_s=full_s, start_s=0.0, seconds=60)
    assert 0.005 + full_s * chooser.scale**2 <= BUDGET_S


def test_a_fast_machine_gets_the_full_resolution() -> None:
    chooser = ResolutionChooser(BUDGET_S)
    assert run(chooser, fixed_s=0.001, full_s=0.003, start_s=0.0, seconds=30)[-1] == 1.0


def test_a_hopeless_machine_gets_the_smallest_and_stays_there() -> None:
    chooser = ResolutionChooser(BUDGET_S)
    scales = run(chooser, fixed_s=0.2, full_s=0.3, start_s=0.0, seconds=60)
    assert scales[-1] == SCALES[-1]


def test_it_gives_way_within_a_second_when_somebody_takes_the_processor() -> None:
    chooser = ResolutionChooser(BUDGET_S)
    run(chooser, fixed_s=0.002, full_s=0.014, start_s=0.0, seconds=60)
    assert chooser.scale == 1.0
    run(chooser, fixed_s=0.004, full_s=0.045, start_s=60.0, seconds=1.5)
    assert chooser.scale <= 0.65


def test_it_comes_back_from_a_crowded_start_where_much_of_the_cost_is_fixed() -> None:
    chooser = ResolutionChooser(BUDGET_S)
    run(chooser, fixed_s=0.020, full_s=0.080, start_s=0.0, seconds=8)
    assert chooser.scale <= 0.3
    run(chooser, fixed_s=0.0085, full_s=0.0425, start_s=8.0, seconds=30)
    assert chooser.scale == 0.5


def test_what_a_crowded_start_has_cost_is_not_held_against_the_machine() -> None:
    chooser = ResolutionChooser(BUDGET_S)
    run(chooser, fixed_s=0.020, full_s=0.080, start_s=0.0, seconds=8)
    chooser.restart()
    assert set(run(chooser, fixed_s=0.0085, full_s=0.0425, start_s=8.0, seconds=2)) == {0.5}


def test_a_single_hiccup_changes_nothing() -> None:
    chooser = ResolutionChooser(BUDGET_S)
    run(chooser, fixed_s=0.005, full_s=0.04, start_s=0.0, seconds=20)
    before = chooser.scale
    chooser.update(0.5, 20.1)
    assert chooser.scale == before


def test_a_burst_of_a_second_that_is_little_over_the_budget_changes_nothing_and_one_that_stays_does() -> None:
    chooser = ResolutionChooser(BUDGET_S)
    run(chooser, fixed_s=0.008, full_s=0.045, start_s=0.0, seconds=20)
    assert chooser.scale == 0.5
    assert set(run(chooser, fixed_s=0.015, full_s=0.045, start_s=20.0, seconds=1.2)) == {0.5}
    run(chooser, fixed_s=0.008, full_s=0.045, start_s=21.2, seconds=4)
    assert chooser.scale == 0.5
    run(chooser, fixed_s=0.015, full_s=0.045, start_s=25.2, seconds=4)
    assert chooser.scale == 0.4


def test_while_something_else_can_give_way_it_stays_and_says_that_it_is_short_of_time() -> None:
    chooser = ResolutionChooser(BUDGET_S)
    chooser.least = 0.5
    assert set(run(chooser, fixed_s=0.015, full_s=0.06, start_s=0.0, seconds=10)) == {0.5} and chooser.is_short
    run(chooser, fixed_s=0.005, full_s=0.06, start_s=10.0, seconds=2)
    assert not chooser.is_short
    chooser.least = 0.0
    assert run(chooser, fixed_s=0.015, full_s=0.06, start_s=12.0, seconds=5)[-1] < 0.5
    assert not chooser.is_short


def test_a_machine_at_the_edge_swings_ever_more_rarely() -> None:
    chooser = ResolutionChooser(BUDGET_S)
    now, changes = 0.0, []
    for _ in range(60 * 600):
        # Looks fast enough from below, proves too slow above: the trap that makes a naive rule swing.
        frame_s = 0.010 if chooser.scale <= 0.5 else 0.030
        now += frame_s
        before = chooser.scale
        if chooser.update(frame_s, now) != before:
            changes.append(now)
    early = sum(change < now / 10 for change in changes)
    late = sum(change > now * 9 / 10 for change in changes)
    assert early > 2
    assert late <= 2


def test_a_scale_that_does_not_exist_is_refused() -> None:
    with pytest.raises(ValueError, match=r"scale is one of .* got 0\.55"):
        ResolutionChooser(BUDGET_S, start=0.55)
