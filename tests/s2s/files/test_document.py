import json
import math
import time
from pathlib import Path

import pytest
import yaml
from hypothesis import given, settings
from hypothesis import strategies as st

from s2s.files.document import Bounds, DocumentError, parse_json, parse_yaml, read_yaml
from s2s.files.quote import LONGEST_QUOTE, one_line, quoted

LAUGHS = "a: &a [x, x, x, x, x, x, x, x, x]\n" + "".join(
    f"{later}: &{later} [{', '.join([f'*{earlier}'] * 9)}]\n"
    for earlier, later in zip("abcdefgh", "bcdefghi", strict=True)
)
MERGES = "a: &a {x: 1, y: 2}\n" + "".join(
    f"{later}: &{later} {{<<: [{', '.join([f'*{earlier}'] * 9)}]}}\n"
    for earlier, later in zip("abcdefgh", "bcdefghi", strict=True)
)
CHAIN = "a0: &a0 [x]\n" + "".join(f"a{i}: &a{i} [*a{i - 1}]\n" for i in range(1, 900))

PLAIN = st.recursive(
    st.none() | st.booleans() | st.integers(-(10**30), 10**30) | st.floats(allow_nan=False, allow_infinity=False)
    # What YAML has no place for is escaped by one writer and refused by one reader: letters are enough here.
    | st.text(st.characters(categories=("L", "N", "P", "Zs"), codec="utf-8")),
    lambda inner: st.lists(inner, max_size=4) | st.dictionaries(st.text("abcdefg ", min_size=1), inner, max_size=4),
    max_leaves=20,
)  # fmt: skip


@given(PLAIN)
def test_plain_values_come_through_yaml_and_json_as_they_are(value: object) -> None:
    assert parse_yaml(yaml.safe_dump(value, allow_unicode=True).encode()) == value
    assert parse_json(json.dumps(value).encode()) == value


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("[" * 900 + "]" * 900, "is nested more than 32 levels deep"),
        ("- " * 900 + "x", "is nested more than 32 levels deep"),
        (LAUGHS, "holds more than 10000 values"),
        (MERGES, "holds more than 10000 values"),
        (CHAIN, "is nested more than 32 levels deep"),
        ("".join(f"k{i}: 1\n" for i in range(20_000)), "holds more than 10000 values"),
        ("a: &a [*a]", "uses the alias 'a' before, or inside of, what it stands for"),
        ("a: *nothing", "uses the alias 'nothing' before"),
        ("x" * 300_000, "has more than 262144 bytes"),
        ("a: " + "9" * 400, "holds a number of 400 letters"),
        ("a: " + "9" * 5_000, "holds a number of 5000 letters"),
        ("a: 0x" + "f" * 400, "holds a number of 402 letters"),
        ("a: " + "9" * 400 + ".5", "holds a number of 402 letters"),
        ("a: .nan", "a: numbers are finite, got nan"),
        ("a: -.inf", "a: numbers are finite, got -inf"),
        ("a: 1.0e+999", "a: numbers are finite, got inf"),
        ("a: !!int many", "cannot be read as YAML"),
        ("a: !!float []", "cannot be read as YAML"),
        ("a: !!timestamp 2026-13-45", "cannot be read as YAML: could not determine a constructor"),
        ("a: !!binary =", "could not determine a constructor"),
        ("!!python/object/apply:os.system ['true']", "could not determine a constructor"),
        ("a: !" + "long" * 500 + " 1", "could not determine a constructor"),
        ('a: "\\ud800"', "YAML|surrogate"),
        ("1: one", "keys are text, got 1"),
        ("[1, 2]: one", "cannot be read as YAML: found unhashable key, line 1, column 1"),
        ("a: [unclosed", "cannot be read as YAML"),
        ("a: 1\n---\nb: 2", "cannot be read as YAML: but found another document, line 2"),
        ("a: \x07", "cannot be read as YAML"),
    ],
    ids=range(28),
)  # fmt: skip
def test_yaml_beyond_the_bounds_is_one_short_line(text: str, words: str) -> None:
    began = time.process_time()
    with pytest.raises(DocumentError) as refusal:
        parse_yaml(text.encode())
    message = str(refusal.value)
    assert any(word in message for word in words.split("|")) and message.isprintable() and len(message) < 200
    assert time.process_time() - began < 5.0  # an exponential would take days


