"""What the operator page is told, as strict JSON. Pure, but for reading the desk."""

import contextlib
import json
import math
from collections.abc import Iterable, Mapping, Sequence
from typing import Any, Final
from urllib.parse import quote

from installation.desk import Desk
from installation.events import Event
from installation.outputs.layout import Layout, layout_document
from installation.outputs.monitors import Monitor
from installation.parameter import Kind, Parameter, ParameterError
from installation.parameters import DEEDS
from installation.plain import to_plain
from installation.presets.shelf import ListedPreset
from installation.status import ShowStatus
from installation.values import Features, ParameterValue
from s2s.serving.keys import Key

VERSION: Final = 1
"""Of the messages of `/api/live`; another one would be no longer understood by a page of before."""


def as_text(message: Mapping[str, object]) -> str:
    """Return a message as it goes over the wire."""
    return json.dumps(message, ensure_ascii=False, separators=(",", ":"), allow_nan=False)


def describe(row: Parameter, desk: Desk) -> dict[str, object]:
    """Return all that a page needs to draw the control of `row`, with its value now."""
    return {
        "address": row.address,
        "kind": str(row.kind),
        "value": None if row.kind is Kind.TRIGGER else desk.get(row.address),
        "default": row.default,
        "low": row.low,
        "high": row.high,
        "unit": row.unit,
        "scaling": str(row.scaling),
        "choices": list(row.choices),
        "description": row.description,
    }


def table(desk: Desk) -> list[dict[str, object]]:
    """Return all rows that there are now, with their values."""
    described: list[dict[str, object]] = []
    for row in desk.rows.values():
        with contextlib.suppress(ParameterError):  # a shader has left meanwhile, and its inputs with it
            described.append(describe(row, desk))
    return described


def hello(
    desk: Desk, key: Key, presets: Sequence[ListedPreset], models: Sequence[str], product: str
) -> dict[str, object]:
    """Return the first message: everything that there is, as it stands; and how far `key` opens."""
    return {
        "type": "hello",
        "version": VERSION,
        "access": str(key.role),
        "token": key.token is not None,
        "parameters": table(desk),
        "presets": described(presets),
        "models": list(models),
        "deeds": sorted(DEEDS),
        "product": product,
    }


def described(presets: Iterable[ListedPreset]) -> list[dict[str, object]]:
    """Return the presets as the page lists them."""
    return [
        {
            "name": preset.name,
            "description": preset.description,
            "thumbnail": preset.thumbnail and _picture_of(preset),
            "from": preset.origin,
        }
        for preset in presets
    ]


def _picture_of(preset: ListedPreset) -> str:
    """Return where the picture is; another one is elsewhere, or a page would go on showing what it has."""
    return f"/api/presets/{quote(preset.name, safe='')}/thumbnail?of={preset.drawn_ns:x}"


def values(changed: Mapping[str, ParameterValue]) -> dict[str, object]:
    """Return the newest value of each of the parameters that changed."""
    return {"type": "values", "values": dict(changed)}


def outputs(layout: Layout, monitors: Iterable[Monitor]) -> dict[str, object]:
    """Return where the picture lies, and what there is to show it on."""
    there = [
        {"number": number, "name": monitor.name, "width_px": monitor.size[0], "height_px": monitor.size[1]}
        for number, monitor in enumerate(monitors)
    ]
    return {**layout_document(layout), "monitors": there}


def meters(features: Features, *, idle: bool) -> dict[str, object]:
    """Return what is heard now: the level in dB below full scale, None before any sound; the tempo; all else 0..1."""
    return {
        "type": "meters",
        "level_db": _finite(features.level_db, 1) if features.heard_at > 0.0 else None,
        **{name: _finite(getattr(features, name), 3) for name in ("bass", "mid", "treble", "onset", "beat")},
        "gate_open": not idle,
        "bpm": _finite(features.tempo_bpm, 1),
    }


def status(now: ShowStatus) -> dict[str, object]:
    """Return how the show is doing."""
    return {"type": "status", "status": plain(to_plain(now))}


def events(happened: Iterable[Event], now: float) -> dict[str, object]:
    """Return what happened, `now` in monotonic seconds."""
    return {
        "type": "events",
        "events": [
            {
                "what": event.what,
                "since_s_ago": round(max(now - event.since, 0.0), 1),
                "times": event.times,
                "over": event.over,
                "done": event.done,
                **({"earlier": True} if event.earlier else {}),
            }
            for event in happened
        ],
    }


def plain(value: object) -> Any:
    """Return `value` as strict JSON has it: what is not finite is null, what is unknown is its text."""
    match value:
        case None | bool() | int() | str():
            return value
        case float():
            return value if math.isfinite(value) else None
        case Mapping():
            return {str(key): plain(item) for key, item in value.items()}
        case list() | tuple() | set() | frozenset():
            return [plain(item) for item in value]
    return str(value)


def _finite(number: float, digits: int) -> float:
    return round(number, digits) if math.isfinite(number) else 0.0
