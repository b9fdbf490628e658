"""Turns as lines of text and back: JSON of what changed since the turn before, to the last bit. Pure.

Numbers are written as Python writes them, which reads back as the same float. Nothing that a file says is trusted:
types, ranges and lengths are checked, and whatever is wrong is one line.
"""

import base64
import binascii
import io
import json
import math
import warnings
from collections.abc import Mapping
from dataclasses import asdict, replace
from types import MappingProxyType
from typing import Annotated, Any, Final

import numpy as np
from PIL import Image
from pydantic import BaseModel, ConfigDict, Field, ValidationError

from installation.mailbox import LONGEST_WISH_BYTES
from installation.parameter import Kind, Parameter, ParameterError
from installation.parameters import PARAMETERS
from installation.plain import PlainValueError, from_plain, to_plain
from installation.session.entries import Picture, Turn
from installation.session.header import SessionError
from installation.session.latents import changed, is_steady, restored
from installation.status import HeardStatus, PhotographStatus
from installation.values import Controls, Features, ParameterValue, Pixels
from s2s.files.quote import one_line, quoted

_LARGEST_PX: Final = 4_096
_LONGEST_GAP_S: Final = 3_600.0
_LATEST_S: Final = 1e10
_FEATURES: Final = frozenset(asdict(Features()))
_PLAIN: Final = ("size", "heard", "photograph", "passes", "sounded", "lut", "day", "hour")
"""What is written whole where it has changed."""
_Side = Annotated[int, Field(ge=1, le=2 * _LARGEST_PX)]
_Isf = bool | int | float | Annotated[tuple[float, ...], Field(min_length=2, max_length=4)]
_Scale = Annotated[float, Field(gt=0.0, le=1.0)]


class _PictureLine(BaseModel):
    model_config = ConfigDict(strict=True, extra="ignore", allow_inf_nan=False)

    stamp: tuple[int, float]
    wish: str = ""
    step: str = ""
    png: str = ""


class _TurnLine(BaseModel):
    model_config = ConfigDict(strict=True, extra="ignore", allow_inf_nan=False)

    t: float
    size: tuple[_Side, _Side] | None = None
    scale: tuple[_Scale, _Scale] | None = None
    f: dict[str, float] = Field(default_factory=dict, max_length=100)
    c: dict[str, bool | int | float | str] = Field(default_factory=dict, max_length=1_000)
    heard: dict[str, Any] | None = None
    photograph: dict[str, Any] | None = None
    picture: _PictureLine | None = None
    passes: list[str] | None = Field(default=None, max_length=100)
    ready: list[str] = Field(default_factory=list, max_length=1_000)
    lut: Annotated[str, Field(max_length=4_096)] | None = None
    isf: dict[str, _Isf] = Field(default_factory=dict, max_length=2_000)
    day: tuple[int, int, int] | None = None
    hour: Annotated[float, Field(ge=0.0, le=24.0)] | None = None
    sounded: Annotated[int, Field(ge=0, le=2**62)] | None = None


class TurnWriter:
    """Writes one turn after the other. Raises ValueError for numbers that are none."""

    def __init__(self) -> None:
        self._before: Turn | None = None
        self._wish, self._pixels = b"", b""

    def line(self, turn: Turn) -> str:
        """Return what is new in `turn`, without a line's end."""
        was, first = self._before or turn, self._before is None
        told: dict[str, Any] = {"t": turn.now}
        for name in _PLAIN:
            if (value := getattr(turn, name)) is not None and (first or value != getattr(was, name)):
                told[name] = to_plain(value)
        if first or (turn.scale, turn.world_scale) != (was.scale, was.world_scale):
            told["scale"] = turn.scale, turn.world_scale
        news = {
            "f": _news(asdict(turn.features), {} if first else asdict(was.features)),
            "c": _news(turn.controls.values, {} if first else was.controls.values),
            "isf": _news(turn.isf, {} if first else was.isf),
            "ready": sorted(turn.ready if first else turn.ready - was.ready),
        }
        told |= {name: value for name, value in news.items() if value}
        if turn.picture is not None and (first or was.picture is None or turn.picture.stamp != was.picture.stamp):
            told["picture"] = self._picture(turn.picture)
        self._before = turn
        return json.dumps(told, ensure_ascii=False, allow_nan=False, separators=(",", ":"))

    def _picture(self, picture: Picture) -> dict[str, Any]:
        told: dict[str, Any] = {"stamp": picture.stamp}
        if picture.wish:
            steady = is_steady(picture.wish, self._wish)
            told["step" if steady else "wish"] = _text(changed(picture.wish, self._wish) if steady else picture.wish)
            self._wish = picture.wish
        elif picture.pixels is not None and (png := _png(picture.pixels)) != self._pixels:
            told["png"], self._pixels = _text(png), png
        return told


