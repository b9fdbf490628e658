"""The JSON at the top of an ISF file: which inputs it has, in which bounds, and whether it can run here. Pure.

Interactive Shader Format 2.0, https://docs.isf.video: the first thing in the file is a comment that holds one JSON
object. It comes from anywhere, so its size, depth, names and numbers are bounded.
"""

import math
import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from functools import lru_cache
from typing import Final

from s2s.files.document import Bounds, DocumentError, parse_json
from s2s.files.quote import one_line, quoted

IsfValue = float | int | bool | tuple[float, ...]

PICTURE: Final = "inputImage"
_BOUNDS: Final = Bounds(bytes=65_536, levels=8, values=2_000)
_MOST_INPUTS: Final = 64
_LARGEST: Final = 1e6
_LONGEST_LABEL: Final = 60
_NAME: Final = re.compile(r"[A-Za-z][A-Za-z0-9_]{0,63}")
_OURS: Final = re.compile(r"gl_|isf_|u_|v_|IMG_|vv_|(TIME|TIMEDELTA|RENDERSIZE|DATE|FRAMEINDEX|PASSINDEX|main)$")
"""Names that an input cannot have: the format's own, GLSL's, and the show's."""
_COMPONENTS: Final[Mapping[str, int]] = {"color": 4, "point2D": 2}
_KINDS: Final = ("float", "bool", "long", "event", "color", "point2D")


class IsfError(ValueError):
    """A file that is no ISF shader, or none that runs here; one line without the file's name. `line` is where."""

    def __init__(self, message: str, line: int = 1) -> None:
        super().__init__(message)
        self.line = line


@dataclass(frozen=True, slots=True)
class IsfInput:
    """One input: `default`, `low` and `high` in the header's own units, tuples for `color` (red, green, blue, alpha)
    and `point2D` (x, y); `choices` are the values of a `long` that has a list of them, `labels` what they are called.
    """

    name: str
    kind: str
    default: IsfValue
    low: IsfValue = 0.0
    high: IsfValue = 1.0
    choices: tuple[int, ...] = ()
    label: str = ""
    labels: tuple[str, ...] = ()

    def check(self, value: object) -> IsfValue:
        """Return `value` as this input has it. Raises IsfError that says what it takes."""
        taken = self.nearest(value)
        if taken is None or _plain(taken) != _plain(value):
            raise IsfError(f"{self.name} takes {self.range_text}, got {quoted(value)}")
        return taken

    def nearest(self, value: object) -> IsfValue | None:
        """Return the value in this input's bounds that is nearest to `value`, None where it is of another kind."""
        if self.kind in _COMPONENTS:
            return self._nearest_tuple(value)
        if not isinstance(value, bool | int | float) or not math.isfinite(value):
            return None
        if self.kind in ("bool", "event"):
            return bool(value)
        if self.kind == "long":
            whole = round(value)
            if self.choices:
                return min(self.choices, key=lambda choice: abs(choice - whole))
            return int(_clamped(whole, self.low, self.high))
        return _clamped(float(value), self.low, self.high)

    def _nearest_tuple(self, value: object) -> tuple[float, ...] | None:
        if not isinstance(value, Sequence) or isinstance(value, str) or len(value) != _COMPONENTS[self.kind]:
            return None
        if not all(isinstance(one, int | float) and math.isfinite(one) for one in value):
            return None
        low, high = _tuple(self.low, len(value)), _tuple(self.high, len(value))
        return tuple(min(max(float(one), a), b) for one, a, b in zip(value, low, high, strict=True))

    @property
    def range_text(self) -> str:
        """What it takes, in words."""
        if self.kind in ("bool", "event"):
            return "true | false"
        if self.choices:
            return " | ".join(map(str, self.choices))
        number = f"{_words(self.low)}…{_words(self.high)}"
        return f"{_COMPONENTS[self.kind]} numbers {number}" if self.kind in _COMPONENTS else number


