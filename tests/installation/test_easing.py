import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from installation.easing import EASINGS, Ramp, between
from installation.parameter import Kind, Parameter, Scaling
from installation.parameters import PARAMETERS

NUMBERS = [row for row in PARAMETERS.values() if row.is_number]
SHARES = st.floats(0, 1)
LOG = Parameter("/a/frequency", Kind.FLOAT, 100.0, "a log row", 10.0, 1_000.0, "Hz", Scaling.LOG)


def test_the_table_offers_exactly_the_easings_that_there_are() -> None:
    assert set(PARAMETERS["/show/easing"].choices) == set(EASINGS)


@pytest.mark.parametrize("name", EASINGS)
@settings(max_examples=60, deadline=None)
@given(done=SHARES, later=SHARES)
def test_every_easing_goes_from_end_to_end_and_never_back(name: str, done: float, later: float) -> None:
    easing = EASINGS[name]
    assert (easing(0.0), easing(1.0)) == (0.0, 1.0)
    assert easing(min(done, later)) <= easing(max(done, later)) + 1e-12


def test_late_begins_slowly_and_early_arrives_slowly() -> None:
    assert EASINGS["late"](0.2) < EASINGS["linear"](0.2) < EASINGS["early"](0.2)
    assert EASINGS["smooth"](0.1) < 0.1 and EASINGS["smooth"](0.9) > 0.9


@settings(max_examples=60, deadline=None)
@given(row=st.sampled_from(NUMBERS), start=SHARES, end=SHARES, share=SHARES)
def test_what_lies_between_two_values_is_between_them_and_both_ends_are_exact(
    row: Parameter, start: float, end: float, share: float
) -> None:
    one, other = row.check(row.clamp(row.from_unit(start))), row.check(row.clamp(row.from_unit(end)))
    close = 1e-9 * (row.high - row.low)
    value = float(between(row, one, other, share))
    assert min(float(one), float(other)) - close <= value <= max(float(one), float(other)) + close
    assert row.check(between(row, one, other, share)) is not None
    assert (between(row, one, other, 0.0), between(row, one, other, 1.0)) == (one, other)


def test_numbers_travel_as_their_faders_do() -> None:
    assert between(LOG, 10.0, 1_000.0, 0.5) == pytest.approx(100.0)


def test_switches_and_choices_change_over_at_the_middle() -> None:
    hold, fit = PARAMETERS["/latent/hold"], PARAMETERS["/render/fit"]
    assert [between(hold, False, True, share) for share in (0.0, 0.49, 0.5, 1.0)] == [False, False, True, True]
    assert [between(fit, "crop", "fit", share) for share in (0.49, 0.5)] == ["crop", "fit"]


def test_a_ramp_that_is_turned_goes_on_from_where_it_is_and_arrives_when_it_would_have() -> None:
    row = PARAMETERS["/render/zoom"]
    ramp = Ramp(row, 1.0, 2.0, began_at=10.0, duration_s=4.0, easing=EASINGS["linear"])
    turned = ramp.turned(1.1, 12.0)
    assert turned.at(12.0) == ramp.at(12.0) == pytest.approx(1.5)
    assert turned.at(13.9) > 1.1 and turned.at(14.0) == 1.1
