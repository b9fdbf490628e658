"""How OSCQuery describes the table."""

import pytest

from installation.control.oscquery.namespace import EXTENSIONS, asked_attributes, host_info, method, tree
from installation.parameter import Kind
from installation.parameters import DEEDS, DEFAULTS, PARAMETERS, parameter


def value_of(address: str) -> float | int | bool | str:
    return DEFAULTS[address]


def test_every_parameter_is_a_method_below_the_containers_that_its_address_names() -> None:
    root = tree("/", value_of, {})
    assert root is not None and root["FULL_PATH"] == "/" and root["ACCESS"] == 0
    found = []
    for group in root["CONTENTS"].values():  # type: ignore[attr-defined]
        found += [node["FULL_PATH"] for node in group["CONTENTS"].values()]
    assert sorted(found) == sorted(PARAMETERS)


def test_a_number_says_range_unit_and_value() -> None:
    node = method(parameter("/audio/gain"), value_of)
    assert (node["TYPE"], node["ACCESS"], node["VALUE"]) == ("f", 3, [0])
    assert (node["RANGE"], node["UNIT"]) == ([{"MIN": -60.0, "MAX": 24.0}], ["gain.db"])
    assert method(parameter("/show/version"), value_of)["RANGE"] == [{"MIN": 0, "MAX": 10}]


@pytest.mark.parametrize(
    ("address", "unit"),
    [
        ("/latent/glide", "time.second"),
        ("/audio/delay", "time.ms"),
        ("/audio/tempo", "time.bpm"),
        ("/render/hue", "angle.degree"),
    ],
)
def test_units_are_those_of_the_proposal(address: str, unit: str) -> None:
    assert method(parameter(address), value_of)["UNIT"] == [unit]


def test_a_unit_that_the_proposal_does_not_know_is_left_out() -> None:
    assert "UNIT" not in method(parameter("/scene/hour"), value_of)


def test_a_switch_has_the_type_of_its_value() -> None:
    row = parameter("/show/blackout")
    on, off = method(row, lambda _: True), method(row, lambda _: False)
    assert (on["TYPE"], on["VALUE"], off["TYPE"], off["VALUE"]) == ("T", [True], "F", [False])


def test_a_trigger_is_an_impulse_that_can_only_be_sent() -> None:
    node = method(parameter("/audio/tap"), value_of)
    assert (node["TYPE"], node["ACCESS"]) == ("I", 2) and "VALUE" not in node


def test_choices_are_named_those_of_the_table_and_those_that_come_and_go() -> None:
    assert method(parameter("/render/fit"), value_of)["RANGE"] == [{"VALS": ["crop", "fit", "extend"]}]
    assert "RANGE" not in method(parameter("/show/preset"), value_of)
    named = tree("/show/preset", value_of, {"/show/preset": ("dawn", "dusk")})
    assert named is not None and named["RANGE"] == [{"VALS": ["dawn", "dusk"]}]


def test_what_an_operator_does_is_told_from_what_a_look_is() -> None:
    tagged = {a for a, row in PARAMETERS.items() if "deed" in method(row, value_of).get("TAGS", ())}  # type: ignore[operator]
    assert tagged == DEEDS


def test_every_method_has_what_the_proposal_requires_and_a_description() -> None:
    for row in PARAMETERS.values():
        node = method(row, value_of)
        assert node["FULL_PATH"] == row.address and node["DESCRIPTION"] == row.description
        assert "CONTENTS" not in node and node["TYPE"] in ("f", "i", "s", "T", "F", "I")
        assert row.kind is Kind.TRIGGER or len(node["VALUE"]) == 1  # type: ignore[arg-type]


@pytest.mark.parametrize("path", ["/audio", "/audio/"])
def test_a_slash_at_the_end_means_the_same_node(path: str) -> None:
    node = tree(path, value_of, {})
    assert node is not None and node["FULL_PATH"] == "/audio"


@pytest.mark.parametrize("path", ["/audi", "/audio/gain/x", "/audio//gain", "/audio*"])
def test_there_is_no_node_but_those_of_the_table(path: str) -> None:
    assert tree(path, value_of, {}) is None


def test_attributes_are_asked_for_by_name_and_a_token_is_none() -> None:
    assert asked_attributes("VALUE") == ["VALUE"]
    assert asked_attributes("RANGE&token=secret&TYPE=") == ["RANGE", "TYPE"]
    assert asked_attributes("") == []


def test_the_host_says_where_osc_is_received_and_what_it_can() -> None:
    info = host_info("A show", ("127.0.0.1", 9000), ("127.0.0.1", 9002))
    assert (info["OSC_IP"], info["OSC_PORT"], info["OSC_TRANSPORT"]) == ("127.0.0.1", 9000, "UDP")
    assert (info["WS_IP"], info["WS_PORT"]) == ("127.0.0.1", 9002)
    assert {"ACCESS", "VALUE", "RANGE", "UNIT", "CLIPMODE", "DESCRIPTION", "LISTEN", "PATH_CHANGED"} <= set(EXTENSIONS)