@dataclass(frozen=True, slots=True)
class IsfHeader:
    """What a file says of itself; `filters` is whether it takes the picture, or draws one of its own. `remembers` is
    its name for what it drew the time before, empty where it does not ask for that.
    """

    inputs: tuple[IsfInput, ...]
    filters: bool
    description: str = ""
    remembers: str = ""

    def input(self, name: str) -> IsfInput | None:
        """Return the input called `name`."""
        return next((one for one in self.inputs if one.name == name), None)


@lru_cache(maxsize=32)
def read_header(text: str) -> IsfHeader:
    """Return the header of an ISF file's text. Raises IsfError."""
    begin, end = text.find("/*"), text.find("*/")
    if begin < 0 or end < begin or text[:begin].strip():
        raise IsfError("an ISF file begins with a comment that holds a JSON object, /*{ … }*/")
    try:
        header = parse_json(text[begin + 2 : end].strip().encode(), _BOUNDS)
    except DocumentError as error:
        raise IsfError(f"the ISF header {error}") from None
    if not isinstance(header, dict):
        raise IsfError("the ISF header is no JSON object")
    remembers = _what_remembers(header)
    entries = header.get("INPUTS", [])
    if not isinstance(entries, list) or len(entries) > _MOST_INPUTS:
        raise IsfError(f"INPUTS is a list of {_MOST_INPUTS} at most")
    pictures = [_name(entry) for entry in entries if isinstance(entry, dict) and entry.get("TYPE") == "image"]
    if pictures not in ([], [PICTURE]):
        raise IsfError(f"takes the pictures {one_line(', '.join(pictures), 100)}; here is one, called {PICTURE}")
    inputs = tuple(_input(entry) for entry in entries if not (isinstance(entry, dict) and entry.get("TYPE") == "image"))
    names = [one.name for one in inputs]
    twice = next((name for name in names if [*names, *pictures, remembers].count(name) > 1), None)
    if twice is not None:
        raise IsfError(f"INPUTS has {twice} twice")
    description = header.get("DESCRIPTION", "")
    return IsfHeader(
        inputs, bool(pictures), one_line(description, 300) if isinstance(description, str) else "", remembers
    )


def _what_remembers(header: Mapping[str, object]) -> str:
    """Return the name of the one persistent buffer that a file may have: what its only pass drew the time before.

    Raises IsfError for all else that does not run here.
    """
    if header.get("IMPORTED"):
        raise IsfError("has IMPORTED pictures, which do not run here; its only picture is inputImage")
    passes = header.get("PASSES", [])
    if not isinstance(passes, list) or len(passes) > 1 or "PERSISTENT_BUFFERS" in header:
        raise IsfError("has more than one of PASSES, or buffers beside them; here runs one, which may be PERSISTENT")
    only = passes[0] if passes else {}
    if not isinstance(only, dict) or not only.keys() <= {"TARGET", "PERSISTENT", "FLOAT", "DESCRIPTION"}:
        raise IsfError(f"its pass has TARGET, PERSISTENT and FLOAT here, not a size of its own, got {quoted(only)}")
    return _name({"NAME": only["TARGET"]}) if "TARGET" in only and only.get("PERSISTENT") else ""


def _name(entry: Mapping[str, object]) -> str:
    name = entry.get("NAME")
    if not isinstance(name, str) or not _NAME.fullmatch(name) or _OURS.match(name) or "__" in name:
        raise IsfError(f"a NAME has letters, digits and _, 64 at most, and is not ISF's own, got {quoted(name)}")
    return name


def _input(entry: object) -> IsfInput:
    """Return an input with what its author calls it. Raises IsfError."""
    item = _plain_input(entry)
    assert isinstance(entry, dict)
    labels = entry.get("LABELS")
    named = tuple(_words_of(one) for one in labels) if isinstance(labels, list) else ()
    return replace(item, label=_words_of(entry.get("LABEL")), labels=named[: len(item.choices)])


