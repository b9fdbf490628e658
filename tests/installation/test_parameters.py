import pytest

from installation.parameters import DEFAULTS, PARAMETERS, Kind, Parameter, Scaling


@pytest.mark.parametrize("row", PARAMETERS.values(), ids=str)
def test_every_row_accepts_its_own_default_and_describes_itself(row: Parameter) -> None:
    assert row.check(row.default) == row.default
    assert row.description and row.range_text
    assert row.address.count("/") == 2


def test_the_table_holds_the_controls_every_show_has() -> None:
    expected = {"/audio/gain", "/audio/mix", "/audio/gate", "/latent/blend", "/latent/glide", "/latent/drift"}
    expected |= {"/latent/truncation", "/latent/hold", "/show/preset", "/show/morph", "/show/blackout", "/show/freeze"}
    assert expected <= set(DEFAULTS)


@pytest.mark.parametrize("scaling", list(Scaling))
def test_fader_travel_runs_from_end_to_end_and_back(scaling: Scaling) -> None:
    row = Parameter("/a/b", Kind.FLOAT, 1.0, "", low=0.1, high=10.0, scaling=scaling)
    assert row.from_unit(0.0) == pytest.approx(0.1) and row.from_unit(1.0) == pytest.approx(10.0)
    assert all(row.to_unit(row.from_unit(x)) == pytest.approx(x) for x in (0.0, 0.3, 0.5, 1.0))


def test_a_switch_understands_numbers_as_faders_and_osc_send_them() -> None:
    hold = PARAMETERS["/latent/hold"]
    assert hold.check(1.0) is True and hold.check(0) is False and hold.check(False) is False
