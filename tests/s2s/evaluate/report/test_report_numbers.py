"""How numbers are written, and what two reports side by side come to."""

import dataclasses

import pytest

from s2s.evaluate.report.compare import Beside, Change, changes, only_there, other_conditions
from s2s.evaluate.report.model import Claim, Metric, Report, Table, Value
from s2s.evaluate.report.numbers import Scale, numbers_of, shown_unit
from tests.s2s.evaluate.report.made_up import another, made_up


@pytest.mark.parametrize(
    ("unit", "numbers", "written"),
    [
        ("share", [0.4071], "40.7\N{NO-BREAK SPACE}%"),
        ("", [17.97, 1.5], "18.0"),
        ("", [0.613], "0.61"),
        ("", [-0.00312], "−0.0031"),
        ("", [812.4], "812"),
        ("", [3.2e-9], "3.2e−09"),
        ("", [0.0], "0.00"),
    ],
)
def test_a_number_has_as_many_digits_as_the_largest_beside_it_can_use(
    unit: str, numbers: list[float], written: str
) -> None:
    assert Scale.of(unit, numbers).with_sign(numbers[0]) == written


def test_intervals_and_differences_are_written_on_the_scale_of_their_number() -> None:
    share = Scale.of("share", [0.5])
    assert share.interval(Value(0.5, 0.4, 0.6)) == "40.0–60.0" and share.interval(Value(0.5)) == ""
    assert Scale.of("", [0.61]).interval(Value(0.0, -0.1, 0.2)) == "−0.10 to 0.20"
    assert [share.change(one) for one in (0.042, -0.042, 0.0, -0.00001)] == ["+4.2", "−4.2", "0.0", "0.0"]
    assert (shown_unit("share"), shown_unit("ρ")) == ("%", "ρ") and numbers_of([None, Value(2)]) == [2]


@pytest.mark.parametrize(
    ("ours", "other", "parts"),
    [
        (Value(0.8, 0.7, 0.9), Value(0.5, 0.4, 0.6), True),
        (Value(0.5, 0.4, 0.6), Value(0.8, 0.7, 0.9), True),
        (Value(0.8, 0.6, 0.9), Value(0.5, 0.4, 0.6), False),
        (Value(0.8, 0.7, 0.9), Value(0.75, 0.72, 0.78), False),
        (Value(0.8, 0.7, 0.9), Value(0.1), None),
    ],
)
def test_intervals_part_where_one_lies_wholly_above_the_other(ours: Value, other: Value, parts: bool | None) -> None:
    assert Change(ours, other).parts is parts
    assert Change(ours, other).difference == pytest.approx(ours.value - other.value)


def test_the_same_numbers_are_found_in_both_reports() -> None:
    found = dict(changes(made_up(), Beside("there", another())))
    assert len(found) == len(made_up().metrics) + 18 + 3  # table 1 has 18 numbers; three claims are in both
    assert found["R@1 by the corpus's own classifier, pictures from sounds"].difference == pytest.approx(0.83 * 0.12)
    assert found["Table 1 (a): B: from sounds (f_A, G), FID"].other.value == pytest.approx(38.2 * 0.88)
    assert found["Louder is larger"].other.value == pytest.approx(0.83 * 0.88)


def test_numbers_in_other_units_are_not_compared() -> None:
    report = made_up()
    metrics = [dataclasses.replace(one, unit="points") for one in report.metrics]
    columns = [dataclasses.replace(one, unit="points") for one in report.tables[0].columns]
    there = dataclasses.replace(
        report, metrics=metrics, claims=[], tables=[dataclasses.replace(report.tables[0], columns=columns)]
    )
    assert list(changes(report, Beside("there", there))) == []


def test_what_was_not_alike_is_named() -> None:
    ours, there = made_up(), another()
    assert other_conditions(ours, there) == ["data, clips: 448 here, 300 there", "seed: 0 here, 1 there"]
    assert other_conditions(ours, ours) == []
    elsewhere = [{"seed": 0, "options": {"judges": [f"/home/{name}/judge"]}} for name in ("ada", "bob")]
    assert other_conditions(*(dataclasses.replace(ours, made=made) for made in elsewhere)) == []
    metrics = [dataclasses.replace(one, options={"at": 5}) for one in ours.metrics[:1]]
    silent = dataclasses.replace(there, data=ours.data, made={"options": {"each": 4, "seed": 0}}, metrics=metrics)
    name = "R@1 by the corpus's own classifier, real pictures"
    assert other_conditions(ours, silent) == [
        "seed: 0 here, not told there",
        "option each: 2 here, 4 there",
        "option judges: judge, thing-judge here, not told there",
        f"{name}, at: 1 here, 5 there",
        f"{name}, array: class here, not told there",
    ]


def test_what_only_the_other_report_has_is_named() -> None:
    table, claim = Table("table-9", "Nine", "Table 9", [], []), Claim("nine", "Nine", "", Value(9), None, None)
    there = Report(1, {}, {}, {}, [Metric("iou", "it", Value(1), "", {})], [table], [], [claim], [])
    assert only_there(made_up(), there) == ["iou, it", "Table 9", "Nine"]
    assert only_there(made_up(), made_up()) == []