def test_bytes_that_are_no_utf8_are_one_line() -> None:
    with pytest.raises(DocumentError, match="cannot be read as YAML: 'utf-8' codec"):
        parse_yaml(b"name: caf\xe9")


def test_a_date_is_text_whether_the_calendar_has_it_or_not() -> None:
    assert parse_yaml(b"[2026-11-28, 2026-13-45, 2026-11-28T21:00:00Z]") == [
        "2026-11-28",
        "2026-13-45",
        "2026-11-28T21:00:00Z",
    ]


def test_a_few_aliases_are_as_good_as_their_text() -> None:
    assert parse_yaml(b"a: &a {x: 1}\nb: [*a, *a]\nc: {<<: *a, y: 2}") == {
        "a": {"x": 1},
        "b": [{"x": 1}, {"x": 1}],
        "c": {"x": 1, "y": 2},
    }


@pytest.mark.parametrize(
    ("body", "words"),
    [
        (b"[" * 300, "is nested|is not JSON"),
        (b"[" * 300 + b"]" * 300, "is nested more than 8 levels deep"),
        (b"[" * 200_000, "has more than 4096 bytes"),
        (b'{"value": ' + b"9" * 4_000 + b"}", "holds a number of 4000 letters"),
        (b'{"value": NaN}', "value: numbers are finite, got nan"),
        (b'{"value": -Infinity}', "value: numbers are finite, got -inf"),
        (b'{"value": 1e999}', "value: numbers are finite, got inf"),
        (b'{"value": "\\ud800"}', r"without lone surrogates, got '\ud800'"),
        (b'{"\\udfff": 1}', "without lone surrogates"),
        (b"[" + b"1," * 100 + b"1]", "holds more than 64 values"),
        (b"\xff\xfe", "is not JSON"),
        (b"x" * 4_000, "is not JSON, got b'xxxx"),
    ],
    ids=range(12),
)
def test_json_beyond_the_bounds_is_one_short_line(body: bytes, words: str) -> None:
    with pytest.raises(DocumentError) as refusal:
        parse_json(body, Bounds(4_096, 8, 64))
    message = str(refusal.value)
    assert any(word in message for word in words.split("|")) and message.isprintable() and len(message) < 160


@settings(max_examples=300)
@given(st.text(alphabet="ab:-[]{}&*!<>|'\"#%@,? \n\t0.9\x00\ud800é", max_size=60))
def test_no_text_raises_anything_else(text: str) -> None:
    body = text.encode("utf-8", "surrogatepass")
    for parse in (parse_yaml, parse_json):
        try:
            value = parse(body)
        except DocumentError as error:
            assert str(error).isprintable() and len(str(error)) < 220
        else:
            json.dumps(value, allow_nan=False).encode()


def test_a_file_that_cannot_be_opened_is_one_line(tmp_path: Path) -> None:
    with pytest.raises(DocumentError, match="cannot be read: Is a directory"):
        read_yaml(tmp_path)


@pytest.mark.parametrize(
    "value",
    ["x" * 10**7, [["x" * 1000] * 1000] * 1000, {"a": {"b": {"c": {"d": {}}}}}, 10**5_000],
    ids=["text", "list", "map", "number"],
)
def test_a_quotation_is_short_whatever_is_quoted(value: object) -> None:
    assert 0 < len(quoted(value)) <= LONGEST_QUOTE


def test_short_values_are_quoted_whole() -> None:
    assert [quoted(value) for value in ("loud", 99, math.nan, None)] == ["'loud'", "99", "nan", "None"]


def test_words_are_brought_onto_one_printable_line() -> None:
    assert one_line("first\n second\x1b[2J\ud800") == "first second?[2J?"
    assert one_line("x" * 10**6) == "x" * 79 + "…"