def _words_of(said: object) -> str:
    return one_line(said, _LONGEST_LABEL) if isinstance(said, str) else ""


def _plain_input(entry: object) -> IsfInput:
    if not isinstance(entry, dict):
        raise IsfError(f"INPUTS holds objects with NAME and TYPE, got {quoted(entry)}")
    name, kind = _name(entry), entry.get("TYPE")
    if not isinstance(kind, str) or kind not in _KINDS:
        raise IsfError(f"{name} is of TYPE {quoted(kind)}; here are {', '.join(_KINDS)} and one image")
    if kind in ("bool", "event"):
        default = entry.get("DEFAULT", False)
        return IsfInput(name, kind, bool(default) and kind == "bool", False, True)
    if kind in _COMPONENTS:
        return _tuple_input(name, kind, entry)
    choices = _choices(name, entry) if kind == "long" else ()
    # Without bounds a slider goes from 0 to 1, and to where it begins.
    default_number = _number(name, "DEFAULT", entry.get("DEFAULT", choices[0] if choices else entry.get("MIN", 0.0)))
    low = _number(name, "MIN", entry.get("MIN", min(choices, default=min(0.0, default_number))))
    high = _number(name, "MAX", entry.get("MAX", max(choices, default=max(1.0, default_number))))
    return _within(IsfInput(name, kind, default_number, low, high, choices))


def _tuple_input(name: str, kind: str, entry: Mapping[str, object]) -> IsfInput:
    count = _COMPONENTS[kind]

    def numbers(key: str, without: tuple[float, ...]) -> tuple[float, ...]:
        value = entry.get(key, list(without))
        if not isinstance(value, list) or len(value) != count:
            raise IsfError(f"{name}: {key} is a list of {count} numbers, got {quoted(value)}")
        return tuple(_number(name, key, one) for one in value)

    default = numbers("DEFAULT", (1.0,) * count if kind == "color" else (0.0,) * count)
    low = numbers("MIN", tuple(min(0.0, one) for one in default))
    high = numbers("MAX", tuple(max(1.0, one) for one in default))
    return _within(IsfInput(name, kind, default, low, high))


def _within(item: IsfInput) -> IsfInput:
    """Return the input with its default in its bounds."""
    if any(a > b for a, b in zip(_tuple(item.low, 4), _tuple(item.high, 4), strict=False)):
        raise IsfError(f"{item.name}: MIN is above MAX")
    nearest = item.nearest(item.default)
    assert nearest is not None
    return IsfInput(item.name, item.kind, nearest, item.low, item.high, item.choices)


def _choices(name: str, entry: Mapping[str, object]) -> tuple[int, ...]:
    values = entry.get("VALUES", [])
    if not isinstance(values, list) or not all(isinstance(one, int) and abs(one) <= _LARGEST for one in values):
        raise IsfError(f"{name}: VALUES is a list of whole numbers, got {quoted(values)}")
    return tuple(values)


def _number(name: str, key: str, value: object) -> float:
    if isinstance(value, int | float) and abs(value) <= _LARGEST:  # not so for NaN
        return float(value)
    raise IsfError(f"{name}: {key} is a number, {_LARGEST:g} at most, got {quoted(value)}")


def _tuple(value: IsfValue, count: int) -> tuple[float, ...]:
    return value if isinstance(value, tuple) else (float(value),) * count


def _clamped(value: float, low: IsfValue, high: IsfValue) -> float:
    return min(max(value, _tuple(low, 1)[0]), _tuple(high, 1)[0])


def _plain(value: object) -> object:
    return list(value) if isinstance(value, tuple | list) else value


def _words(value: IsfValue) -> str:
    return f"{value:g}" if not isinstance(value, tuple) else "(" + ", ".join(f"{one:g}" for one in value) + ")"
