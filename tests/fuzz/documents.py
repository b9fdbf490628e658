"""Strategies for YAML and JSON that are almost what a file should say: a valid document with some values exchanged."""

import copy
import json
from collections.abc import Iterator, Sequence
from typing import Any, Final

import yaml
from hypothesis import strategies as st
from hypothesis.strategies import DrawFn, SearchStrategy

Path = tuple[str | int, ...]

_DEEP: Final = json.loads("[" * 40 + "]" * 40)
HOSTILE: Final[tuple[Any, ...]] = (
    *(None, True, False, 0, -1, 1, 2**31, -(2**63), 10**39, 10**60, 0.0, -0.0, 1e308, -1e308, 5e-324, 0.1 + 0.2),
    *(float("nan"), float("inf"), float("-inf"), "", " ", "\0", "\n", "a\nb", "\x1b[31m", "\u202e", "\ufeff", "é" * 50),
    *(
        "x" * 300,
        "x" * 5_000,
        "../../../etc/passwd",
        "/etc/passwd",
        "/dev/zero",
        "C:\\nul",
        "nan",
        "1e999",
        "0x7f",
        "~",
    ),
    *("2026-13-45", "25:61", "12:30", "9" * 400, "*", "{a,b}", "/audio/gain", "/show/preset", "/show/blackout", "mic:"),
    *([], {}, [[]], [None], [1, 2, 3, 4, 5], {"": ""}, {"a": {"b": {"c": None}}}, ["x"] * 200, _DEEP, {"x": _DEEP}),
    {str(number): number for number in range(120)},
)


def paths_in(document: Any, before: Path = ()) -> Iterator[Path]:
    """Yield where there is a value in `document`, the whole first."""
    yield before
    if isinstance(document, dict):
        for key, value in document.items():
            yield from paths_in(value, (*before, key))
    elif isinstance(document, list):
        for index, value in enumerate(document):
            yield from paths_in(value, (*before, index))


@st.composite
def edited(draw: DrawFn, documents: Sequence[Any], keys: Sequence[str] = (), values: Sequence[Any] = ()) -> Any:
    """Draw a document with some values taken out, exchanged or added; `keys` and `values` are what it might say."""
    document = copy.deepcopy(draw(st.sampled_from(documents)))
    for _ in range(draw(st.integers(0, 3))):
        places = [path for path in paths_in(document) if path]
        if not places:
            return copy.deepcopy(draw(st.sampled_from(HOSTILE)))
        *way, last = draw(st.sampled_from(places))
        inside = document
        for step in way:
            inside = inside[step]
        value = copy.deepcopy(draw(_values(values)))
        match draw(st.sampled_from(("set", "set", "remove", "add", "swell"))):
            case "set":
                inside[last] = value
            case "remove":
                del inside[last]
            case "add" if isinstance(inside, dict):
                inside[draw(st.sampled_from((*keys, "", "x", "naem", "\u202e")))] = value
            case "add":
                inside.append(value)
            case _:
                inside[last] = [copy.deepcopy(inside[last])] * draw(st.sampled_from((1, 2, 17, 150)))
    return document


def yaml_of(documents: Sequence[Any], keys: Sequence[str] = (), values: Sequence[Any] = ()) -> SearchStrategy[bytes]:
    """Draw the text of an edited document, sometimes with what only YAML has."""
    return st.builds(_as_yaml, edited(documents, keys, values), st.sampled_from(_TRICKS))


def json_of(documents: Sequence[Any], keys: Sequence[str] = (), values: Sequence[Any] = ()) -> SearchStrategy[bytes]:
    """Draw the JSON text of an edited document; NaN and lone surrogates are written as Python writes them."""
    return edited(documents, keys, values).map(lambda document: json.dumps(document).encode())


def _values(more: Sequence[Any]) -> SearchStrategy[Any]:
    plain = st.one_of(st.sampled_from(HOSTILE), st.floats(), st.integers(), st.text(max_size=40))
    return st.one_of(st.sampled_from(more), plain) if more else plain


_TRICKS: Final = (
    *("", "", "", "", "", ""),
    "a: &a [x, x]\nb: &b [*a, *a]\nc: &c [*b, *b]\n",
    "a0: &a0 [x, x]\n" + "".join(f"a{i + 1}: &a{i + 1} [*a{i}, *a{i}]\n" for i in range(30)),
    "<<: {name: merged}\n",
    "? [complex, key]\n: 1\n",
    "x: !!python/object/apply:os.system ['true']\n",
    "x: !!binary YQ==\n",
    "x: !!set {a, b}\n",
    "%YAML 1.2\n---\n",
    "--- a\n--- b\n",
    "name: twice\n",
    "x: *unknown\n",
    "x: &x {x: *x}\n",
    "\ufeff",
)


def _as_yaml(document: Any, trick: str) -> bytes:
    try:
        text = yaml.safe_dump(document, allow_unicode=True, sort_keys=False)
    except (yaml.YAMLError, RecursionError):
        text = json.dumps(document)
    return (trick + text).encode("utf-8", "surrogatepass")
