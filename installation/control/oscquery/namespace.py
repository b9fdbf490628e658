"""The namespace as OSCQuery describes it, derived from the table of parameters. Pure.

After the OSCQuery proposal by Vidvox: its core functionality, required and optional attributes, and `units.md`.
A switch has the type T or F, whichever it is now, and its value is true or false; a trigger is an impulse (I): it can
be sent and has no value.
"""

from collections.abc import Callable, Iterable, Mapping
from typing import Final

from installation.parameter import Kind, Parameter
from installation.parameters import DEEDS, PARAMETERS
from installation.values import ParameterValue

Node = dict[str, object]
Choices = Mapping[str, tuple[str, ...]]
"""By address, what a text may be: names of presets and of models come and go."""

ATTRIBUTES: Final = (
    ("FULL_PATH", "CONTENTS", "TYPE", "ACCESS", "VALUE", "RANGE", "UNIT", "CLIPMODE", "DESCRIPTION", "TAGS")
)  # fmt: skip
"""What a node may be asked for by itself; HOST_INFO comes on top, and is of no node."""

EXTENSIONS: Final = {
    **{name: True for name in ATTRIBUTES if name not in ("FULL_PATH", "CONTENTS", "TYPE")},
    **{"LISTEN": True, "IGNORE": True, "PATH_CHANGED": True, "PATH_ADDED": True, "PATH_REMOVED": True},
}

NO_ACCESS: Final = 0
WRITE_ONLY: Final = 2
READ_WRITE: Final = 3

_TYPES: Final = {Kind.FLOAT: "f", Kind.INT: "i", Kind.CHOICE: "s", Kind.TEXT: "s", Kind.TRIGGER: "I"}
_UNITS: Final = {"dB": "gain.db", "s": "time.second", "ms": "time.ms", "bpm": "time.bpm", "°": "angle.degree"}
"""Of the table's units those that the proposal knows."""


def tree(
    path: str,
    value_of: Callable[[str], ParameterValue],
    choices: Choices,
    rows: Mapping[str, Parameter] = PARAMETERS,
) -> Node | None:
    """Return the node at `path` with everything below it, None where there is none.

    `value_of` gives a parameter's value now, by its address; `rows` are all that there are.
    """
    path = path.rstrip("/") or "/"
    if path in rows:
        return method(rows[path], value_of, choices.get(path, ()))
    inside = path.rstrip("/") + "/"
    below = [address for address in rows if address.startswith(inside)]
    if not below:
        return None
    names = dict.fromkeys(address[len(inside) :].partition("/")[0] for address in below)
    contents = {name: tree(inside + name, value_of, choices, rows) for name in names}
    return {"FULL_PATH": path, "ACCESS": NO_ACCESS, "CONTENTS": contents}


def method(row: Parameter, value_of: Callable[[str], ParameterValue], choices: Iterable[str] = ()) -> Node:
    """Return the node of one parameter; `choices` are those of a text."""
    node: Node = {"FULL_PATH": row.address, "DESCRIPTION": row.description}
    if row.kind is Kind.TRIGGER:
        node |= {"TYPE": "I", "ACCESS": WRITE_ONLY}
    else:
        value = value_of(row.address)
        node |= {"TYPE": type_of(row, value), "ACCESS": READ_WRITE, "VALUE": [value]}
    names = row.choices or tuple(choices)
    if row.is_number:
        low, high = (round(row.low), round(row.high)) if row.kind is Kind.INT else (float(row.low), float(row.high))
        node |= {"RANGE": [{"MIN": low, "MAX": high}], "CLIPMODE": [clip_mode(row)]}
    elif names:
        node["RANGE"] = [{"VALS": list(names)}]
    if row.unit in _UNITS:
        node["UNIT"] = [_UNITS[row.unit]]
    if row.address in DEEDS:
        node["TAGS"] = ["deed"]  # done once, and set back where it is a text; no part of any look
    return node


def type_of(row: Parameter, value: ParameterValue) -> str:
    """Return the OSC type tag of a parameter that holds `value`."""
    if row.kind is Kind.BOOL:
        return "T" if value else "F"
    return _TYPES[row.kind]


def clip_mode(row: Parameter) -> str:
    """Return what becomes of numbers outside of the range: `both` ends hold them, or `none` and they are refused."""
    return "both" if row.clips else "none"


def host_info(name: str, osc: tuple[str, int], web: tuple[str, int]) -> Node:
    """Return HOST_INFO: who this is, where OSC is received (`osc`) and where the WebSocket is (`web`)."""
    return {
        "NAME": name,
        "EXTENSIONS": dict(EXTENSIONS),
        **{"OSC_IP": osc[0], "OSC_PORT": osc[1], "OSC_TRANSPORT": "UDP"},
        **{"WS_IP": web[0], "WS_PORT": web[1]},
    }


def asked_attributes(query: str) -> list[str]:
    """Return the attributes that a URL's query asks for; a `token` is for the guard, and no attribute."""
    names = [part.partition("=")[0] for part in query.split("&")]
    return [name for name in names if name and name != "token"]
