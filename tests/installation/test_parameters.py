import pytest
from hypothesis import given
from hypothesis import strategies as st

from installation.parameter import Kind, Parameter, ParameterError, Scaling
from installation.parameters import DEFAULTS, PARAMETERS, parameter


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


@pytest.mark.parametrize("row", [row for row in PARAMETERS.values() if row.kind is Kind.TEXT], ids=str)
@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("x" * 300, "got 300: 'xxx"),
        ("\ud800", r"got '\ud800' in '\ud800'"),
        ("a\nb", r"got '\n'"),
        ("a\x00", r"got '\x00'"),
        ("\x1b[2J", r"got '\x1b'"),
        ("..\\secret", "secret"),
        ("\u202eterces", r"got '\u202e'"),
    ],
)
def test_a_text_has_a_length_and_an_alphabet(row: Parameter, text: str, words: str) -> None:
    with pytest.raises(ParameterError) as refusal:
        row.check(text)
    message = str(refusal.value)
    assert words in message and f"takes up to {row.letters} letters" in message
    assert message.isprintable() and len(message) < 250


def test_a_text_may_be_in_any_language() -> None:
    assert parameter("/show/preset").check("Dämmerung 夜 (2)") == "Dämmerung 夜 (2)"


def test_a_presets_name_is_no_path_and_a_models_may_be_one() -> None:
    with pytest.raises(ParameterError, match=r"got '/' in '../secret'"):
        parameter("/show/preset").check("../secret")
    assert parameter("/show/model").check("venue/model") == "venue/model"  # `ModelNames` says which lead somewhere


@pytest.mark.parametrize("value", [10**400, -(10**5000), "x" * 10**6, ["x" * 10**6] * 100, float("inf")], ids=range(5))
def test_whatever_is_put_into_a_number_is_refused_in_a_short_line(value: object) -> None:
    with pytest.raises(ParameterError) as refusal:
        parameter("/audio/gain").check(value)
    assert str(refusal.value).startswith("/audio/gain takes -60..24 dB, got ") and len(str(refusal.value)) < 130


@pytest.mark.parametrize(
    ("address", "said", "meant"),
    [
        ("/audio/gain", -6, -6.0),
        ("/audio/gain", True, 1.0),
        ("/audio/gain", "-6.5", -6.5),
        ("/audio/gain", " 1e1 ", 10.0),
        ("/audio/gain", [3.0], 3.0),
        ("/audio/gain", ((("3",),),), 3.0),
        ("/audio/gain", 99, 24.0),
        ("/audio/gain", -(10**400), -60.0),
        ("/render/feedback", 0.97000003, 0.97),
        ("/latent/hold", 1, True),
        ("/latent/hold", 0.49, False),
        ("/latent/hold", 0.5, True),
        ("/latent/hold", 127, True),
        ("/latent/hold", 255, True),
        ("/latent/hold", -1, False),
        ("/latent/hold", "On", True),
        ("/latent/hold", "false", False),
        ("/latent/hold", "0", False),
        ("/latent/hold", ["1"], True),
        ("/show/version", "3", 3),
        ("/show/version", 2.4, 2),
        ("/render/fit", "crop", "crop"),
        ("/show/preset", ["rehearsal"], "rehearsal"),
        ("/audio/tap", None, True),
        ("/audio/tap", [1, 2, 3], True),
    ],
)
def test_a_surface_may_say_a_value_in_its_own_way(address: str, said: object, meant: object) -> None:
    taken = parameter(address).accept(said)
    assert taken == meant and type(taken) is type(meant)


@pytest.mark.parametrize(
    ("address", "said"),
    [
        ("/audio/gain", float("nan")),
        ("/audio/gain", float("-inf")),
        ("/audio/gain", "inf"),
        ("/audio/gain", "nan"),
        ("/audio/gain", "1_0"),
        ("/audio/gain", "9" * 5000),
        ("/audio/gain", "loud"),
        ("/audio/gain", "on"),
        ("/audio/gain", None),
        ("/audio/gain", [1, 2]),
        ("/audio/gain", []),
        ("/audio/gain", b"1"),
        ("/latent/hold", "maybe"),
        ("/latent/hold", float("nan")),
        ("/latent/hold", None),
        ("/show/version", 11),  # there is no eleventh, and the tenth is another
        ("/render/fit", "stretch"),
        ("/render/fit", 1),
        ("/show/preset", 5),
        ("/show/preset", "a/b"),
    ],
)
def test_what_a_surface_cannot_mean_is_refused(address: str, said: object) -> None:
    with pytest.raises(ParameterError, match=f"{address} takes "):
        parameter(address).accept(said)


@given(st.one_of(st.none(), st.booleans(), st.integers(), st.floats(), st.text(), st.lists(st.floats(), max_size=2)))
def test_whatever_a_surface_says_a_row_takes_what_its_own_check_takes_or_refuses(said: object) -> None:
    for row in PARAMETERS.values():
        try:
            taken = row.accept(said)
        except ParameterError as refusal:
            assert len(str(refusal)) < 300
        else:
            assert row.check(taken) == taken


def test_an_endless_address_gets_a_short_answer() -> None:
    with pytest.raises(ParameterError) as refusal:
        parameter("/audio/gain" * 10_000)
    assert len(str(refusal.value)) < 200


@pytest.mark.parametrize(("said", "taken"), [(3, "3"), (3.0, "3"), ("3", "3"), ([3], "3"), ("next", "next")])
def test_a_number_names_what_stands_in_a_list(said: object, taken: str) -> None:
    assert parameter("/show/cue").accept(said) == taken


@pytest.mark.parametrize("said", [True, 2.5, float("nan"), None, 1e300, {}])
def test_what_is_no_place_in_a_list_is_refused(said: object) -> None:
    with pytest.raises(ParameterError, match="/show/cue takes"):
        parameter("/show/cue").accept(said)
