"""What a show leaves to the one that takes its place: a file in the venue's folder, read once and gone.

It comes from a file, so nothing in it is believed: what is unknown or out of range is left out.
"""

import json
import logging
from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass, field
from pathlib import Path
from typing import Any, Final

from installation.parameter import Kind, ParameterError
from installation.parameters import PARAMETERS
from installation.values import ParameterValue
from s2s.files.atomic_write import write_text
from s2s.files.quote import one_line

log = logging.getLogger(__name__)

_OLDEST_S: Final = 600.0
"""What has lain for longer is of another evening."""
_LARGEST_BYTES: Final = 262_144
LEFT_OUT: Final = frozenset(
    ("/show/preset", "/show/light", "/show/save", "/show/rename", "/show/learn", "/show/forget", "/show/version")
)
"""Deeds, and what comes back in another way."""


@dataclass(frozen=True, slots=True)
class Handover:
    """`values` by address as they stood, `light` what `/show/light` was before it went dark for this. `arguments` is
    the command line: another show's handover is not taken. `at` is in seconds since 1970, `left_s` how long the show
    still was to run, None for ever.
    """

    arguments: tuple[str, ...] = ()
    at: float = 0.0
    reason: str = ""
    preset: str = ""
    model: str = ""
    light: float = 1.0
    left_s: float | None = None
    values: Mapping[str, ParameterValue] = field(default_factory=dict)


def carried(values: Mapping[str, ParameterValue]) -> dict[str, ParameterValue]:
    """Return of a desk's values those that are handed over."""
    kept = {address: value for address, value in values.items() if PARAMETERS[address].kind is not Kind.TRIGGER}
    return {address: value for address, value in kept.items() if address not in LEFT_OUT}


def leave(path: Path, handover: Handover) -> str:
    """Write it, whole or not at all; return in words why that could not be done, or ""."""
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        write_text(path, json.dumps(asdict(handover)))
    except (OSError, ValueError) as error:
        return one_line(error)
    return ""


def take(path: Path, arguments: Sequence[str], now: float) -> Handover | None:
    """Return what was left for a show of these `arguments`, None where nothing was; `now` in seconds since 1970."""
    try:
        with path.open(encoding="utf-8") as file:
            told = json.loads(file.read(_LARGEST_BYTES))
        if list(told["arguments"]) != list(arguments):
            return None
        path.unlink()
        return None if not 0.0 <= now - float(told["at"]) <= _OLDEST_S else _checked(told)
    except FileNotFoundError:
        return None
    except (OSError, ValueError, TypeError, KeyError, AttributeError, RecursionError) as error:
        log.warning("%s cannot be used (%s): the show begins as its command line says", path.name, one_line(error))
        return None


def _checked(told: Mapping[str, Any]) -> Handover:
    values: dict[str, ParameterValue] = {}
    for address, value in carried({a: v for a, v in told["values"].items() if a in PARAMETERS}).items():
        try:
            values[address] = PARAMETERS[address].check(value)
        except ParameterError:  # another version of the program had another range
            continue
    left_s = told["left_s"]
    return Handover(
        arguments=tuple(map(str, told["arguments"])),
        at=float(told["at"]),
        reason=str(told["reason"]),
        preset=str(told["preset"]),
        model=str(told["model"]),
        light=min(max(float(told["light"]), 0.0), 1.0),
        left_s=None if left_s is None else max(float(left_s), 0.1),
        values=values,
    )
