"""What a soak does and when: the same from the same seed, each fault in turn, calm at both ends."""

from collections import Counter
from itertools import pairwise

import pytest

from installation.parameters import PARAMETERS
from installation.soak.plan import FADERS, FAULTS, Deed, Kind, plan

PRESETS, MODELS = ("gallery", "soak-osc"), ("default", "second-model")


def of_hours(hours: float, seed: int = 0) -> list[Deed]:
    return plan(seed, 3600.0 * hours, PRESETS, MODELS, 300.0)


def test_a_seed_gives_one_plan_and_another_seed_another() -> None:
    assert of_hours(2.0) == of_hours(2.0) != of_hours(2.0, seed=1)


def test_two_hours_hold_everything_that_changes_and_every_fault() -> None:
    deeds = of_hours(2.0)
    assert {deed.kind for deed in deeds} == set(Kind)
    faults = [deed for deed in deeds if deed.kind in FAULTS]
    assert {(deed.kind, deed.what) for deed in faults} >= {
        (k, w) for k in ("kill", "stop") for w in ("capture", "inference")
    }
    assert 18 <= len(faults) <= 32
    assert min(Counter(deed.what for deed in faults).values()) >= 2
    assert {deed.what for deed in deeds if deed.kind is Kind.PRESET} == set(PRESETS)


@pytest.mark.parametrize("hours", [0.02, 0.5, 2.0, 24.0])
def test_what_breaks_has_time_to_come_back_and_the_order_is_that_of_time(hours: float) -> None:
    deeds = of_hours(hours)
    calm_s = min(120.0, 3600.0 * hours / 6)
    broken = [deed.at_s for deed in deeds if deed.kind in FAULTS]
    assert all(calm_s <= at_s <= 3600.0 * hours - calm_s for at_s in broken)
    assert all(later - earlier >= 199.0 for earlier, later in pairwise(broken))
    assert [deed.at_s for deed in deeds] == sorted(deed.at_s for deed in deeds)


def test_each_worker_has_the_second_half_to_itself() -> None:
    faults = [deed for deed in of_hours(2.0) if deed.kind in FAULTS]
    assert all((deed.kind in (Kind.KILL, Kind.STOP)) is (deed.at_s < 3600.0) for deed in faults)


def test_faders_are_controls_of_the_table_and_stay_within_their_rows() -> None:
    for fader in FADERS:
        row = PARAMETERS[fader.address]
        assert row.low <= fader.low < fader.high <= row.high, fader
    moved = [deed for deed in of_hours(2.0) if deed.kind is Kind.CONTROL]
    ends = {fader.address: (fader.low, fader.high) for fader in FADERS}
    assert all(ends[deed.what][0] <= deed.value <= ends[deed.what][1] for deed in moved)