class TurnReader:
    """Reads what a `TurnWriter` wrote, line by line."""

    def __init__(self) -> None:
        self._turn: Turn | None = None
        self._wish = b""
        self._pixels: Pixels | None = None

    def turn(self, line: str) -> Turn:
        """Return the turn of `line`. Raises SessionError."""
        try:
            told = _TurnLine.model_validate_json(line)
            self._turn = self._follow(self._turn, told)
        except ValidationError as error:
            first = error.errors()[0]
            where = ".".join(str(part) for part in first["loc"])
            raise SessionError(f"{one_line(where)}: {one_line(first['msg'])}, got {quoted(first['input'])}") from None
        except (ParameterError, PlainValueError) as error:
            raise SessionError(one_line(error, 300)) from None
        return self._turn

    def _follow(self, was: Turn | None, told: _TurnLine) -> Turn:
        if not abs(told.t) < _LATEST_S or (was is not None and not 0.0 <= told.t - was.now <= _LONGEST_GAP_S):
            raise SessionError(f"t: a turn follows the one before within an hour, got {told.t!r}")
        if was is None and (told.size is None or told.scale is None or told.passes is None):
            raise SessionError("the first turn does not say all that there is to say")
        was = was or Turn(told.t, controls=Controls(MappingProxyType({a: p.default for a, p in PARAMETERS.items()})))
        scale, world_scale = told.scale or (was.scale, was.world_scale)
        features = {name: value for name, value in told.f.items() if name in _FEATURES}
        return Turn(
            now=told.t,
            size=told.size or was.size,
            scale=scale,
            world_scale=world_scale,
            features=replace(was.features, **features) if features else was.features,
            controls=_controls(was.controls, told.c),
            heard=was.heard if told.heard is None else _heard(told.heard),
            photograph=was.photograph if told.photograph is None else from_plain(PhotographStatus, told.photograph),
            picture=was.picture if told.picture is None else self._read_picture(told.picture),
            passes=was.passes if told.passes is None else tuple(told.passes),
            ready=was.ready | set(told.ready) if told.ready else was.ready,
            hour=was.hour if told.hour is None else told.hour,
            lut=was.lut if told.lut is None else told.lut,
            isf=MappingProxyType({**was.isf, **told.isf}) if told.isf else was.isf,
            day=told.day or was.day,
            sounded=was.sounded if told.sounded is None else told.sounded,
        )

    def _read_picture(self, told: _PictureLine) -> Picture:
        if told.wish or told.step:
            packed = _bytes(told.wish or told.step)
            try:
                self._wish = packed if told.wish else restored(packed, self._wish)
            except ValueError as error:
                raise SessionError(f"picture: {error}") from None
            if len(self._wish) > LONGEST_WISH_BYTES:
                raise SessionError(f"picture: what it is painted of is too long ({len(self._wish)} bytes)")
            return Picture(told.stamp, self._wish)
        if told.png:
            self._pixels = _pixels(_bytes(told.png))
        if self._pixels is None:
            raise SessionError("picture: neither what it is painted of nor a picture is there")
        return Picture(told.stamp, b"", self._pixels)


def _news(now: Mapping[str, Any], before: Mapping[str, Any]) -> dict[str, Any]:
    return {name: value for name, value in now.items() if name not in before or before[name] != value}


def _controls(was: Controls, told: Mapping[str, ParameterValue]) -> Controls:
    """Return the controls as they are now; those that this version does not know are left out."""
    if not told:
        return was
    rows = ((PARAMETERS[address], value) for address, value in told.items() if address in PARAMETERS)
    return Controls(MappingProxyType({**was.values, **{row.address: _checked(row, value) for row, value in rows}}))


def _checked(row: Parameter, value: ParameterValue) -> ParameterValue:
    """Return `value` as it is, a whole number a whole one. Raises ParameterError where the row does not take it."""
    return True if row.kind is Kind.TRIGGER else row.check(value)


def _heard(told: Mapping[str, object]) -> HeardStatus:
    heard = from_plain(HeardStatus, told)
    numbers = [heard.hour, heard.hour_firmness, heard.certainty or 0.0]
    numbers += [number for source in heard.sources for number in (source.presence, source.nearness)]
    if not all(math.isfinite(number) for number in numbers) or not 0.0 <= heard.hour <= 24.0:
        raise SessionError("heard: a number in it is none, or no hour of the day")
    return heard


def _text(packed: bytes) -> str:
    return base64.b64encode(packed).decode("ascii")


def _bytes(text: str) -> bytes:
    try:
        return base64.b64decode(text, validate=True)
    except (binascii.Error, ValueError):
        raise SessionError("picture: its bytes are not written in base64") from None


def _png(pixels: Pixels) -> bytes:
    buffer = io.BytesIO()
    Image.fromarray(pixels).save(buffer, format="PNG", compress_level=1)
    return buffer.getvalue()


def _pixels(png: bytes) -> Pixels:
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("error", Image.DecompressionBombWarning)
            with Image.open(io.BytesIO(png), formats=("PNG",)) as image:
                if max(image.size) > _LARGEST_PX:
                    raise ValueError(f"it has {image.width}x{image.height} pixels, at most {_LARGEST_PX} a side are")
                return np.asarray(image.convert("RGB"))
    except Exception as error:  # Pillow's decoders raise whatever a damaged file makes them stumble over
        raise SessionError(f"picture: it cannot be read: {one_line(error)}") from None
